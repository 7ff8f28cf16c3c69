// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "common/html/page.h"
#include "common/http/form.h"
#include "webhook/engine/engine.h"

namespace forewarn::pages {

// What one answer is made with.
struct View {
  const html::Site& site;
  engine::Engine& engine;
  const http::FormGuard& forms;
  std::string who;                     // asks
  std::optional<std::string> may_not;  // why who asks may not act; nullopt: may
  double now = 0;                      // s since the epoch
};

// A button that does a deed: a form of its own, with the token for it.
struct Button {
  std::string deed;         // the path that is posted to
  std::string_view label;   // on it
  std::string_view about;   // what the label leaves out, for who hears the buttons only
  std::string_view kind{};  // "main", "danger"
};
html::Markup Form(const View& view, const Button& button, const html::Markup& fields = {});
inline std::string DeedOf(std::int64_t episode, std::string_view verb) {
  return "/episodes/" + std::to_string(episode) + "/" + std::string(verb);
}

enum class Tone { kGood, kWarn, kBad, kInfo };
html::Markup Notice(Tone tone, const html::Markup& content);

}  // namespace forewarn::pages

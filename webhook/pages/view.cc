// SPDX-License-Identifier: Apache-2.0
#include "webhook/pages/view.h"

namespace forewarn::pages {

using html::Element;
using html::Markup;
using html::Text;

Markup Form(const View& view, const Button& button, const Markup& fields) {
  const Markup token = html::Void(
      "input", {{"type", "hidden"}, {"name", http::kTokenField}, {"value", view.forms.Token(view.who, button.deed)}});
  html::Attributes attributes = {{"type", "submit"},
                                 {"aria-label", std::string(button.label) + ": " + std::string(button.about)}};
  if (!button.kind.empty()) attributes.push_back({"class", std::string(button.kind)});
  return Element("form", {{"method", "post"}, {"action", view.site.At(button.deed)}},
                 token + fields + Element("button", attributes, Text(button.label)));
}

Markup Notice(Tone tone, const Markup& content) {
  constexpr const char* kKinds[] = {"good", "warn", "bad", "info"};
  const std::string kind = kKinds[static_cast<int>(tone)];
  return Element("p", {{"class", "notice " + kind}, {"role", "status"}}, content);
}

}  // namespace forewarn::pages

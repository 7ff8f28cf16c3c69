// SPDX-License-Identifier: Apache-2.0
#include "webhook/pages/refusal.h"

#include "webhook/api/envelope.h"
#include "webhook/pages/view.h"

namespace forewarn::pages {
namespace {

std::string_view TitleOf(int status) {
  switch (status) {
    case 401:
    case 403:
      return "Not allowed";
    case 404:
      return "Not found";
    case 409:
      return "Too late";
    default:
      return "That did not work";
  }
}

}  // namespace

http::Response Refusal(const html::Site& site, int status, const std::string& why) {
  const html::Markup back = html::Element("p", html::Anchor(site, "/", "Mitigations and experiments"));
  return html::Answer(
      site, {status, std::string(TitleOf(status)), Notice(Tone::kBad, html::Text("Nothing was done: " + why)) + back});
}

http::Response Refusal(const html::Site& site, const base::Error& error) {
  return Refusal(site, api::Failure(error).status, error.message);
}

}  // namespace forewarn::pages

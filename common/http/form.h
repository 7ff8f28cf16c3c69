// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>

#include "common/http/server.h"

namespace forewarn::http {

using Form = std::map<std::string, std::string>;

// The fields of a request's body (application/x-www-form-urlencoded); none where it cannot be decoded.
Form FormOf(const Request& request);

// Tells the forms of our own pages from those that other pages make a browser send (cross-site request forgery), which
// come with the user's password or from the user's machine like our own. Two things are asked for:
//
// - The browser says that the form came from this very origin: by Sec-Fetch-Site where it sends it (to https and to
//   localhost), and by Origin, which every browser sends with a POST. A page cannot forge either. What sends neither is
//   no browser with a user behind it, and has the API.
// - The form holds a token that this process made for this user and this deed: a page of another origin cannot read it,
//   and what has leaked does not serve for anything else. It ends with the process.
//
// There are no cookies, so that there is nothing for SameSite to hold back; neither is needed beside these.
//
// A page whose name was made to point at this machine (DNS rebinding) is of our origin to the browser. Therefore the
// name has to be one that nobody else can give: that of the external URL, an address, or localhost.
class FormGuard {
 public:
  // scheme://host:port of the external URL; empty: there is none.
  explicit FormGuard(std::string external_origin);

  // For a form of this user's that does this deed.
  std::string Token(std::string_view user, std::string_view deed) const;
  // Why the request is refused; nullopt where it comes of such a form.
  std::optional<std::string> Refuse(const Request& request, std::string_view user, std::string_view deed) const;

 private:
  std::optional<std::string> RefuseOrigin(const Request& request) const;

  const std::string external_origin_;
  const std::string key_;
};

// The name of the field that holds the token.
inline constexpr char kTokenField[] = "token";

}  // namespace forewarn::http

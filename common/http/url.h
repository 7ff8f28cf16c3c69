// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace forewarn::http {

struct Url {
  bool secure = false;
  std::string host;  // without brackets
  int port = 80;
  std::string origin;     // scheme://host:port, for comparison and for messages; no credentials
  std::string authority;  // host[:port] as it stands: the Host header
  std::string prefix;     // path without a final slash
  std::string rest;       // path and query as they stand
};

// http or https, absolute; nullopt for anything else, credentials in it included.
std::optional<Url> ParseUrl(std::string_view text);

// Whether a host is among the names of no_proxy: "*", a name, or what a name ends with, leading dot or not, by commas.
bool MatchesNoProxy(std::string_view no_proxy, std::string_view host);

}  // namespace forewarn::http

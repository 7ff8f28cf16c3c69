// SPDX-License-Identifier: Apache-2.0
#include "common/http/url.h"

#include <algorithm>
#include <charconv>

#include "common/http/text.h"

namespace forewarn::http {
namespace {

// host[:port] or [v6][:port] into `url`.
bool ParseAuthority(std::string_view authority, Url& url) {
  std::string_view port;
  if (authority.starts_with('[')) {
    const auto close = authority.find(']');
    if (close == std::string_view::npos) return false;
    url.host = authority.substr(1, close - 1);
    port = authority.substr(close + 1);
  } else {
    const auto colon = std::min(authority.find(':'), authority.size());
    url.host = authority.substr(0, colon);
    port = authority.substr(colon);
  }
  if (url.host.empty()) return false;
  if (port.empty()) return true;
  const auto [end, error] = std::from_chars(port.data() + 1, port.data() + port.size(), url.port);
  return port.front() == ':' && error == std::errc() && end == port.data() + port.size() && url.port > 0 &&
         url.port < 65536;
}

}  // namespace

std::optional<Url> ParseUrl(std::string_view text) {
  Url url;
  if (text.starts_with("https://")) {
    url.secure = true;
    url.port = 443;
    text.remove_prefix(8);
  } else if (text.starts_with("http://")) {
    text.remove_prefix(7);
  } else {
    return std::nullopt;
  }
  const auto slash = std::min(text.find_first_of("/?#"), text.size());
  const std::string_view authority = text.substr(0, slash);
  if (HasControlCharacters(text) || text.find(' ') != std::string_view::npos ||
      authority.find('@') != std::string_view::npos || !ParseAuthority(authority, url)) {
    return std::nullopt;
  }
  url.authority = authority;
  url.rest = text.substr(slash, text.find('#') - slash);
  if (!url.rest.starts_with('/')) url.rest.insert(0, "/");
  url.prefix = url.rest.substr(0, url.rest.find_first_of("?#"));
  while (url.prefix.ends_with('/')) url.prefix.pop_back();
  url.origin = (url.secure ? "https://" : "http://") + ToLower(url.host) + ":" + std::to_string(url.port);
  return url;
}

bool MatchesNoProxy(std::string_view no_proxy, std::string_view host) {
  const std::string name = ToLower(host);
  while (!no_proxy.empty()) {
    std::string_view item = no_proxy.substr(0, no_proxy.find(','));
    no_proxy.remove_prefix(std::min(no_proxy.size(), item.size() + 1));
    const std::string entry = ToLower(Trim(item));
    if (entry == "*" || entry == name) return true;
    const std::string suffix = entry.starts_with('.') ? entry : "." + entry;
    if (!entry.empty() && name.ends_with(suffix)) return true;
  }
  return false;
}

}  // namespace forewarn::http

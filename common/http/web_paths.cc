// SPDX-License-Identifier: Apache-2.0
#include "common/http/web_paths.h"

#include "common/http/text.h"
#include "common/http/url.h"

namespace forewarn::http {
namespace {

using base::Error;
using base::ErrorCode;

// Such as stand in a path as they are: nothing has to be encoded in links, decoded in requests or escaped in headers.
bool IsPlain(const std::string& path) {
  constexpr std::string_view kLetters = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-._~/";
  return path.find_first_not_of(kLetters) == std::string::npos && path.find("//") == std::string::npos;
}

std::string WithoutSlashes(std::string path) {
  while (path.ends_with('/')) path.pop_back();
  return path.empty() || path.starts_with('/') ? path : "/" + path;
}

}  // namespace

base::Result<WebPaths> ParseWebPaths(const std::string& external_url, const std::string& route_prefix) {
  WebPaths paths;
  paths.routes = WithoutSlashes(route_prefix);
  if (!IsPlain(paths.routes)) {
    return Error{ErrorCode::kInvalid, "--web.route-prefix: must be a path of letters, digits and -._~"};
  }
  paths.links = paths.routes;
  if (external_url.empty()) return paths;
  const auto url = ParseUrl(external_url);
  if (!url || !IsPlain(url->rest)) {
    return Error{ErrorCode::kInvalid,
                 "--web.external-url: must be as http://host:port/path, of letters, digits and -._~"};
  }
  paths.origin = url->origin;
  paths.links = url->prefix;
  if (route_prefix.empty()) paths.routes = paths.links;
  return paths;
}

}  // namespace forewarn::http

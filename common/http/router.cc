// SPDX-License-Identifier: Apache-2.0
#include "common/http/router.h"

#include <set>

#include "common/http/text.h"

namespace forewarn::http {
namespace {

bool Matches(const Route& route, std::string_view path) {
  std::string_view pattern = route.path;
  if (!pattern.ends_with('*')) return pattern == path;
  pattern.remove_suffix(1);
  return path.starts_with(pattern);
}

std::string Join(const std::set<std::string>& words) {
  std::string out;
  for (const auto& word : words) out += (out.empty() ? "" : ", ") + word;
  return out;
}

// The media type without its parameters.
std::string_view MediaType(std::string_view content_type) {
  return Trim(content_type.substr(0, content_type.find(';')));
}

std::optional<Response> CheckBody(const Route& route, const Head& head) {
  if (head.content_length > route.body_limit) {
    return Text(413, "the body is over " + std::to_string(route.body_limit) + " bytes\n");
  }
  if (route.content_type.empty()) return std::nullopt;
  if (head.undeclared) return Text(411, "a Content-Length is required\n");
  const auto* given = head.Find("content-type");
  if (given && EqualIgnoringCase(MediaType(*given), route.content_type)) return std::nullopt;
  return Text(415, "the content type must be " + route.content_type + "\n");
}

// Nobody has to know the prefix by heart. The address is relative: a proxy in front may have another one.
Response WayTo(std::string_view prefix, std::string_view from) {
  Response response = Text(302, "");
  const std::string_view left = from == "/" ? prefix.substr(1) : prefix.substr(prefix.rfind('/') + 1);
  response.headers["Location"] = std::string(left) + "/";
  return response;
}

}  // namespace

std::string_view Router::Below(std::string_view path) const {
  if (!path.starts_with(prefix_)) return {};
  path.remove_prefix(prefix_.size());
  return path.starts_with('/') ? path : std::string_view();
}

std::variant<const Route*, Response> Router::Find(const Head& head) const {
  const std::string_view path = Below(head.path);
  if (path.empty() && head.method == "GET" && (head.path == "/" || head.path == prefix_)) {
    return WayTo(prefix_, head.path);
  }
  std::set<std::string> allowed;
  for (const Route& route : routes_) {
    if (!Matches(route, path)) continue;
    if (route.method == head.method || (route.method == "GET" && head.method == "HEAD")) {
      if (auto refusal = CheckBody(route, head)) return *refusal;
      return &route;
    }
    allowed.insert(route.method);
    if (route.method == "GET") allowed.insert("HEAD");
  }
  if (allowed.empty()) return Text(404, "404 page not found\n");
  const bool post_only = allowed == std::set<std::string>{"POST"} || allowed == std::set<std::string>{"POST", "PUT"};
  Response refusal = Text(405, post_only ? "This endpoint requires a POST request.\n" : "Method Not Allowed\n");
  refusal.headers["Allow"] = Join(allowed);
  return refusal;
}

}  // namespace forewarn::http

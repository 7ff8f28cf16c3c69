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

}  // namespace

std::variant<const Route*, Response> Router::Find(const Head& head) const {
  std::set<std::string> allowed;
  for (const Route& route : routes_) {
    if (!Matches(route, head.path)) continue;
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

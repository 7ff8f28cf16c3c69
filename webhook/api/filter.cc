// SPDX-License-Identifier: Apache-2.0
#include "webhook/api/filter.h"

#include <charconv>

namespace forewarn::api {
namespace {

using base::Error;
using base::ErrorCode;

constexpr std::size_t kDefaultLimit = 100, kMostEpisodes = 10'000;

// 0 where the request has a limit that is no number from 1 to kMostEpisodes.
std::size_t LimitOf(const http::Request& request) {
  auto found = request.query.find("limit");
  if (found == request.query.end()) return kDefaultLimit;
  const std::string& text = found->second;
  std::size_t limit = 0;
  auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), limit);
  return error != std::errc() || end != text.data() + text.size() || limit > kMostEpisodes ? 0 : limit;
}

}  // namespace

std::string Parameter(const http::Request& request, const char* name) {
  const auto found = request.query.find(name);
  return found == request.query.end() ? std::string() : found->second;
}

base::Result<journal::Filter> FilterOf(const http::Request& request) {
  journal::Filter filter;
  filter.limit = LimitOf(request);
  if (filter.limit == 0) {
    return Error{ErrorCode::kInvalid, "limit: must be a number from 1 to " + std::to_string(kMostEpisodes)};
  }
  filter.domain = Parameter(request, "domain");
  filter.fault = Parameter(request, "fault");
  if (const auto open = request.query.find("open"); open != request.query.end()) {
    filter.open = open->second == "true";
    if (!*filter.open && open->second != "false") return Error{ErrorCode::kInvalid, "open: must be true or false"};
  }
  return filter;
}

}  // namespace forewarn::api

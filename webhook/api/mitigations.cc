// SPDX-License-Identifier: Apache-2.0
#include "webhook/api/mitigations.h"

#include <charconv>

#include "webhook/api/envelope.h"
#include "webhook/api/render.h"

namespace forewarn::api {
namespace {

using Json = nlohmann::json;
using journal::Episode;

constexpr std::size_t kDefaultLimit = 100, kMostEpisodes = 10'000;

// nullopt where the request has a limit that is no number from 1 to kMostEpisodes.
std::optional<std::size_t> LimitOf(const http::Request& request) {
  auto found = request.query.find("limit");
  if (found == request.query.end()) return kDefaultLimit;
  const std::string& text = found->second;
  std::size_t limit = 0;
  auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), limit);
  if (error != std::errc() || end != text.data() + text.size() || limit < 1 || limit > kMostEpisodes)
    return std::nullopt;
  return limit;
}

}  // namespace

http::Response MitigationsResponse(journal::Journal& journal, const http::Request& request) {
  const auto limit = LimitOf(request);
  if (!limit) return http::Problem(400, "limit: must be a number from 1 to " + std::to_string(kMostEpisodes));
  journal::Filter filter;
  filter.limit = *limit;
  if (auto domain = request.query.find("domain"); domain != request.query.end()) filter.domain = domain->second;
  if (auto fault = request.query.find("fault"); fault != request.query.end()) filter.fault = fault->second;
  auto episodes = journal.Find(filter);
  if (!episodes) return http::Problem(503, episodes.error().message);
  Json mitigations = Json::array();
  for (const Episode& episode : *episodes) AppendMitigations(episode, mitigations);
  return Success({{"mitigations", std::move(mitigations)}});
}

}  // namespace forewarn::api

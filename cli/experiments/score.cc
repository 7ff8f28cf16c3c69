// SPDX-License-Identifier: Apache-2.0
#include "cli/experiments/score.h"

#include <map>

#include "cli/experiments/ask.h"
#include "cli/remote/proportion.h"
#include "cli/remote/text.h"

namespace forewarn::trials {

using Json = nlohmann::json;

std::optional<double> Score::Resilience() const {
  if (passed + failed == 0) return std::nullopt;
  return remote::IntervalOf({passed, passed + failed}).low;
}

std::vector<Score> ScoresOf(const std::vector<Json>& experiments) {
  std::map<std::pair<std::string, std::string>, Score> scores;
  for (const Json& of : experiments) {
    const std::string domain = remote::Cell(remote::At(of, "domain")), fault = remote::Cell(remote::At(of, "fault"));
    Score& score = scores[{domain, fault}];
    score.domain = domain, score.fault = fault;
    const std::map<std::string, std::size_t*> counters = {{"passed", &score.passed},
                                                          {"failed", &score.failed},
                                                          {"inconclusive", &score.inconclusive},
                                                          {"aborted", &score.aborted},
                                                          {"refused", &score.refused}};
    const auto counter = counters.find(VerdictOf(of));
    ++(counter == counters.end() ? score.open : *counter->second);
  }
  std::vector<Score> in_order;
  in_order.reserve(scores.size());
  for (auto& [key, score] : scores) in_order.push_back(std::move(score));
  return in_order;
}

Json ScoresJson(const std::vector<Score>& scores) {
  Json json = Json::array();
  for (const Score& score : scores) {
    const auto resilience = score.Resilience();
    json.push_back({{"domain", score.domain},
                    {"fault", score.fault},
                    {"resilience", resilience ? Json(*resilience) : Json()},
                    {"passed", score.passed},
                    {"failed", score.failed},
                    {"inconclusive", score.inconclusive},
                    {"aborted", score.aborted},
                    {"refused", score.refused},
                    {"open", score.open}});
  }
  return json;
}

}  // namespace forewarn::trials

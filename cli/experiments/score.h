// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <vector>

// How sure one may be that an instance withstands a fault.
namespace forewarn::trials {

struct Score {
  std::string domain, fault;
  std::size_t passed = 0, failed = 0, inconclusive = 0, aborted = 0, refused = 0, open = 0;
  // The lower end of Wilson's 95 % interval of passed / (passed + failed): few experiments give a low one, whatever
  // came of them. What proved nothing counts in neither. nullopt: nothing was proven.
  std::optional<double> Resilience() const;
};
inline constexpr const char* kHowScored =
    "Resilience is the lower end of Wilson's 95 % interval of passed / (passed + failed): what may be said for sure. "
    "Few experiments give a low one, whatever came of them; inconclusive, aborted and refused ones count in neither.";

// Of the API's experiments, by domain and fault.
std::vector<Score> ScoresOf(const std::vector<nlohmann::json>& experiments);
nlohmann::json ScoresJson(const std::vector<Score>& scores);

}  // namespace forewarn::trials

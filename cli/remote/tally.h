// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <map>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "cli/remote/proportion.h"
#include "common/base/result.h"

// What was averted, net of control: of the episodes held out more manifest than of those mitigated, or not.
namespace forewarn::remote {

// An episode that belongs to an arm: something was applied, or it was held out.
struct Trial {
  std::int64_t episode = 0;
  std::string domain, fault;
  double alerted = 0;  // s since the epoch
  bool held_out = false;
};

// Those among the API's mitigations, by episode. Experiments and what came to nothing otherwise belong to no arm.
std::vector<Trial> TrialsOf(const std::vector<nlohmann::json>& mitigations);

enum class Came { kManifested, kNot, kTooEarly, kUnknown };

struct Tally {
  Proportion mitigated = {}, held_out = {};  // of episodes, those in which the fault manifested
  std::size_t too_early = 0;                 // episodes whose horizon is not over yet
  std::size_t unknown = 0;                   // episodes of which Prometheus knows too little
  bool has_control = false;                  // anything was held out, whatever is known of it
};

// By fault. The first error of `came` ends it.
base::Result<std::map<std::string, Tally>> Count(const std::vector<Trial>& trials,
                                                 const std::function<base::Result<Came>(const Trial&)>& came);

// What can be said; or why nothing can.
std::string Verdict(const Tally& tally);
std::string TallyText(const std::map<std::string, Tally>& tallies);
nlohmann::json TallyJson(const std::map<std::string, Tally>& tallies);

}  // namespace forewarn::remote

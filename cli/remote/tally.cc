// SPDX-License-Identifier: Apache-2.0
#include "cli/remote/tally.h"

#include <optional>

#include "cli/backtest/grid.h"
#include "cli/remote/text.h"

namespace forewarn::remote {
namespace {

using Json = nlohmann::json;

std::string TextOf(const Json& value) { return value.is_string() ? value.get<std::string>() : std::string(); }

std::optional<Difference> Averted(const Tally& tally) {
  if (tally.mitigated.whole == 0 || tally.held_out.whole == 0) return std::nullopt;
  return DifferenceOf(tally.held_out, tally.mitigated);
}

std::string Points(double ratio) { return backtest::Number("%+.0f", 100 * ratio); }

Json ArmJson(const Proportion& arm) { return {{"episodes", arm.whole}, {"manifested", arm.part}}; }

void Add(Tally& tally, const Trial& trial, Came came) {
  tally.has_control = tally.has_control || trial.held_out;
  if (came == Came::kTooEarly) {
    ++tally.too_early;
  } else if (came == Came::kUnknown) {
    ++tally.unknown;
  } else {
    Proportion& arm = trial.held_out ? tally.held_out : tally.mitigated;
    ++arm.whole;
    if (came == Came::kManifested) ++arm.part;
  }
}

}  // namespace

std::vector<Trial> TrialsOf(const std::vector<Json>& mitigations) {
  std::map<std::int64_t, Trial> trials;
  for (const Json& of : mitigations) {
    const Json &id = At(of, "episode"), &alerted = At(At(of, "times"), "alerted");
    const bool held_out = At(of, "control") == Json(true);
    const bool applied = At(At(of, "times"), "applied").is_number();
    if (!id.is_number_integer() || !alerted.is_number() || TextOf(At(of, "purpose")) != "mitigate") continue;
    if (!held_out && !applied) continue;
    const auto number = id.get<std::int64_t>();
    trials[number] = {number, TextOf(At(of, "domain")), TextOf(At(of, "fault")), alerted.get<double>(), held_out};
  }
  std::vector<Trial> in_order;
  in_order.reserve(trials.size());
  for (auto& [id, trial] : trials) in_order.push_back(std::move(trial));
  return in_order;
}

base::Result<std::map<std::string, Tally>> Count(const std::vector<Trial>& trials,
                                                 const std::function<base::Result<Came>(const Trial&)>& came) {
  std::map<std::string, Tally> tallies;
  for (const Trial& trial : trials) {
    const auto what = came(trial);
    if (!what) return what.error();
    Add(tallies[trial.fault], trial, *what);
  }
  return tallies;
}

std::string Verdict(const Tally& tally) {
  if (!tally.has_control) {
    return "nothing was held out (control_ratio), so nothing can be said about what was averted";
  }
  const auto averted = Averted(tally);
  if (!averted) {
    const bool held_out = tally.held_out.whole > 0;
    return std::string(held_out ? "of none that was mitigated" : "of none that was held out") +
           " is it known what came of it, so nothing can be said about what was averted";
  }
  const std::string text = Points(averted->estimate) + " percentage points averted (95 %: " + Points(averted->low) +
                           " to " + Points(averted->high) + ")";
  const bool chance = averted->low <= 0 && averted->high >= 0;
  return chance ? text + ", which may be chance" : text;
}

std::string TallyText(const std::map<std::string, Tally>& tallies) {
  if (tallies.empty()) return "nothing was mitigated and nothing held out, so there is nothing to say\n";
  std::vector<std::vector<std::string>> lines = {
      {"FAULT", "MITIGATED", "MANIFESTED", "HELD OUT", "MANIFESTED", "TOO EARLY", "UNKNOWN"}};
  std::string verdicts;
  for (const auto& [fault, tally] : tallies) {
    lines.push_back({Cell(fault)});
    for (const std::size_t number : {tally.mitigated.whole, tally.mitigated.part, tally.held_out.whole,
                                     tally.held_out.part, tally.too_early, tally.unknown}) {
      lines.back().push_back(std::to_string(number));
    }
    verdicts += Cell(fault) + ": " + Verdict(tally) + "\n";
  }
  return Columns(lines) + "\n" + verdicts;
}

Json TallyJson(const std::map<std::string, Tally>& tallies) {
  Json faults = Json::array();
  for (const auto& [fault, tally] : tallies) {
    const auto averted = Averted(tally);
    Json difference;
    if (averted) difference = {{"difference", averted->estimate}, {"low", averted->low}, {"high", averted->high}};
    faults.push_back({{"fault", fault},
                      {"mitigated", ArmJson(tally.mitigated)},
                      {"held_out", ArmJson(tally.held_out)},
                      {"too_early", tally.too_early},
                      {"unknown", tally.unknown},
                      {"averted", difference},
                      {"verdict", Verdict(tally)}});
  }
  return {{"faults", faults}};
}

}  // namespace forewarn::remote

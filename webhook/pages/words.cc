// SPDX-License-Identifier: Apache-2.0
#include "webhook/pages/words.h"

#include <map>
#include <nlohmann/json.hpp>

#include "common/html/page.h"

namespace forewarn::pages {

using html::Badge;
using html::Markup;
using journal::Episode;
using journal::Outcome;
using journal::Phase;
using journal::State;
using journal::Verdict;
using Json = nlohmann::json;

namespace {

// A setting is on record as a JSON object.
std::map<std::string, std::string> PartsOf(std::string_view setting) {
  const Json json = Json::parse(setting, nullptr, /*allow_exceptions=*/false);
  std::map<std::string, std::string> parts;
  if (!json.is_object()) return parts;
  for (const auto& [name, value] : json.items()) {
    parts[name] =
        value.is_string() ? value.get<std::string>() : value.dump(-1, ' ', false, Json::error_handler_t::replace);
  }
  return parts;
}

}  // namespace

Markup OutcomeBadge(Outcome outcome) {
  switch (outcome) {
    case Outcome::kNone:
      return {};
    case Outcome::kRelieved:
      return Badge("good", Name(outcome));
    case Outcome::kHarmful:
      return Badge("bad", Name(outcome));
    case Outcome::kRefused:
      return Badge("quiet", Name(outcome));
    case Outcome::kIneffective:
    case Outcome::kUnverifiable:
      return Badge("warn", Name(outcome));
  }
  return {};
}

Markup VerdictBadge(Verdict verdict) {
  switch (verdict) {
    case Verdict::kNone:
      return {};
    case Verdict::kPassed:
      return Badge("good", Name(verdict));
    case Verdict::kFailed:
      return Badge("bad", Name(verdict));
    case Verdict::kInconclusive:
    case Verdict::kAborted:
      return Badge("warn", Name(verdict));
  }
  return {};
}

Markup Standing(const Episode& episode) {
  if (episode.experiment && episode.experiment->verdict != Verdict::kNone) {
    return VerdictBadge(episode.experiment->verdict);
  }
  if (!episode.closed) return Badge("info", StateText(episode));
  return episode.outcome == Outcome::kNone ? Badge("quiet", "closed") : OutcomeBadge(episode.outcome);
}

std::string DifferenceText(const journal::Change& change) {
  auto from = PartsOf(change.from);
  std::string text;
  for (const auto& [name, value] : PartsOf(change.to)) {
    const std::string before = from.contains(name) ? from[name] : "–";
    if (before != value) text += (text.empty() ? "" : ", ") + name + " " + before + " → " + value;
  }
  return text.empty() ? "–" : text;
}

std::string ChangeText(const journal::Change& change) { return change.actuator + " " + DifferenceText(change); }

std::string ChangesText(const Episode& episode) {
  std::string text;
  for (const journal::Change& change : episode.changes) text += (text.empty() ? "" : "; ") + ChangeText(change);
  return text.empty() ? "–" : text;
}

std::string_view StateText(const Episode& episode) {
  if (episode.purpose == alerts::kExperiment && episode.experiment) return PhaseText(episode.experiment->phase);
  switch (episode.state) {
    case State::kIntent:
      return "taken in";
    case State::kPlanned:
      return "being planned";
    case State::kWaiting:
      return "waiting for approval";
    case State::kRecorded:
      return "about to be applied";
    case State::kApplied:
      return "applied, being verified";
    case State::kHeld:
      return "verified and held";
    case State::kReverting:
      return "being reverted";
    case State::kClosed:
      return "closed";
  }
  return {};
}

std::string_view PhaseText(Phase phase) {
  switch (phase) {
    case Phase::kSteady:
      return "looking for a steady state";
    case Phase::kAnnounced:
      return "announced";
    case Phase::kInjecting:
      return "injecting";
    case Phase::kMitigating:
      return "mitigating";
    case Phase::kReverting:
      return "being undone";
    case Phase::kSettling:
      return "settling";
    case Phase::kCooling:
      return "cooling down";
    case Phase::kOver:
      return "over";
  }
  return {};
}

}  // namespace forewarn::pages

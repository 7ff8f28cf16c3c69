// SPDX-License-Identifier: Apache-2.0
#include "cli/experiments/ask.h"

#include <cstdio>
#include <thread>

#include "cli/experiments/commands.h"
#include "cli/remote/text.h"
#include "common/config/yaml.h"

namespace forewarn::trials {
namespace {

using base::Error;
using base::ErrorCode;
using base::Result;
using Json = nlohmann::json;
using remote::At;
using remote::Cell;

Result<Json> Only(const Result<Json>& data) {
  if (!data) return data.error();
  const auto experiments = remote::Items(*data, "experiments");
  if (experiments.size() == 1 && At(experiments.front(), "id").is_number_integer()) return experiments.front();
  return Error{ErrorCode::kInvalid, "not an answer about an experiment"};
}

bool Done(const Json& experiment, Until until) {
  if (At(experiment, "open") != Json(true)) return true;
  return until == Until::kVerdict && At(experiment, "phase") == Json("cooling");
}

// Those that were not told yet.
void Tell(const Json& experiment, std::size_t& told) {
  const auto events = remote::Items(experiment, "events");
  for (; told < events.size(); ++told) {
    std::fprintf(stderr, "%s %s: %s\n", Cell(At(experiment, "domain")).c_str(), Cell(At(experiment, "fault")).c_str(),
                 Cell(At(events[told], "what")).c_str());
  }
}

}  // namespace

Result<Json> Begin(remote::Service& webhook, const Json& wanted) {
  return Only(webhook.Send("POST", kExperiments, wanted));
}

Result<Json> Await(remote::Service& webhook, const Json& experiment, const Patience& patience) {
  const std::string path = kExperiments + ("/" + At(experiment, "id").dump());
  const auto end = std::chrono::steady_clock::now() + patience.timeout;
  std::size_t told = 0;
  std::string last = "it is under way still";
  while (true) {
    auto now = Only(webhook.Get(path));
    if (now) {
      Tell(*now, told);
      if (Done(*now, patience.until)) return now;
    } else if (now.error().code == ErrorCode::kConflict) {
      return now.error();
    } else {
      last = now.error().message;
    }
    if (std::chrono::steady_clock::now() >= end) return Error{ErrorCode::kTimeout, last};
    std::this_thread::sleep_for(patience.poll);
  }
}

std::string VerdictOf(const Json& experiment) {
  const Json& verdict = At(experiment, "verdict");
  const bool open = At(experiment, "open") == Json(true);
  if (open && At(experiment, "phase") != Json("cooling")) return Cell(At(experiment, "phase"));
  return verdict.is_string() ? Cell(verdict) : "refused";
}

Result<base::Duration> DurationOf(const char* option, const std::string& text) {
  const auto duration = config::ParseDuration(text);
  if (!duration) return Error{ErrorCode::kInvalid, std::string(option) + ": " + duration.error().message};
  return *duration;
}

}  // namespace forewarn::trials

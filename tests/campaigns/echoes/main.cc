// SPDX-License-Identifier: Apache-2.0
// Nothing that an experiment causes may start anything; without the mark it would have.
#include <unistd.h>

#include <cstdio>
#include <fstream>
#include <nlohmann/json.hpp>
#include <set>
#include <thread>

#include "tests/campaigns/command_line.h"
#include "tests/campaigns/echoes/chamber.h"
#include "tests/testbed/bed.h"
#include "tests/testbed/process.h"

namespace forewarn::echoes {
namespace {

using nlohmann::json;

constexpr int kSkipped = 77;  // as automake says it
constexpr auto kPoll = std::chrono::seconds(1);
constexpr auto kWarm = std::chrono::minutes(4);  // until every canary is known, at the latest
constexpr double kEnough = 0.95;  // of what is not marked: must be predicted, or the campaign shows nothing

struct Options {
  int n = 1000;            // injections
  std::uint64_t seed = 1;  // of nothing that matters: the canaries take turns
  std::string json = {};
};

struct Figures {
  std::size_t injections = 0, left = 0;     // with the mark; those not undone
  std::size_t chains = 0, alarms = 0;       // what they led to
  std::size_t unmarked = 0, predicted = 0;  // the other arm
  std::string broken;                       // the campaign itself
  bool Hold(int n) const {
    const bool proves = static_cast<double>(predicted) >= kEnough * static_cast<double>(unmarked) && unmarked > 0;
    return broken.empty() && injections >= static_cast<std::size_t>(n) && left == 0 && chains == 0 && alarms == 0 &&
           proves;
  }
};

json ToJson(const Figures& f) {
  return {{"injections", f.injections}, {"left", f.left},           {"chains", f.chains}, {"alarms", f.alarms},
          {"unmarked", f.unmarked},     {"predicted", f.predicted}, {"broken", f.broken}};
}

// Each canary is injected into again as soon as its last experiment is over, until there were so many.
base::Result<std::vector<Trial>> Perform(Chamber& chamber, std::size_t wanted) {
  std::size_t asked = 0;
  for (;;) {
    if (auto ended = chamber.Ended()) return base::Error{base::ErrorCode::kInternal, *ended + " has ended"};
    auto trials = chamber.Trials();
    if (!trials) return trials;
    std::set<std::string> busy;
    std::size_t injected = 0;
    std::string reason;  // why the newest without an injection has none
    for (const Trial& trial : *trials) {
      if (!trial.over) busy.insert(trial.target);
      injected += trial.injected ? 1 : 0;
      if (trial.over && !trial.injected) reason = ", not: " + trial.reason;
    }
    std::fprintf(stderr, "%zu of %zu injections%s\n", injected, wanted, reason.c_str());
    if (busy.empty() && (injected >= wanted || asked >= wanted + wanted / 10)) return trials;
    for (int canary = 0; canary < kCanaries && asked < wanted + wanted / 10 && injected < wanted; ++canary) {
      if (busy.contains("canary-" + std::to_string(canary)) || busy.contains("")) continue;
      auto begun = chamber.Begin(canary, "chain-" + std::to_string(asked));
      if (!begun) return begun.error();
      ++asked;
    }
    std::this_thread::sleep_for(kPoll);
  }
}

base::Result<void> Measure(testbed::Bed& bed, Mark mark, std::size_t wanted, Figures& figures) {
  auto chamber = Chamber::Start(bed, mark);
  if (!chamber) return chamber.error();
  if (!testbed::WaitUntil(kWarm, [&] { return (*chamber)->Known(); }))
    return base::Error{base::ErrorCode::kTimeout, "the canaries have no telemetry"};
  const double since = base::ToSeconds(base::SystemClock().Now());
  auto trials = Perform(**chamber, wanted);
  if (!trials) return trials.error();
  std::vector<Trial> injected;
  for (Trial& trial : *trials) {
    if (mark == Mark::kOn && trial.started_by == "alert") ++figures.chains;
    if (trial.injected) injected.push_back(std::move(trial));
  }
  if (mark == Mark::kOff) {
    auto predicted = (*chamber)->Predicted(injected);
    if (!predicted) return predicted.error();
    figures.unmarked = injected.size();
    figures.predicted = *predicted;
    return {};
  }
  figures.injections = injected.size();
  for (const Trial& trial : injected) figures.left += trial.undone && trial.over ? 0 : 1;
  auto mitigations = (*chamber)->Mitigations();
  auto alarms = (*chamber)->Alarms(since);
  if (!mitigations) return mitigations.error();
  if (!alarms) return alarms.error();
  figures.chains += *mitigations;
  figures.alarms = *alarms;
  return {};
}

// In a bed of its own, as a process; what came of it comes through a pipe.
Figures InBed(Mark mark, std::size_t wanted) {
  int ends[2];
  Figures figures;
  if (pipe(ends) != 0) return figures.broken = "no pipe", figures;
  const int status = testbed::RunInBed({.kind = testbed::BedOptions::Kind::kPlain}, [&](testbed::Bed& bed) {
    if (auto done = Measure(bed, mark, wanted, figures); !done) figures.broken = done.error().message;
    const std::string text = ToJson(figures).dump();
    return write(ends[1], text.data(), text.size()) == std::ssize(text) ? 0 : 1;
  });
  close(ends[1]);
  std::string text(1 << 14, ' ');
  const auto size = read(ends[0], text.data(), text.size());
  close(ends[0]);
  const json read = json::parse(text.substr(0, static_cast<std::size_t>(std::max<ssize_t>(size, 0))), nullptr, false);
  if (status != 0 || !read.is_object()) return figures.broken = "ended with " + std::to_string(status), figures;
  for (const auto& [key, member] : {std::pair{"injections", &Figures::injections},
                                    {"left", &Figures::left},
                                    {"chains", &Figures::chains},
                                    {"alarms", &Figures::alarms},
                                    {"unmarked", &Figures::unmarked},
                                    {"predicted", &Figures::predicted}}) {
    figures.*member = read.at(key).get<std::size_t>();
  }
  figures.broken = read.at("broken").get<std::string>();
  return figures;
}

int Main(int argc, char** argv) {
  Options options;
  CLI::App app("Experiments start nothing but what was asked for.", "chains-campaign");
  if (const auto ended = campaigns::Parse(app, options, {"Injections.", "Unused."}, {argc, argv})) return *ended;
  if (const auto why = testbed::Simulation::WhyNot()) {
    std::printf("SKIPPED: %s\n", why->c_str());
    return kSkipped;
  }
  const Figures unmarked = InBed(Mark::kOff, std::min<std::size_t>(kCanaries, static_cast<std::size_t>(options.n)));
  Figures figures = InBed(Mark::kOn, static_cast<std::size_t>(options.n));
  figures.unmarked = unmarked.unmarked;
  figures.predicted = unmarked.predicted;
  if (!unmarked.broken.empty()) figures.broken += " unmarked: " + unmarked.broken;
  if (!options.json.empty()) std::ofstream(options.json) << ToJson(figures).dump(2) << "\n";
  if (!figures.broken.empty()) std::printf("BROKEN: %s\n", figures.broken.c_str());
  std::printf("%zu injections, %zu left, %zu chains, %zu samples of an alert; without the mark %zu of %zu predicted\n",
              figures.injections, figures.left, figures.chains, figures.alarms, figures.predicted, figures.unmarked);
  return figures.Hold(options.n) ? 0 : 1;
}

}  // namespace
}  // namespace forewarn::echoes

int main(int argc, char** argv) { return forewarn::echoes::Main(argc, argv); }

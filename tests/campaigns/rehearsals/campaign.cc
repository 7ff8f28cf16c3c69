// SPDX-License-Identifier: Apache-2.0
#include "tests/campaigns/rehearsals/campaign.h"

#include <unistd.h>

#include <algorithm>
#include <cstdio>
#include <nlohmann/json.hpp>
#include <random>
#include <thread>

#include "tests/campaigns/rehearsals/ward.h"
#include "tests/testbed/bed.h"

namespace forewarn::rehearsals {
namespace {

using base::Error;
using base::ErrorCode;
using base::Result;
using nlohmann::json;

constexpr auto kPatience = std::chrono::minutes(5);  // of one experiment, on a busy machine
constexpr auto kPoll = std::chrono::milliseconds(500);
// Seconds of telemetry until the rates of a guest that has just begun to work are steady, and are there at the latest.
constexpr double kSteady = 30;
constexpr auto kWarm = std::chrono::minutes(3);
constexpr auto kCounted = std::chrono::seconds(20);  // until the last injection counts, if it does
constexpr const char* kAccuracy = "forewarn_signature_accuracy_ratio";
constexpr const char* kPath = "/api/v1/experiments";

class OneFault {
 public:
  OneFault(Ward& ward, const Case& one, const Options& options) : ward_(ward), case_(one), random_(options.seed) {}

  Result<void> Try(int number, Tally& tally) {
    std::this_thread::sleep_for(std::chrono::milliseconds(std::uniform_int_distribution<int>(0, 3000)(random_)));
    const auto before = ward_.Settings();
    if (!before) return before.error();
    const auto begun = base::SystemClock().Steady();
    auto experiment = Perform(number);
    if (!experiment) return experiment.error();
    tally.seconds += base::ToSeconds(base::SystemClock().Steady() - begun);
    ++tally.run;
    const auto after = ward_.Settings();
    if (!after) return after.error();
    const auto markers = ward_.Markers();
    if (!markers) return markers.error();
    Judge(*experiment, tally);
    if (*before == *after && *markers == 0) {
      ++tally.restored;
    } else {
      tally.broken.push_back(case_.fault + ": left changed: " + json(*before).dump() + " is " + json(*after).dump() +
                             ", " + std::to_string(*markers) + " markers");
    }
    return {};
  }

 private:
  Result<json> Perform(int number) {
    const json wish{{"domain", kDomain}, {"fault", case_.fault}, {"request_id", case_.fault + std::to_string(number)}};
    auto asked = ward_.Ask("POST", kPath, wish.dump());
    if (!asked) return asked.error();
    const auto id = json::parse(*asked).at("experiments").at(0).at("id").get<std::int64_t>();
    const auto deadline = base::Deadline::After(kPatience);
    json seen;
    while (!deadline.Passed()) {
      auto answer = ward_.Ask("GET", std::string(kPath) + "/" + std::to_string(id), "");
      if (!answer) return answer.error();
      seen = json::parse(*answer).at("experiments").at(0);
      if (!seen.at("open").get<bool>()) return seen;
      std::this_thread::sleep_for(kPoll);
    }
    return Error{ErrorCode::kTimeout, "the experiment does not end: " + seen.dump()};
  }

  void Judge(const json& seen, Tally& tally) const {
    const bool shown = seen.at("symptoms").at("shown").is_number();
    const auto severity = [&](const char* of) {
      const json& value = seen.at("severities").at(of);
      return value.is_number() ? value.get<double>() : 0;
    };
    const double injected = severity("injected"), predicted = severity("predicted");
    const std::string verdict = seen.at("verdict").is_string() ? seen.at("verdict").get<std::string>() : "";
    tally.shown += shown ? 1 : 0;
    tally.milder += injected > 0 && injected < predicted ? 1 : 0;
    tally.tested += verdict == "passed" || verdict == "failed" ? 1 : 0;
    tally.passed += verdict == "passed" ? 1 : 0;
    if (!shown || (verdict != "passed" && verdict != "failed"))
      tally.broken.push_back(case_.fault + ": " + seen.dump());
  }

  Ward& ward_;
  const Case& case_;
  std::mt19937_64 random_;
};

bool Wanted(const Options& options, const Case& one) {
  return options.faults.empty() ||
         std::find(options.faults.begin(), options.faults.end(), one.fault) != options.faults.end();
}

json ToJson(const Tally& tally) {
  std::vector<std::string> broken(tally.broken.begin(),
                                  tally.broken.begin() + std::min<std::ptrdiff_t>(10, std::ssize(tally.broken)));
  return {{"run", tally.run},
          {"shown", tally.shown},
          {"milder", tally.milder},
          {"tested", tally.tested},
          {"passed", tally.passed},
          {"restored", tally.restored},
          {"counted", tally.counted},
          {"recognised", tally.recognised},
          {"accuracy_before", tally.accuracy_before},
          {"accuracy_after", tally.accuracy_after},
          {"seconds", tally.seconds},
          {"broken", broken}};
}

Tally FromJson(const json& from) {
  Tally tally;
  for (const auto& [key, member] : {std::pair{"run", &Tally::run},
                                    {"shown", &Tally::shown},
                                    {"milder", &Tally::milder},
                                    {"tested", &Tally::tested},
                                    {"passed", &Tally::passed},
                                    {"restored", &Tally::restored},
                                    {"counted", &Tally::counted},
                                    {"recognised", &Tally::recognised}}) {
    tally.*member = from.at(key).get<int>();
  }
  for (const auto& [key, member] : {std::pair{"seconds", &Tally::seconds},
                                    {"accuracy_before", &Tally::accuracy_before},
                                    {"accuracy_after", &Tally::accuracy_after}}) {
    tally.*member = from.at(key).get<double>();
  }
  tally.broken = from.at("broken").get<std::vector<std::string>>();
  return tally;
}

double Series(const Ward& ward, const std::string& name, const std::string& labels) {
  const auto sum = ward.Query("sum(" + name + "{" + labels + "})");
  return sum ? *sum : 0;
}

// For how many seconds the canary has been scraped.
double Watched(const Ward& ward) {
  const auto seen = ward.Query(std::string("min(count_over_time(up{domain=\"") + kCanary + "\"}[5m]))");
  return seen ? *seen : 0;
}

// An injection counts once it doesn't show any more, which takes a tick or some.
void Learn(const Ward& ward, const Case& one, Tally& tally) {
  const std::string fault = "fault=\"" + one.fault + "\"", name = "forewarn_injections_recognised_total";
  testbed::WaitUntil(kCounted, [&] { return Series(ward, name, fault) >= tally.run; });
  tally.counted = static_cast<int>(Series(ward, name, fault));
  tally.recognised = static_cast<int>(Series(ward, name, fault + ",recognised=\"true\""));
  tally.accuracy_after = Series(ward, kAccuracy, fault);
}

// In the bed: a process of its own.
Tally TryOne(testbed::Bed& bed, const testbed::Image& image, const Case& one, const Options& options) {
  Tally tally;
  const auto all = [&]() -> Result<void> {
    auto ward = Ward::Start(bed, image, one);
    if (!ward) return ward.error();
    if (!testbed::WaitUntil(kWarm, [&] { return Watched(**ward) >= kSteady; }))
      return Error{ErrorCode::kTimeout, "the canary has no telemetry"};
    tally.accuracy_before = Series(**ward, kAccuracy, "fault=\"" + one.fault + "\"");
    OneFault fault(**ward, one, options);
    for (int i = 0; i < options.n; ++i) {
      if (auto tried = fault.Try(i, tally); !tried) return tried;
      std::fprintf(stderr, "%s: %d of %d, %d shown, %d passed, %d restored\n", one.fault.c_str(), tally.run, options.n,
                   tally.shown, tally.passed, tally.restored);
    }
    Learn(**ward, one, tally);
    return {};
  };
  if (auto done = all(); !done) tally.broken.push_back(one.fault + ": " + done.error().message);
  return tally;
}

}  // namespace

bool Figures::Hold(int n) const {
  return !by_fault.empty() &&
         std::all_of(by_fault.begin(), by_fault.end(), [&](const auto& one) { return one.second.Holds(n); });
}

// Each fault in a bed of its own: one canary has the machine for itself. What came of it comes through a pipe.
Result<Figures> Run(const Options& options) {
  if (const auto why = testbed::WhyNoBed()) return Error{ErrorCode::kUnsupported, *why};
  auto image = testbed::BuildImage(testbed::DefaultCacheDir());
  if (!image) return image.error();
  Figures figures;
  for (const Case& one : Cases()) {
    if (!Wanted(options, one)) continue;
    int ends[2];
    if (pipe(ends) != 0) return Error{ErrorCode::kInternal, "no pipe"};
    const int status = testbed::RunInBed({.kind = testbed::BedOptions::Kind::kNamespaces}, [&](testbed::Bed& bed) {
      const std::string text = ToJson(TryOne(bed, *image, one, options)).dump();
      return write(ends[1], text.data(), text.size()) == std::ssize(text) ? 0 : 1;
    });
    close(ends[1]);
    std::string text(1 << 16, ' ');
    const auto size = read(ends[0], text.data(), text.size());
    close(ends[0]);
    if (status != 0 || size <= 0) return Error{ErrorCode::kInternal, "ended with status " + std::to_string(status)};
    figures.by_fault[one.fault] = FromJson(json::parse(text.substr(0, static_cast<std::size_t>(size))));
  }
  return figures;
}

std::string ToText(const Figures& figures) {
  json all = json::object();
  for (const auto& [fault, tally] : figures.by_fault) all[fault] = ToJson(tally);
  return all.dump(2) + "\n";
}

}  // namespace forewarn::rehearsals

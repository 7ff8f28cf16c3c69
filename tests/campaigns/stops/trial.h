// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <random>
#include <string>
#include <vector>

#include "tests/campaigns/kills/subjects.h"
#include "tests/campaigns/kills/victim.h"
#include "tests/campaigns/stops/campaign.h"
#include "tests/campaigns/stops/telemetry.h"

namespace forewarn::stops {

// When something happens.
enum class At { kAnnounced, kInjecting, kMitigating, kSettling };
// What happens.
enum class What { kStop, kKillSwitch, kDestroyed, kRestarted, kTelemetryAway, kSecond, kNobody };

struct Kind {
  std::string name;
  At at;
  int rung;  // of the ladder: up to which nothing shows
  What what;
  std::string reason;  // that the log has to give
};
// One of each phase and rung for stop conditions, then the others at one of them.
Kind Draw(int number, std::mt19937_64& random);

struct Plant {
  crash::Subjects& subjects;
  Telemetry& telemetry;
  crash::Victim& victim;
  const crash::View& original;  // of the target
};

// One experiment, and what happens to it. Of one thread.
class Trial {
 public:
  Trial(const Plant& plant, const Kind& kind, std::mt19937_64& random) : plant_(plant), kind_(kind), random_(random) {}
  base::Result<void> Run(Figures& figures);

 private:
  base::Result<void> Send(const std::string& domain);
  base::Result<void> Reach();
  base::Result<void> ReachRung();
  base::Result<void> Happen();
  void React(Figures& figures);
  base::Result<void> End(Figures& figures);
  base::Result<void> Await(const std::string& words, int times = 1);
  bool Heard(const std::string& words, int times = 1) const;
  bool AsBefore();
  bool Ends() const { return kind_.what != What::kSecond && kind_.what != What::kNobody; }
  base::Result<void> Virsh(const std::string& verb);

  const Plant& plant_;
  const Kind& kind_;
  std::mt19937_64& random_;
  Telemetry::State state_;
  std::size_t log_ = 0;  // where the trial begins in it
  int sent_ = 0;         // alerts
  base::SteadyTime known_;
};

}  // namespace forewarn::stops

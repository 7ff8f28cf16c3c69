// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string>
#include <thread>
#include <vector>

#include "tests/campaigns/kills/telemetry.h"
#include "tests/campaigns/kills/verdict.h"

namespace forewarn::crash {

// What came of one crash.
struct Trial {
  bool died = false;                // false: the scenario ended before that call
  std::uint32_t calls = 0;          // that it made
  std::string call, on;             // before which it died
  base::Duration start{};           // of the next process, until it answered
  base::Duration recovery{};        // from its next start until nothing was in the air
  std::vector<std::string> broken;  // promises
};

// Domains of its own, on which one crash after the other is tried. Of one thread.
class Lane {
 public:
  Lane(Subjects& subjects, Telemetry& telemetry, int number)
      : subjects_(subjects), telemetry_(telemetry), number_(number) {}
  base::Result<void> Begin();
  // Dies before the n-th call, or not (0: the whole scenario, to count).
  base::Result<Trial> Try(const Scenario& scenario, std::uint32_t at);

 private:
  class Watch;
  std::string DomainOf(const Plan& plan) const;
  base::Result<std::vector<Sent>> Prepare(const Scenario& scenario);
  void UntilItDies(Victim& victim, const Scenario& scenario, std::vector<Sent>& alerts);
  base::Result<void> Recover(Victim& victim, Trial& trial);
  base::Result<void> UntilAllIsOver(Victim& victim, std::vector<Sent>& alerts);
  base::Result<void> Conclude(Victim& victim, Evidence& evidence);

  Subjects& subjects_;
  Telemetry& telemetry_;
  const int number_;
};

}  // namespace forewarn::crash

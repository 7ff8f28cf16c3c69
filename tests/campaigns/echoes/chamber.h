// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "common/http/client.h"
#include "common/promql/client.h"
#include "tests/e2e/demo/daemons.h"
#include "tests/testbed/simulation.h"
#include "tests/testbed/stack.h"

namespace forewarn::echoes {

inline constexpr int kCanaries = 24;

// Whether what experiments cause is told apart from what happens by itself.
enum class Mark { kOn, kOff };

struct Trial {
  std::string target, verdict, reason, started_by;
  std::optional<double> injected, undone;  // s since the epoch
  bool over = false;
};

// Canaries of libvirt's test driver behind a private libvirtd, whose telemetry responds to what is set; Prometheus with
// Forewarn's own rules, Alertmanager, and both daemons, with prediction and mitigation on.
class Chamber {
 public:
  static base::Result<std::unique_ptr<Chamber>> Start(testbed::Bed& bed, Mark mark);

  bool Known();  // there is enough telemetry of each canary to have learned from
  base::Result<std::int64_t> Begin(int canary, const std::string& request);  // an experiment on its behalf: its id
  base::Result<std::vector<Trial>> Trials();
  base::Result<std::size_t> Mitigations();  // of any canary: whatever came of them, they were asked for
  // Samples, of the whole time, that say a canary's fault is notified or due; and in how many of the trials' injections
  // a fault was certain enough to notify somebody.
  base::Result<std::size_t> Alarms(double since);
  base::Result<std::size_t> Predicted(const std::vector<Trial>& trials);
  std::optional<std::string> Ended() { return daemons_->Ended(); }

 private:
  Chamber(testbed::Bed& bed, Mark mark) : bed_(bed), mark_(mark) {}
  base::Result<void> StartMachines();
  base::Result<void> StartStack();
  base::Result<void> StartDaemons();
  base::Result<std::string> WriteRules() const;  // their path
  base::Result<std::string> Ask(const std::string& method, const std::string& path, const std::string& body);

  testbed::Bed& bed_;
  const Mark mark_;
  demo::Site site_;
  std::unique_ptr<testbed::Simulation> simulation_;
  std::vector<testbed::Machine*> machines_;
  std::optional<testbed::Stack> stack_;
  std::unique_ptr<promql::Client> prometheus_;
  std::unique_ptr<http::Client> webhook_;
  std::optional<demo::Daemons> daemons_;  // last: they end before what they talk to
};

}  // namespace forewarn::echoes

// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "common/base/result.h"
#include "common/http/client.h"
#include "common/promql/client.h"
#include "tests/e2e/demo/lab.h"
#include "tests/e2e/demo/report.h"

// What the demonstration knows it knows from Prometheus and from the webhook's API, as any user does.
namespace forewarn::demo {

// Both twins at one moment. What is not known is absent.
struct Sight {
  double time = 0;                                             // s since the epoch
  std::map<std::string, std::map<std::string, double>> twins;  // domain → what → value
  std::vector<Deed> deeds;                                     // of the webhook, in the order of time
  std::vector<Trial> trials;                                   // likewise
  // NaN where absent. what: confidence, expected (time), notified, due (alerts: 1), signal, latency (s), success,
  // broken
  double Of(const std::string& twin, const std::string& what) const;
};

class Watch {
 public:
  static base::Result<Watch> Create(const Site& site, const Scenario& scenario);
  base::Result<Sight> Look();
  base::Result<void> Rehearse(int number);  // asks for an experiment on the protected one's behalf
  // What happened from `start` on, until now (s since the epoch), from Prometheus' samples.
  base::Result<Findings> Measure(double start);

 private:
  explicit Watch(const Scenario& scenario) : scenario_(&scenario) {}
  base::Result<std::string> Ask(const std::string& path);
  base::Result<std::vector<Deed>> Deeds();
  base::Result<std::vector<Trial>> Trials();
  base::Result<Arm> MeasureArm(const std::string& twin, double start, double end);
  base::Result<std::optional<Prediction>> FirstPrediction(const std::string& twin, double start, double end);
  base::Result<std::optional<double>> FirstValue(const std::string& expr, double start, double end);

  const Scenario* scenario_;
  std::unique_ptr<promql::Client> prometheus_;
  std::unique_ptr<http::Client> webhook_;
};

}  // namespace forewarn::demo

// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <memory>
#include <mutex>
#include <string>

#include "common/http/server.h"
#include "tests/campaigns/kills/subjects.h"

namespace forewarn::stops {

inline constexpr char kTarget[] = "canary";  // whom all is done to

// A Prometheus as far as the webhook asks: everything is predicted for every domain, and the target's symptom follows
// what is set on it right now.
class Telemetry {
 public:
  struct State {
    bool scrapes = true;  // the webhook: so that its mark is visible
    bool shows = false;   // what is injected, in the symptom
    bool steady = true, stop = false;
    bool away = false;  // it answers nothing but errors
  };
  explicit Telemetry(crash::Subjects& subjects);
  void Be(const State& state);
  void ScrapeBy(std::function<bool()> marked);  // whether the webhook says that the target is under experiment
  std::string url() const { return "http://127.0.0.1:" + std::to_string(server_->ports()[0]); }

 private:
  http::Response Answer(const std::string& form);
  double Symptom();
  crash::Subjects& subjects_;
  std::mutex mutex_;
  State state_;
  std::function<bool()> marked_;
  std::unique_ptr<http::Server> server_;
};

}  // namespace forewarn::stops

// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "common/http/client.h"
#include "tests/campaigns/kills/moment.h"
#include "tests/campaigns/kills/plans.h"
#include "tests/fakes/temp_dir.h"
#include "tests/testbed/process.h"

namespace forewarn::crash {

// An alert as Alertmanager sends it, again and again until it is answered.
struct Sent {
  std::string domain;
  const Plan* plan = nullptr;
  bool answered = false;  // with 200: it must not be lost
};

// The real webhook with a journal in a folder of its own.
class Victim {
 public:
  Victim(const std::string& telemetry, const std::string& hypervisor);
  ~Victim();
  Victim(const Victim&) = delete;
  Victim& operator=(const Victim&) = delete;

  // It dies before the n-th of its calls; 0: it lives.
  base::Result<void> Start(std::uint32_t die_at = 0);
  bool Running() { return process_ && process_->Running(); }
  void Kill();
  bool Serves();                                                                 // whether its port answers
  std::optional<http::ClientResponse> Call(const http::ClientRequest& request);  // nullopt: no answer
  void Send(std::vector<Sent>& alerts);                                          // notes which it has answered
  // The states of its episodes by its own API; nullopt: no answer.
  std::optional<std::multimap<std::string, std::string>> States();  // by domain
  // Nothing is in the air any more, and what expires isn't held: to be killed during its undoing would be a second
  // kill.
  bool IsOver(const std::vector<Sent>& alerts);
  void EngageKillSwitch() { static_cast<void>(folder_.Write("kill", "")); }

  int Said(std::string_view words) const;  // how often its log says so, all processes together
  const Moment& moment() const { return *moment_; }
  std::string journal() const { return folder_.File("journal.db"); }
  std::string config() const { return folder_.File("webhook.yaml"); }
  std::string Log() const;

 private:
  fakes::TempDir folder_;
  const int port_;
  Moment* moment_ = nullptr;
  std::unique_ptr<http::Client> client_;
  std::optional<testbed::Process> process_;
};

}  // namespace forewarn::crash

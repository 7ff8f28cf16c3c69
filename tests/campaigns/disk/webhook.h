// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <atomic>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "common/http/client.h"
#include "common/http/server.h"
#include "tests/testbed/process.h"

namespace forewarn::disk {

// Says of the domain `test` that it leaks memory; how bad it is, the campaign says.
class Telemetry {
 public:
  Telemetry();
  std::string url() const { return "http://127.0.0.1:" + std::to_string(server_->ports()[0]); }
  std::atomic<double> symptom = 1;

 private:
  http::Response Answer(const std::string& form) const;
  std::unique_ptr<http::Server> server_;
};

// The real forewarn-webhook in a folder of its own, behind `prefix`.
class Webhook {
 public:
  explicit Webhook(std::string directory) : directory_(std::move(directory)) {}
  void Configure(const std::string& telemetry, const std::string& hypervisor) const;
  bool Start(std::vector<std::string> prefix = {});  // false: it ended at once, or is not ready in time
  void Stop();
  void Kill();
  bool Running() { return process_ && process_->Running(); }
  int Post(const std::string& domain);  // a firing alert; the answer's status, 0 without one
  http::ClientResponse Get(const std::string& path);
  std::string journal() const { return directory_ + "/journal/journal.db"; }
  std::string Log() const;

 private:
  http::ClientResponse Call(const std::string& method, const std::string& path, const std::string& body);
  const std::string directory_;
  std::optional<testbed::Process> process_;
  std::string url_;
};

}  // namespace forewarn::disk

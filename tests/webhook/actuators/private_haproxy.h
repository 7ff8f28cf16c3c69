// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <sys/types.h>

#include <atomic>
#include <memory>
#include <string>
#include <thread>

#include "common/base/result.h"

namespace forewarn::actuators {

// An HTTP server on the loopback that answers every request with its name: 200 while it is well, 503 while it is ill.
class TinyServer {
 public:
  TinyServer(std::string name, int status);
  ~TinyServer();
  int port() const { return port_; }
  void SetStatus(int status) { status_ = status; }

 private:
  void Serve();

  const std::string name_;
  std::atomic<int> status_;
  std::atomic<bool> stopping_ = false;
  int listener_ = -1, port_ = 0;
  std::thread thread_;
};

// A real HAProxy on the loopback. Backend "web": primary (well, weight 100) and standby (ill, weight 0), both checked;
// and stalled, which nobody checks, with none either; backend "unchecked": the first two without checks.
class PrivateHaproxy {
 public:
  static base::Result<std::unique_ptr<PrivateHaproxy>> Start();  // kUnavailable where there is no haproxy
  ~PrivateHaproxy();

  std::string address() const { return "unix:" + directory_ + "/admin.sock"; }
  void Heal(const std::string& server) { Find(server).SetStatus(200); }
  void Harm(const std::string& server) { Find(server).SetStatus(503); }
  std::string WhoAnswers() const;  // to a client of the frontend
  void Stop();
  void Continue();
  void Kill();

 private:
  explicit PrivateHaproxy(std::string directory) : directory_(std::move(directory)) {}
  base::Result<void> Launch();
  TinyServer& Find(const std::string& server) { return server == "primary" ? primary_ : standby_; }

  const std::string directory_;
  TinyServer primary_{"primary", 200}, standby_{"standby", 503}, stalled_{"stalled", 200};
  pid_t pid_ = -1;
};

}  // namespace forewarn::actuators

// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <sys/types.h>

#include <chrono>
#include <functional>
#include <map>
#include <string>
#include <vector>

#include "common/base/result.h"

namespace forewarn::testbed {

struct ProcessOptions {
  std::vector<std::string> argv;                // looked up in PATH
  std::string log = {};                         // file that takes stdout and stderr, appended; empty: /dev/null
  std::vector<int> keep_fds = {};               // inherited under the same number
  std::map<std::string, std::string> env = {};  // added to the environment
};

// A child that ends with us: it is killed when its owner goes, and by the kernel when the thread that started it dies.
class Process {
 public:
  static base::Result<Process> Start(const ProcessOptions& options);
  Process(Process&& other) noexcept;
  Process& operator=(Process&& other) noexcept;
  ~Process();  // as Stop

  pid_t pid() const { return pid_; }
  bool Running();
  // SIGTERM, then SIGKILL to the whole group once `grace` has passed. Does nothing when it has ended already.
  void Stop(std::chrono::milliseconds grace = std::chrono::seconds(3));
  void Kill();  // SIGKILL, as a crash would
  void Signal(int signal);
  int Wait();  // exit status as a shell's $?

 private:
  explicit Process(pid_t pid) : pid_(pid) {}
  void Reap(int status);
  pid_t pid_ = -1;
  int exit_ = -1;
};

// Runs a command to its end; its output, or kUnavailable with the last of it where it fails, kTimeout (and killed)
// after `timeout`.
base::Result<std::string> RunCommand(const std::vector<std::string>& argv,
                                     std::chrono::milliseconds timeout = std::chrono::seconds(30));

// Polls until `condition` holds. false: the deadline passed.
bool WaitUntil(std::chrono::milliseconds timeout, const std::function<bool()>& condition);

}  // namespace forewarn::testbed

// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string>

#include "common/base/result.h"
#include "tests/testbed/process.h"

namespace forewarn::testbed {

// A private hypervisor: a libvirtd with its own mounts, host name and state. Only inside a bed. The guests of all hosts
// are on the bed's one bridge.
class Host {
 public:
  // Ready when it returns: within a second if `cache_dir` has seen this machine's QEMU, else after some 4 to 8 s.
  static base::Result<Host> Start(const std::string& name, const std::string& cache_dir);
  Host(Host&&) = default;

  const std::string& name() const { return name_; }
  std::string uri() const;  // qemu+unix:///system?socket=…
  std::string read_only_uri() const;
  std::string dir() const;

  void KillDaemon();                   // guests keep running
  base::Result<void> RestartDaemon();  // back when it returns
  void PowerOff();                     // the daemon and every guest, at once

 private:
  Host(std::string name, std::string cache_dir) : name_(std::move(name)), cache_dir_(std::move(cache_dir)) {}
  std::string name_, cache_dir_;
  std::optional<Process> daemon_;
};

}  // namespace forewarn::testbed

// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <sys/types.h>

#include <memory>
#include <string>

#include "common/base/result.h"
#include "webhook/hypervisor/hypervisor.h"

namespace forewarn::fakes {

// A real libvirtd of our own with one domain: unprivileged (as nobody where we are root), everything in a private
// folder, gone with its owner and all that it started.
class PrivateLibvirtd {
 public:
  enum class Driver {
    kTest,  // libvirt's test driver; domain "test" runs; its state is kept as long as this object lives
    kQemu,  // QEMU without KVM and without cgroups; domain "bios" of 64 MiB and 1 of 4 vCPUs runs its firmware
    kBare,  // the same without a domain: where one may migrate to
  };
  // kUnavailable where this machine lacks what it takes; the message says what.
  static base::Result<std::unique_ptr<PrivateLibvirtd>> Start(Driver driver);
  ~PrivateLibvirtd();
  PrivateLibvirtd(const PrivateLibvirtd&) = delete;
  PrivateLibvirtd& operator=(const PrivateLibvirtd&) = delete;

  std::string uri() const;
  std::string domain() const;  // its name
  std::string uuid() const;
  pid_t process() const { return daemon_; }

  void Stop();      // SIGSTOP: a daemon that hangs
  void Continue();  // SIGCONT
  base::Result<void> KillAndRestart();

 private:
  struct Hold;
  PrivateLibvirtd(Driver driver, std::string directory);
  base::Result<void> Launch();
  base::Result<void> AwaitReady();
  base::Result<void> Prepare();
  void Kill();

  const Driver driver_;
  const std::string directory_;
  pid_t wrapper_ = -1, daemon_ = -1;
  std::unique_ptr<Hold> hold_;
};

}  // namespace forewarn::fakes

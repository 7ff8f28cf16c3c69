// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string>

#include "common/base/result.h"
#include "tests/fakes/temp_dir.h"
#include "tests/testbed/process.h"

namespace forewarn::crash {

// libvirtd with QEMU as a service: when it dies it starts again by itself, and its guests live on meanwhile. Everything
// is private and ends with its owner.
class Service {
 public:
  // kUnavailable where this machine lacks what it takes, or the caller is not root.
  base::Result<void> Start();
  void Kill();  // libvirtd alone, with SIGKILL
  std::string uri() const { return "qemu+unix:///session?socket=" + socket(); }

 private:
  std::string socket() const { return folder_.File("libvirt/libvirt-sock"); }
  bool Answers() const;
  fakes::TempDir folder_;
  std::optional<testbed::Process> process_;
};

}  // namespace forewarn::crash

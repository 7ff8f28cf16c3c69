// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>

#include "tests/campaigns/kills/subjects.h"
#include "tests/campaigns/realkills/service.h"
#include "tests/campaigns/stops/telemetry.h"
#include "tests/fakes/private_libvirtd.h"

namespace forewarn::undo {

// A libvirtd with a target, what is measured there, and a reverter that watches it.
class Ground {
 public:
  // kUnavailable where this machine lacks what it takes.
  static base::Result<std::unique_ptr<Ground>> Make(crash::Subjects::Driver driver);
  crash::Subjects& subjects() { return *subjects_; }
  stops::Telemetry& telemetry() { return *telemetry_; }
  void KillLibvirtd() { service_.Kill(); }  // of a real one alone: the test driver's domains would die with theirs
  base::Result<crash::View> Reset();        // what was there before

 private:
  base::Result<std::string> StartLibvirtd(crash::Subjects::Driver driver);  // its URI
  base::Result<void> StartReverter();
  std::unique_ptr<fakes::PrivateLibvirtd> libvirtd_;
  crash::Service service_;
  std::optional<crash::Subjects> subjects_;
  std::optional<stops::Telemetry> telemetry_;
  fakes::TempDir folder_;
  std::optional<testbed::Process> reverter_;
};

}  // namespace forewarn::undo

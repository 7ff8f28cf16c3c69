// SPDX-License-Identifier: Apache-2.0
#include "tests/campaigns/two_writers/host.h"

#include <thread>

namespace forewarn::two_writers {
namespace {

constexpr auto kSlowness = std::chrono::milliseconds(400);

base::Error Away() { return {base::ErrorCode::kUnavailable, "no connection"}; }

}  // namespace

const char* Name(Fault fault) {
  switch (fault) {
    case Fault::kNone:
      return "none";
    case Fault::kLies:
      return "lies";
    case Fault::kSilentAfter:
      return "silent_after";
    case Fault::kLibvirtdHung:
      return "libvirtd_hung";
    case Fault::kSlow:
      return "slow";
    case Fault::kUnreachable:
      return "unreachable";
    case Fault::kHungAsked:
      return "hung_asked";
    case Fault::kHungOrdered:
      return "hung_ordered";
    case Fault::kIgnores:
      return "ignores";
    case Fault::kPausesOnly:
      return "pauses_only";
    case Fault::kMovedAway:
      return "moved_away";
    case Fault::kRestarts:
      return "restarts";
  }
  return "";
}

base::Error Host::Hang(base::Deadline deadline) const {
  std::this_thread::sleep_until(deadline.at);
  return {base::ErrorCode::kTimeout, "no answer in time"};
}

base::Result<void> Host::CutPower(const std::string& uuid, base::Deadline deadline) {
  primary_.Kill();
  return FakeHypervisor::Shutdown(uuid, deadline);
}

base::Result<std::vector<hypervisor::Domain>> Host::Domains(base::Deadline deadline) {
  if (fault_ == Fault::kUnreachable) return Away();
  if (fault_ == Fault::kHungAsked) return Hang(deadline);
  if (!ordered_.empty()) {
    ++asked_since_;
    if (fault_ == Fault::kSilentAfter) return Away();
    if (fault_ == Fault::kSlow && !primary_.Killed() && std::chrono::steady_clock::now() >= due_) {
      static_cast<void>(CutPower(ordered_, deadline));
    }
    // After the proof (two: which hypervisors there are, and what they say), at the last question.
    if (fault_ == Fault::kRestarts && asked_since_ == 3) {
      static_cast<void>(primary_.Restart());
      static_cast<void>(Start(ordered_, deadline));
    }
  }
  return FakeHypervisor::Domains(deadline);
}

base::Result<void> Host::Shutdown(const std::string& uuid, base::Deadline deadline) {
  const bool first = ordered_.empty();
  ordered_ = uuid;
  switch (fault_) {
    case Fault::kLies:
      return FakeHypervisor::Shutdown(uuid, deadline);
    case Fault::kSlow:
      if (first) due_ = std::chrono::steady_clock::now() + kSlowness;
      return {};
    case Fault::kIgnores:
      return {};
    case Fault::kPausesOnly:
      primary_.Stop();
      return Suspend(uuid, deadline);
    case Fault::kSilentAfter:
      return effective_ ? CutPower(uuid, deadline) : base::Result<void>();
    case Fault::kHungOrdered:
      if (effective_) static_cast<void>(CutPower(uuid, deadline));
      return Hang(deadline);
    default:
      return CutPower(uuid, deadline);
  }
}

}  // namespace forewarn::two_writers

// SPDX-License-Identifier: Apache-2.0
#include "webhook/actuators/run_state.h"

namespace forewarn::actuators {

using hypervisor::DomainState;

namespace {

base::Result<void> Move(hypervisor::Hypervisor& host, const hypervisor::Domain& domain, const std::string& wanted,
                        base::Deadline deadline) {
  const bool paused = domain.state == DomainState::kPaused;
  const bool active = paused || domain.state == DomainState::kRunning;
  if (wanted == kShutOff) return active ? host.Shutdown(domain.uuid, deadline) : base::Result<void>();
  if (wanted == kRunning) return paused ? host.Resume(domain.uuid, deadline) : host.Start(domain.uuid, deadline);
  if (wanted != kPaused) return base::Error{base::ErrorCode::kInvalid, "no such state of a domain: " + wanted};
  if (!active) {
    if (auto started = host.Start(domain.uuid, deadline); !started) return started;
  }
  return host.Suspend(domain.uuid, deadline);
}

}  // namespace

base::Result<std::string> RunState(const std::string& domain, DomainState state) {
  switch (state) {
    case DomainState::kRunning:
      return std::string(kRunning);
    case DomainState::kPaused:
      return std::string(kPaused);
    case DomainState::kShutOff:
    case DomainState::kCrashed:  // starts the same way
      return std::string(kShutOff);
    case DomainState::kOther:
      break;
  }
  return base::Error{base::ErrorCode::kUnavailable, domain + " is between two states"};
}

base::Result<void> Bring(hypervisor::Hypervisor& host, const hypervisor::Domain& domain, const std::string& wanted,
                         base::Deadline deadline) {
  if (auto moved = Move(host, domain, wanted, deadline); !moved) return moved;
  auto state = host.State(domain.uuid, deadline);
  if (!state) return state.error();
  auto now = RunState(domain.name, *state);
  if (!now) return now.error();
  if (*now == wanted) return {};
  return base::Error{base::ErrorCode::kConflict, domain.name + " is " + *now + " instead"};
}

}  // namespace forewarn::actuators

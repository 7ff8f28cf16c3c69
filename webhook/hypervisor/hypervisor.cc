// SPDX-License-Identifier: Apache-2.0
#include "webhook/hypervisor/hypervisor.h"

namespace forewarn::hypervisor {
namespace {

// What not every hypervisor can.
base::Error NotHere() { return {base::ErrorCode::kUnsupported, "this hypervisor can't"}; }

}  // namespace

base::Result<int> Hypervisor::RunInGuest(const std::string&, const std::vector<std::string>&, base::Deadline) {
  return NotHere();
}
base::Result<unsigned> Hypervisor::FailingRequests(const std::string&, base::Deadline) { return NotHere(); }
base::Result<void> Hypervisor::SetFailingRequests(const std::string&, unsigned, base::Deadline) { return NotHere(); }

}  // namespace forewarn::hypervisor

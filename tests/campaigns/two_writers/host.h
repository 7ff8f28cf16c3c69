// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <string>

#include "tests/fakes/fake_hypervisor.h"
#include "tests/fakes/private_postgres.h"

namespace forewarn::two_writers {

// What is wrong with the fence.
enum class Fault {
  kNone,
  kLies,          // says off, but the primary lives
  kSilentAfter,   // takes the order, and can then no longer be asked
  kLibvirtdHung,  // a real libvirtd that is stopped
  kSlow,          // off only some time after the order
  kUnreachable,
  kHungAsked,    // hangs when it is asked
  kHungOrdered,  // hangs with the order
  kIgnores,      // takes the order, and does nothing
  kPausesOnly,
  kMovedAway,  // the primary runs on another hypervisor, which cannot be asked
  kRestarts,   // somebody starts the domain again at once
};
inline constexpr Fault kFaults[] = {Fault::kNone,    Fault::kLies,        Fault::kSilentAfter, Fault::kLibvirtdHung,
                                    Fault::kSlow,    Fault::kUnreachable, Fault::kHungAsked,   Fault::kHungOrdered,
                                    Fault::kIgnores, Fault::kPausesOnly,  Fault::kMovedAway,   Fault::kRestarts};
const char* Name(Fault fault);

// A hypervisor whose domain's power is that of the primary's processes, with a fault. `effective`: whether an order
// that gets no answer took effect.
class Host : public fakes::FakeHypervisor {
 public:
  Host(fakes::PrivatePostgres& primary, Fault fault) : FakeHypervisor("host1"), primary_(primary), fault_(fault) {}
  void LoseAnswersOnly() { effective_ = true; }

  base::Result<std::vector<hypervisor::Domain>> Domains(base::Deadline deadline) override;
  base::Result<void> Shutdown(const std::string& uuid, base::Deadline deadline) override;

 private:
  base::Result<void> CutPower(const std::string& uuid, base::Deadline deadline);
  base::Error Hang(base::Deadline deadline) const;

  fakes::PrivatePostgres& primary_;
  const Fault fault_;
  bool effective_ = false;
  std::string ordered_;  // the UUID that was to be cut off
  int asked_since_ = 0;  // how often, since the order
  std::chrono::steady_clock::time_point due_{};
};

}  // namespace forewarn::two_writers

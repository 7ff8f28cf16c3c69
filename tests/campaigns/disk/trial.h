// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>

#include "common/base/result.h"

namespace forewarn::disk {

enum class Fault { kNoSpaceOnce, kSyncErrorOnce, kNoSpace, kErrors, kReadOnly, kFull };
inline constexpr Fault kFaults[] = {Fault::kNoSpaceOnce, Fault::kSyncErrorOnce, Fault::kNoSpace,
                                    Fault::kErrors,      Fault::kReadOnly,      Fault::kFull};

struct Outcome {
  bool started = false;      // the fault didn't keep it from starting
  bool died = false;         // the journal
  bool acted = false;        // the domain's setting was changed
  bool undone_dead = false;  // what was set then, was undone without the journal
  int refused = 0;           // answers 503
};

// One webhook, one fault of its journal at the call of that number, one restart without it. `directory` is empty and
// goes with the trial. Error: what was broken.
base::Result<Outcome> RunTrial(const std::string& directory, Fault fault, int number);

}  // namespace forewarn::disk

// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "common/base/result.h"

namespace forewarn::guard {

// The big red button: a file. Engaged while it exists, and where that cannot be told (its folder is missing or closed
// to us); it survives a restart. Thread-safe.
class KillSwitch {
 public:
  explicit KillSwitch(std::string file) : file_(std::move(file)) {}

  struct State {
    bool engaged = true;
    std::string why;  // of the engagement
  };
  State Read() const;

  base::Result<void> Engage() const;  // durable when it returns
  base::Result<void> Disengage() const;

 private:
  std::string file_;
};

}  // namespace forewarn::guard

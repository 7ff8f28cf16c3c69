// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "common/base/result.h"
#include "tests/campaigns/two_writers/host.h"
#include "tests/fakes/private_libvirtd.h"

namespace forewarn::two_writers {

// Who can still reach the primary, beside its own clients.
enum class Link {
  kWhole,
  kCutFromUs,   // the webhook cannot
  kCutFromAll,  // nor does the standby hear of it
  kHung,        // its processes are stopped, and go on once the standby was promoted or not
};
const char* Name(Link link);

struct Plan {
  Fault fault = Fault::kNone;
  Link link = Link::kWhole;
  bool effective = false;  // an order without an answer took effect
};

struct Verdict {
  bool promoted = false;
  std::string refusal;      // or why not
  double seconds = 0;       // until either
  std::size_t primary = 0;  // writes that the primary confirmed
  std::size_t standby = 0;  // and the standby
  std::size_t overlap = 0;  // writes of the primary after the standby's first one
  std::int64_t lost = 0;    // confirmed by the primary, unknown to the promoted standby
};

// One failover with a writer on each side. The error says what could not be set up.
base::Result<Verdict> RunTrial(const Plan& plan, fakes::PrivateLibvirtd& libvirtd);

// What is wrong with it; nullopt: it is as it has to be.
std::optional<std::string> Broken(const Plan& plan, const Verdict& verdict);

}  // namespace forewarn::two_writers

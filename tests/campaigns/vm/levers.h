// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "common/base/result.h"

// What a host can do to one of its running guests. Absolute settings; libvirt's errors.
namespace forewarn::campaign {

struct Victim {
  std::string uri, domain;
  int number = 0;  // of the guest in its bed
};

base::Result<void> SetIops(const Victim& victim, double iops);        // of the first disk, in all
base::Result<void> SetQuota(const Victim& victim, double cores);      // of the vCPU; 0: no limit
base::Result<void> SetLink(const Victim& victim, const char* state);  // up, down

}  // namespace forewarn::campaign

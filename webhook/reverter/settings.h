// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <set>
#include <string>
#include <vector>

#include "common/base/result.h"
#include "webhook/hypervisor/hypervisor.h"

namespace forewarn::reverter {

// What the reverter takes of webhook.yaml. The rest of the file is the webhook's and is not judged here.
struct Settings {
  std::vector<hypervisor::Location> hypervisors;
  std::set<std::string> serving;  // standbys of targets with a backend: traffic may be on them
};

// Error: every mistake, one per line, each as `file:line: key: what`.
base::Result<Settings> LoadSettings(const std::string& file);

}  // namespace forewarn::reverter

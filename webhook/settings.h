// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "common/promql/client.h"
#include "webhook/api/access.h"
#include "webhook/engine/parts.h"
#include "webhook/experiments/template.h"
#include "webhook/hypervisor/hypervisor.h"
#include "webhook/journal/shared.h"

namespace forewarn::webhook {

// webhook.yaml, decoded. `rules` and `experiments` take effect at a reload, the rest at a start.
struct Settings {
  promql::ClientOptions source;
  std::string journal_path;                          // empty: on a server
  std::optional<journal::PostgresOptions> postgres;  // where `journal` says so
  std::string kill_switch_file;
  std::vector<hypervisor::Location> hypervisors;
  std::map<std::string, std::string> load_balancers;  // name → HAProxy's socket
  api::Clients clients;                               // read anew at a reload, with their tokens
  engine::Rules rules;
  experiments::Templates experiments;
};

// Error: every mistake, one per line, each as `file:line: key: what`.
base::Result<Settings> LoadSettings(const std::string& file);

}  // namespace forewarn::webhook

// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <optional>
#include <string>

#include "common/base/result.h"
#include "tests/testbed/bed.h"
#include "tests/testbed/machine.h"

namespace forewarn::testbed {

// Machines for a computer that can run none: domains of libvirt's test driver, and for each a model of a guest that
// obeys the settings it reads there (disk limit, memory, running or paused), serves /metrics as node_exporter and the
// libvirt exporter would, and answers its service as slowly as its disk is. Any user, no namespaces. Give its telemetry
// to a Stack without hypervisors.
class Simulation {
 public:
  // nullopt where it can run; else what is missing, for a person.
  static std::optional<std::string> WhyNot();

  // Starts one private libvirtd. Its state lives as long as this does.
  static base::Result<std::unique_ptr<Simulation>> Start(Bed& bed);
  virtual ~Simulation() = default;

  virtual const std::string& uri() const = 0;  // test+unix:///default?socket=…
  // A domain of that name, started as told. The machine belongs to the simulation.
  virtual base::Result<Machine*> Add(const MachineOptions& options) = 0;
};

}  // namespace forewarn::testbed

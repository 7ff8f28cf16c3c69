// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <set>
#include <string>

#include "common/promql/client.h"
#include "webhook/actuators/actuator.h"
#include "webhook/engine/domains.h"
#include "webhook/engine/experience.h"
#include "webhook/engine/fleet_view.h"
#include "webhook/engine/metrics.h"
#include "webhook/guard/guard_rails.h"
#include "webhook/journal/journal.h"

namespace forewarn::engine {

// What a reload replaces as a whole.
struct Rules {
  plan::Policies policies;
  plan::Targets targets;
  guard::Settings guard;
};

// What all pieces of work share, beside the journal. All of it can be had again from there or from telemetry.
struct Memory {
  std::mutex beginning;  // held from the rails' judgement to the record, so that what they count stays true
  FleetView fleet;
  Experience experience;
};

class Course;
struct Parts;
// Makes what carries episodes of one purpose, under the rules of now.
using MakeCourse = std::function<std::unique_ptr<Course>(const Parts&, std::shared_ptr<const Rules>)>;

// What the engine judges by and acts through. All outlive it.
struct Parts {
  promql::Client& telemetry;
  journal::Journal& journal;
  journal::Claims& claims;
  Domains& domains;
  std::map<std::string, actuators::Actuator*> actuators;  // by name
  const guard::KillSwitch& kill_switch;
  const base::Clock& clock;
  Metrics& metrics;
  Memory& memory;
  // The domains of one hypervisor, by its name.
  std::function<base::Result<std::set<std::string>>(const std::string& hypervisor, base::Deadline)> domains_on = {};
  std::map<std::string, MakeCourse> courses = {};  // by purpose, beside mitigations
  promql::Client* watch = nullptr;                 // telemetry that answers within a second or not; nullptr: the other
  std::function<void()> looked_around = {};        // each time the engine's threads have looked around
};

}  // namespace forewarn::engine

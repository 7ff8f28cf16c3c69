// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "common/base/clock.h"
#include "common/base/result.h"

// The only room that knows libvirt. One long-lived connection per hypervisor, each with a worker of its own, every call
// under a deadline (a call can hang for ever: the caller gets kTimeout, the worker is abandoned and replaced; a call
// that never began, since others were before it, is kUnavailable).
namespace forewarn::hypervisor {

enum class DomainState { kRunning, kPaused, kShutOff, kCrashed, kOther };

struct Domain {
  std::string name, uuid;
  std::string hypervisor;  // its name in the inventory
  DomainState state = DomainState::kOther;
};

struct Noted {
  std::string name, uuid;         // of a domain
  std::vector<std::string> uris;  // of elements in its metadata
};

using Parameters = std::map<std::string, std::int64_t>;  // libvirt's typed parameters by libvirt's names

struct Memory {
  std::uint64_t current_kib = 0, maximum_kib = 0;
};

// Domains are named by UUID; a domain that is gone is kNotFound, one whose state doesn't allow the call kConflict.
// Settings are live for an active domain, and vanish when it stops; for an inactive one they are its configuration.
// Thread-safe.
class Hypervisor {
 public:
  virtual ~Hypervisor() = default;
  virtual base::Result<std::vector<Domain>> Domains(base::Deadline deadline) = 0;
  virtual base::Result<DomainState> State(const std::string& uuid, base::Deadline deadline) = 0;
  virtual base::Result<std::vector<std::string>> Disks(const std::string& uuid,
                                                       base::Deadline deadline) = 0;  // target devs
  virtual base::Result<Parameters> BlockIoTune(const std::string& uuid, const std::string& disk,
                                               base::Deadline deadline) = 0;
  virtual base::Result<void> SetBlockIoTune(const std::string& uuid, const std::string& disk, const Parameters& values,
                                            base::Deadline deadline) = 0;
  virtual base::Result<Parameters> Scheduler(const std::string& uuid,
                                             base::Deadline deadline) = 0;  // vcpu_quota, cpu_shares, …
  virtual base::Result<void> SetScheduler(const std::string& uuid, const Parameters& values,
                                          base::Deadline deadline) = 0;
  virtual base::Result<Memory> MemoryOf(const std::string& uuid, base::Deadline deadline) = 0;
  virtual base::Result<void> SetMemory(const std::string& uuid, std::uint64_t current_kib, base::Deadline deadline) = 0;
  // Each succeeds at once where the domain is so already.
  virtual base::Result<void> Start(const std::string& uuid, base::Deadline deadline) = 0;
  virtual base::Result<void> Suspend(const std::string& uuid, base::Deadline deadline) = 0;
  virtual base::Result<void> Resume(const std::string& uuid, base::Deadline deadline) = 0;
  virtual base::Result<void> Shutdown(const std::string& uuid,
                                      base::Deadline deadline) = 0;  // forced off (virDomainDestroy)
  // The element under a namespace URI of the domain's metadata; writing none removes it.
  virtual base::Result<std::optional<std::string>> Metadata(const std::string& uuid, const std::string& uri,
                                                            base::Deadline deadline) = 0;
  virtual base::Result<void> SetMetadata(const std::string& uuid, const std::string& uri,
                                         const std::optional<std::string>& xml, base::Deadline deadline) = 0;
  // All domains, each with the URIs of its metadata that begin so: one question per domain, whatever it has.
  virtual base::Result<std::vector<Noted>> Notes(const std::string& uri_prefix, base::Deadline deadline) = 0;
};

struct Location {
  std::string name;  // in the inventory
  std::string uri;   // libvirt's
};

// All hypervisors of the inventory. Thread-safe.
class Inventory {
 public:
  virtual ~Inventory() = default;
  // The one domain of that name; kNotFound where there is none, kConflict where two are active (or none active and
  // several defined), kUnavailable where a hypervisor cannot be asked and the name was not found on exactly one other
  // as running.
  virtual base::Result<Domain> Resolve(const std::string& domain, base::Deadline deadline) = 0;
  virtual Hypervisor* Find(std::string_view name) = 0;  // nullptr where the inventory has none of that name
  struct Health {
    std::string name;
    bool connected = false;
    std::uint64_t reconnects = 0, timeouts = 0;
  };
  virtual std::vector<Health> State() const = 0;
};

// Connects lazily, reconnects with backoff when libvirtd comes back.
std::unique_ptr<Inventory> ConnectInventory(std::vector<Location> locations);

}  // namespace forewarn::hypervisor

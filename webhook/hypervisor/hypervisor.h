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

struct Vcpus {
  unsigned plugged = 0, maximum = 0;
};

// What all disks of a domain have done since it started.
struct DiskUse {
  std::uint64_t requests = 0, bytes = 0;
  std::map<std::string, std::uint64_t> requests_of = {};  // by disk (vda, …)
};

enum class Link { kUp, kDown };
struct Interface {
  std::string mac;  // its name in all calls: a migration gives it another device
  Link link = Link::kUp;
};

// What a hypervisor has, and what its active domains may take of it.
struct Capacity {
  unsigned cpus = 0, vcpus = 0;
  std::uint64_t free_kib = 0;  // of memory, caches not counted as free
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
  virtual base::Result<Vcpus> VcpusOf(const std::string& uuid, base::Deadline deadline) = 0;
  // Up to `count`, never down: kInvalid for less than is plugged, or more than the maximum.
  virtual base::Result<void> PlugVcpus(const std::string& uuid, unsigned count, base::Deadline deadline) = 0;
  // Through the guest's agent: how many of the plugged the guest uses. kUnsupported where the domain has no agent's
  // channel or does not run, kUnavailable where nobody answers there.
  virtual base::Result<unsigned> OnlineVcpus(const std::string& uuid, base::Deadline deadline) = 0;
  virtual base::Result<void> SetOnlineVcpus(const std::string& uuid, unsigned count, base::Deadline deadline) = 0;
  // Through the same agent: runs argv[0], a path in the guest, with its arguments, and waits for its end; its exit
  // code. kUnsupported also where the agent refuses, or there is no such program; kTimeout: it may still run.
  virtual base::Result<int> RunInGuest(const std::string& uuid, const std::vector<std::string>& argv,
                                       base::Deadline deadline);
  // A small disk of zeros, added to what the domain has, where requests to the first blocks of 4 KiB fail with an I/O
  // error: to how many blocks, 0 where there is no such disk. It goes with the run. Setting 0 takes it away. libvirt
  // has no words for it, so it is told to QEMU, and libvirt calls the domain tainted from then on. kUnsupported where
  // the hypervisor isn't QEMU, or has no place for a disk.
  virtual base::Result<unsigned> FailingRequests(const std::string& uuid, base::Deadline deadline);
  virtual base::Result<void> SetFailingRequests(const std::string& uuid, unsigned count, base::Deadline deadline);
  virtual base::Result<DiskUse> DiskUseOf(const std::string& uuid, base::Deadline deadline) = 0;
  virtual base::Result<std::vector<Interface>> Interfaces(const std::string& uuid, base::Deadline deadline) = 0;
  virtual base::Result<void> SetLink(const std::string& uuid, const std::string& mac, Link link,
                                     base::Deadline deadline) = 0;
  // inbound.average and so on, KiB/s and KiB; 0: none. kUnsupported to set where the host's kernel can't.
  virtual base::Result<Parameters> Bandwidth(const std::string& uuid, const std::string& mac,
                                             base::Deadline deadline) = 0;
  virtual base::Result<void> SetBandwidth(const std::string& uuid, const std::string& mac, const Parameters& values,
                                          base::Deadline deadline) = 0;
  // Each succeeds at once where the domain is so already.
  virtual base::Result<void> Start(const std::string& uuid, base::Deadline deadline) = 0;
  virtual base::Result<void> Suspend(const std::string& uuid, base::Deadline deadline) = 0;
  virtual base::Result<void> Resume(const std::string& uuid, base::Deadline deadline) = 0;
  virtual base::Result<void> Shutdown(const std::string& uuid,
                                      base::Deadline deadline) = 0;  // forced off (virDomainDestroy)
  virtual base::Result<void> Reset(const std::string& uuid, base::Deadline deadline) = 0;  // as its button would
  // The element under a namespace URI of the domain's metadata; writing none removes it.
  virtual base::Result<std::optional<std::string>> Metadata(const std::string& uuid, const std::string& uri,
                                                            base::Deadline deadline) = 0;
  virtual base::Result<void> SetMetadata(const std::string& uuid, const std::string& uri,
                                         const std::optional<std::string>& xml, base::Deadline deadline) = 0;
  // All domains, each with the URIs of its metadata that begin so: one question per domain, whatever it has.
  virtual base::Result<std::vector<Noted>> Notes(const std::string& uri_prefix, base::Deadline deadline) = 0;
  virtual base::Result<Capacity> CapacityNow(base::Deadline deadline) = 0;
};

struct Location {
  std::string name;               // in the inventory
  std::string uri;                // libvirt's
  std::string migrate_uri = {};   // where others send domains that migrate to it (tcp://ADDRESS); empty: it says itself
  bool unsafe_migration = false;  // to it, even where libvirt doubts that both see the same disks
};

// One domain, wherever it is.
struct Whereabouts {
  std::vector<Domain> found;        // active or only defined
  std::vector<std::string> silent;  // hypervisors that gave no answer
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
  virtual std::vector<std::string> Names() const = 0;
  virtual Whereabouts Locate(const std::string& uuid, base::Deadline deadline) = 0;
  // Live, with its definition; aborted when the deadline comes near. One at a time from a hypervisor, the next is
  // kUnavailable. After any error but kNotFound it may be on either side, or between them: Locate it.
  virtual base::Result<void> Migrate(const Domain& domain, const std::string& to, base::Deadline deadline) = 0;
  struct Health {
    std::string name;
    bool connected = false;
    std::uint64_t reconnects = 0, timeouts = 0;
  };
  virtual std::vector<Health> State() const = 0;
};

bool IsActive(DomainState state);

// Connects lazily, reconnects with backoff when libvirtd comes back.
std::unique_ptr<Inventory> ConnectInventory(std::vector<Location> locations);

}  // namespace forewarn::hypervisor

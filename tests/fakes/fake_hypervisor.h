// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <map>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "webhook/hypervisor/hypervisor.h"

namespace forewarn::fakes {

// A hypervisor in memory, which keeps the same contract as the real one (tests/webhook/hypervisor runs it on both): an
// active domain has live values, which vanish when it stops; an inactive one has its configuration.
class FakeHypervisor : public hypervisor::Hypervisor {
 public:
  explicit FakeHypervisor(std::string name = "host1") : name_(std::move(name)) {}

  // A domain with disk vda without limits, 512 of 1024 MiB, no CPU quota, 1 of 4 vCPUs with an agent, and an interface
  // without limits; its UUID.
  std::string Add(const std::string& domain, hypervisor::DomainState state = hypervisor::DomainState::kRunning);
  void Remove(const std::string& uuid);

  void FailNext(base::Error error);  // the next call does nothing and fails
  void LoseNextAnswer();             // the next call takes effect, but says kTimeout
  void Break(base::Error error);     // every call fails until Mend
  void Mend();
  void SetAgent(const std::string& uuid, bool there);
  // What runs in the guest where somebody asks its agent for it; its exit code. Nobody set: there is no such program.
  void SetGuestProgram(const std::string& uuid, std::function<int(const std::vector<std::string>&)> program);
  void SetFailingDisks(bool possible);
  void SetDiskUse(const std::string& uuid, std::uint64_t requests_per_question);
  void SetCapacity(hypervisor::Capacity capacity);  // vCPUs of active domains are added
  void SetBandwidthControl(bool there);
  std::vector<std::string> Changes() const;  // every change that took effect, in order: "web-1 SetMemory 1024"

  base::Result<std::vector<hypervisor::Domain>> Domains(base::Deadline) override;
  base::Result<hypervisor::DomainState> State(const std::string& uuid, base::Deadline) override;
  base::Result<std::vector<std::string>> Disks(const std::string& uuid, base::Deadline) override;
  base::Result<hypervisor::Parameters> BlockIoTune(const std::string& uuid, const std::string& disk,
                                                   base::Deadline) override;
  base::Result<void> SetBlockIoTune(const std::string& uuid, const std::string& disk,
                                    const hypervisor::Parameters& values, base::Deadline) override;
  base::Result<hypervisor::Parameters> Scheduler(const std::string& uuid, base::Deadline) override;
  base::Result<void> SetScheduler(const std::string& uuid, const hypervisor::Parameters& values,
                                  base::Deadline) override;
  base::Result<hypervisor::Memory> MemoryOf(const std::string& uuid, base::Deadline) override;
  base::Result<void> SetMemory(const std::string& uuid, std::uint64_t current_kib, base::Deadline) override;
  base::Result<hypervisor::Vcpus> VcpusOf(const std::string& uuid, base::Deadline) override;
  base::Result<void> PlugVcpus(const std::string& uuid, unsigned count, base::Deadline) override;
  base::Result<unsigned> OnlineVcpus(const std::string& uuid, base::Deadline) override;
  base::Result<void> SetOnlineVcpus(const std::string& uuid, unsigned count, base::Deadline) override;
  base::Result<int> RunInGuest(const std::string& uuid, const std::vector<std::string>& argv, base::Deadline) override;
  base::Result<unsigned> FailingRequests(const std::string& uuid, base::Deadline) override;
  base::Result<void> SetFailingRequests(const std::string& uuid, unsigned count, base::Deadline) override;
  base::Result<hypervisor::DiskUse> DiskUseOf(const std::string& uuid, base::Deadline) override;
  base::Result<std::vector<hypervisor::Interface>> Interfaces(const std::string& uuid, base::Deadline) override;
  base::Result<void> SetLink(const std::string& uuid, const std::string& mac, hypervisor::Link link,
                             base::Deadline) override;
  base::Result<hypervisor::Parameters> Bandwidth(const std::string& uuid, const std::string& mac,
                                                 base::Deadline) override;
  base::Result<void> SetBandwidth(const std::string& uuid, const std::string& mac, const hypervisor::Parameters& values,
                                  base::Deadline) override;
  base::Result<void> Reset(const std::string& uuid, base::Deadline) override;
  base::Result<hypervisor::Capacity> CapacityNow(base::Deadline) override;
  base::Result<void> Start(const std::string& uuid, base::Deadline) override;
  base::Result<void> Suspend(const std::string& uuid, base::Deadline) override;
  base::Result<void> Resume(const std::string& uuid, base::Deadline) override;
  base::Result<void> Shutdown(const std::string& uuid, base::Deadline) override;
  base::Result<std::optional<std::string>> Metadata(const std::string& uuid, const std::string& uri,
                                                    base::Deadline) override;
  base::Result<void> SetMetadata(const std::string& uuid, const std::string& uri, const std::optional<std::string>& xml,
                                 base::Deadline) override;
  base::Result<std::vector<hypervisor::Noted>> Notes(const std::string& uri_prefix, base::Deadline) override;

 private:
  friend class FakeInventory;
  struct Card {
    hypervisor::Link link = hypervisor::Link::kUp;
    hypervisor::Parameters bandwidth;
  };
  struct Values {
    std::map<std::string, hypervisor::Parameters> disks;
    hypervisor::Parameters scheduler;
    hypervisor::Memory memory;
    hypervisor::Vcpus vcpus;
    std::map<std::string, Card> interfaces;  // by MAC
    std::map<std::string, std::string> metadata;
    unsigned failing_requests = 0;
  };
  struct Held {
    hypervisor::Domain domain;
    Values live, config;
    bool agent = true;
    unsigned online = 1;
    std::function<int(const std::vector<std::string>&)> program = {};
    std::uint64_t requests = 0, requests_per_question = 0;
    Values& Current();
  };

  // The domain, or why the call fails. `change` is what the call does, empty for a question.
  base::Result<Held*> Enter(const std::string& uuid);
  base::Result<Held*> EnterAgent(const std::string& uuid);
  base::Result<Card*> CardOf(Held& held, const std::string& mac);
  base::Result<void> Leave(const Held& held, const std::string& change);
  base::Result<void> Go(const std::string& uuid, const char* verb, hypervisor::DomainState wanted,
                        std::vector<hypervisor::DomainState> from);

  const std::string name_;
  mutable std::mutex mutex_;
  std::map<std::string, Held> domains_;  // by UUID
  int added_ = 0;
  std::optional<base::Error> broken_, fail_next_;
  bool lose_next_answer_ = false;
  hypervisor::Capacity capacity_{4, 0, 8 << 20};
  bool bandwidth_control_ = true, failing_disks_ = true;
  std::vector<std::string> changes_;
};

// Of typed parameters, what both files of the fake need.
std::string ParametersText(const hypervisor::Parameters& values);
base::Result<void> MergeParameters(hypervisor::Parameters& into, const hypervisor::Parameters& values);

// Resolves by the same rule as the real inventory.
class FakeInventory : public hypervisor::Inventory {
 public:
  explicit FakeInventory(std::map<std::string, FakeHypervisor*> hypervisors) : hypervisors_(std::move(hypervisors)) {}
  base::Result<hypervisor::Domain> Resolve(const std::string& domain, base::Deadline deadline) override;
  hypervisor::Hypervisor* Find(std::string_view name) override;
  std::vector<std::string> Names() const override;
  hypervisor::Whereabouts Locate(const std::string& uuid, base::Deadline) override;
  base::Result<void> Migrate(const hypervisor::Domain& domain, const std::string& to, base::Deadline) override;
  std::vector<Health> State() const override;

  // How the next migrations end: where the domain then is, and what is said.
  enum class Ends { kMoved, kStayed, kPaused, kTwice };  // kPaused: it stayed, but does not run; kTwice: on both sides
  void EndMigrations(Ends ends, std::optional<base::Error> error = std::nullopt);
  void LoseMetadata() { lose_metadata_ = true; }  // in a migration

 private:
  Ends ends_ = Ends::kMoved;
  std::optional<base::Error> migration_error_;
  bool lose_metadata_ = false;
  std::map<std::string, FakeHypervisor*> hypervisors_;
};

}  // namespace forewarn::fakes

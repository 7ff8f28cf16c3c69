// SPDX-License-Identifier: Apache-2.0
#include "tests/fakes/fake_hypervisor.h"

#include <algorithm>
#include <cstdio>
#include <utility>

namespace forewarn::fakes {
namespace {

using base::Deadline;
using base::Error;
using base::ErrorCode;
using base::Result;
using hypervisor::DomainState;
using hypervisor::Parameters;

Parameters Unlimited() {
  Parameters limits{{"size_iops_sec", 0}};
  for (const std::string who : {"total_", "read_", "write_"}) {
    for (const std::string what : {"bytes_sec", "iops_sec"}) {
      for (const std::string part : {"", "_max", "_max_length"}) limits[who + what + part] = 0;
    }
  }
  return limits;
}

Parameters NoBandwidth() {
  Parameters limits;
  for (const std::string way : {"inbound.", "outbound."}) {
    for (const std::string part : {"average", "peak", "burst"}) limits[way + part] = 0;
  }
  return limits;
}

}  // namespace

std::string ParametersText(const Parameters& values) {
  std::string text;
  for (const auto& [name, value] : values) text += " " + name + "=" + std::to_string(value);
  return text;
}

Result<void> MergeParameters(Parameters& into, const Parameters& values) {
  for (const auto& [name, value] : values) {
    if (!into.contains(name)) return Error{ErrorCode::kUnsupported, "the hypervisor has no parameter " + name};
  }
  for (const auto& [name, value] : values) into[name] = value;
  return {};
}

namespace {

// What libvirt refuses about limits that contradict each other.
Result<void> CheckLimits(const Parameters& limits) {
  for (const std::string what : {"bytes_sec", "iops_sec"}) {
    if (limits.at("total_" + what) > 0 && limits.at("read_" + what) + limits.at("write_" + what) > 0) {
      return Error{ErrorCode::kInvalid, "total and read/write of " + what + " cannot be set at the same time"};
    }
    for (const std::string who : {"total_", "read_", "write_"}) {
      const auto value = limits.at(who + what), max = limits.at(who + what + "_max");
      if (max > 0 && value > max) return Error{ErrorCode::kUnsupported, who + what + " above its burst"};
      if (max == 0 && limits.at(who + what + "_max_length") > 0) {
        return Error{ErrorCode::kUnsupported, "burst length set without burst rate"};
      }
    }
  }
  return {};
}

}  // namespace

FakeHypervisor::Values& FakeHypervisor::Held::Current() { return IsActive(domain.state) ? live : config; }

std::string FakeHypervisor::Add(const std::string& domain, DomainState state) {
  std::lock_guard lock(mutex_);
  char uuid[37];
  std::snprintf(uuid, sizeof uuid, "%08zx-0000-4000-8000-%012d", std::hash<std::string>()(name_) & 0xffffffff,
                ++added_);
  Values values;
  values.disks["vda"] = Unlimited();
  values.scheduler = {{"cpu_shares", 1024}, {"vcpu_period", 100000}, {"vcpu_quota", -1}};
  values.memory = {512 << 10, 1024 << 10};
  values.vcpus = {1, 4};
  values.interfaces["52:54:00:00:00:01"] = {hypervisor::Link::kUp, NoBandwidth()};
  domains_[uuid] = {{domain, uuid, name_, state}, values, values};
  return uuid;
}

void FakeHypervisor::Remove(const std::string& uuid) {
  std::lock_guard lock(mutex_);
  domains_.erase(uuid);
}

void FakeHypervisor::FailNext(Error error) {
  std::lock_guard lock(mutex_);
  fail_next_ = std::move(error);
}

void FakeHypervisor::LoseNextAnswer() {
  std::lock_guard lock(mutex_);
  lose_next_answer_ = true;
}

void FakeHypervisor::Break(Error error) {
  std::lock_guard lock(mutex_);
  broken_ = std::move(error);
}

void FakeHypervisor::Mend() {
  std::lock_guard lock(mutex_);
  broken_.reset();
}

std::vector<std::string> FakeHypervisor::Changes() const {
  std::lock_guard lock(mutex_);
  return changes_;
}

Result<FakeHypervisor::Held*> FakeHypervisor::Enter(const std::string& uuid) {
  if (broken_) return *broken_;
  if (fail_next_) return *std::exchange(fail_next_, std::nullopt);
  const auto found = domains_.find(uuid);
  if (found == domains_.end()) return Error{ErrorCode::kNotFound, "no domain " + uuid};
  return &found->second;
}

Result<void> FakeHypervisor::Leave(const Held& held, const std::string& change) {
  changes_.push_back(held.domain.name + " " + change);
  if (std::exchange(lose_next_answer_, false)) return Error{ErrorCode::kTimeout, "no answer in time"};
  return {};
}

Result<std::vector<hypervisor::Domain>> FakeHypervisor::Domains(Deadline) {
  std::lock_guard lock(mutex_);
  if (broken_) return *broken_;
  std::vector<hypervisor::Domain> domains;
  for (const auto& [uuid, held] : domains_) domains.push_back(held.domain);
  return domains;
}

Result<DomainState> FakeHypervisor::State(const std::string& uuid, Deadline) {
  std::lock_guard lock(mutex_);
  auto held = Enter(uuid);
  if (!held) return held.error();
  return (*held)->domain.state;
}

Result<std::vector<std::string>> FakeHypervisor::Disks(const std::string& uuid, Deadline) {
  std::lock_guard lock(mutex_);
  auto held = Enter(uuid);
  if (!held) return held.error();
  std::vector<std::string> disks;
  for (const auto& [disk, limits] : (*held)->Current().disks) disks.push_back(disk);
  return disks;
}

Result<Parameters> FakeHypervisor::BlockIoTune(const std::string& uuid, const std::string& disk, Deadline) {
  std::lock_guard lock(mutex_);
  auto held = Enter(uuid);
  if (!held) return held.error();
  const auto& disks = (*held)->Current().disks;
  if (!disks.contains(disk)) return Error{ErrorCode::kInvalid, "no disk " + disk};
  return disks.at(disk);
}

Result<void> FakeHypervisor::SetBlockIoTune(const std::string& uuid, const std::string& disk, const Parameters& values,
                                            Deadline) {
  std::lock_guard lock(mutex_);
  auto held = Enter(uuid);
  if (!held) return held.error();
  auto& disks = (*held)->Current().disks;
  if (!disks.contains(disk)) return Error{ErrorCode::kInvalid, "no disk " + disk};
  Parameters merged = disks.at(disk);
  if (auto known = MergeParameters(merged, values); !known) return known;
  if (auto sound = CheckLimits(merged); !sound) return sound;
  disks[disk] = merged;
  return Leave(**held, "SetBlockIoTune " + disk + ParametersText(values));
}

Result<Parameters> FakeHypervisor::Scheduler(const std::string& uuid, Deadline) {
  std::lock_guard lock(mutex_);
  auto held = Enter(uuid);
  if (!held) return held.error();
  return (*held)->Current().scheduler;
}

Result<void> FakeHypervisor::SetScheduler(const std::string& uuid, const Parameters& values, Deadline) {
  std::lock_guard lock(mutex_);
  auto held = Enter(uuid);
  if (!held) return held.error();
  if (auto known = MergeParameters((*held)->Current().scheduler, values); !known) return known;
  return Leave(**held, "SetScheduler" + ParametersText(values));
}

Result<hypervisor::Memory> FakeHypervisor::MemoryOf(const std::string& uuid, Deadline) {
  std::lock_guard lock(mutex_);
  auto held = Enter(uuid);
  if (!held) return held.error();
  return (*held)->Current().memory;
}

Result<void> FakeHypervisor::SetMemory(const std::string& uuid, std::uint64_t current_kib, Deadline) {
  std::lock_guard lock(mutex_);
  auto held = Enter(uuid);
  if (!held) return held.error();
  auto& memory = (*held)->Current().memory;
  if (current_kib > memory.maximum_kib) return Error{ErrorCode::kInvalid, "more memory than the maximum"};
  memory.current_kib = current_kib;
  return Leave(**held, "SetMemory " + std::to_string(current_kib));
}

Result<void> FakeHypervisor::Go(const std::string& uuid, const char* verb, DomainState wanted,
                                std::vector<DomainState> from) {
  std::lock_guard lock(mutex_);
  auto held = Enter(uuid);
  if (!held) return held.error();
  auto& state = (*held)->domain.state;
  if (state == wanted) return {};
  if (std::find(from.begin(), from.end(), state) == from.end()) {
    return Error{ErrorCode::kConflict, "the domain's state does not allow it"};
  }
  if (!IsActive(state)) (*held)->live = (*held)->config;
  state = wanted;
  return Leave(**held, verb);
}

Result<void> FakeHypervisor::Start(const std::string& uuid, Deadline) {
  return Go(uuid, "Start", DomainState::kRunning, {DomainState::kShutOff, DomainState::kCrashed});
}

Result<void> FakeHypervisor::Suspend(const std::string& uuid, Deadline) {
  return Go(uuid, "Suspend", DomainState::kPaused, {DomainState::kRunning});
}

Result<void> FakeHypervisor::Resume(const std::string& uuid, Deadline) {
  return Go(uuid, "Resume", DomainState::kRunning, {DomainState::kPaused});
}

Result<void> FakeHypervisor::Shutdown(const std::string& uuid, Deadline) {
  return Go(uuid, "Shutdown", DomainState::kShutOff, {DomainState::kRunning, DomainState::kPaused});
}

Result<std::optional<std::string>> FakeHypervisor::Metadata(const std::string& uuid, const std::string& uri, Deadline) {
  std::lock_guard lock(mutex_);
  auto held = Enter(uuid);
  if (!held) return held.error();
  const auto& metadata = (*held)->Current().metadata;
  const auto found = metadata.find(uri);
  if (found == metadata.end()) return std::optional<std::string>();
  return std::optional<std::string>(found->second);
}

Result<void> FakeHypervisor::SetMetadata(const std::string& uuid, const std::string& uri,
                                         const std::optional<std::string>& xml, Deadline) {
  std::lock_guard lock(mutex_);
  auto held = Enter(uuid);
  if (!held) return held.error();
  if (!xml) {
    (*held)->Current().metadata.erase(uri);
    return Leave(**held, "SetMetadata " + uri + " none");
  }
  if (!xml->starts_with('<') || !xml->ends_with('>')) return Error{ErrorCode::kInvalid, "metadata is not XML"};
  (*held)->Current().metadata[uri] = *xml;
  return Leave(**held, "SetMetadata " + uri);
}

Result<std::vector<hypervisor::Noted>> FakeHypervisor::Notes(const std::string& uri_prefix, Deadline deadline) {
  auto domains = Domains(deadline);
  if (!domains) return domains.error();
  std::lock_guard lock(mutex_);
  std::vector<hypervisor::Noted> all;
  for (const hypervisor::Domain& domain : *domains) {
    hypervisor::Noted noted{domain.name, domain.uuid, {}};
    for (const auto& [uri, xml] : domains_.at(domain.uuid).Current().metadata) {
      if (uri.starts_with(uri_prefix)) noted.uris.push_back(uri);
    }
    all.push_back(std::move(noted));
  }
  return all;
}

}  // namespace forewarn::fakes

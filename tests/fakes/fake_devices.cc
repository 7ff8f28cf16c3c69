// SPDX-License-Identifier: Apache-2.0
// The hypervisor in memory: processors, disks' use, interfaces, and what a host has.
#include "tests/fakes/fake_hypervisor.h"

namespace forewarn::fakes {

using base::Deadline;
using base::Error;
using base::ErrorCode;
using base::Result;
using hypervisor::Parameters;

void FakeHypervisor::SetAgent(const std::string& uuid, bool there) {
  std::lock_guard lock(mutex_);
  domains_.at(uuid).agent = there;
}

void FakeHypervisor::SetDiskUse(const std::string& uuid, std::uint64_t requests_per_question) {
  std::lock_guard lock(mutex_);
  domains_.at(uuid).requests_per_question = requests_per_question;
}

void FakeHypervisor::SetCapacity(hypervisor::Capacity capacity) {
  std::lock_guard lock(mutex_);
  capacity_ = capacity;
}

void FakeHypervisor::SetBandwidthControl(bool there) {
  std::lock_guard lock(mutex_);
  bandwidth_control_ = there;
}

Result<hypervisor::Vcpus> FakeHypervisor::VcpusOf(const std::string& uuid, Deadline) {
  std::lock_guard lock(mutex_);
  auto held = Enter(uuid);
  if (!held) return held.error();
  return (*held)->Current().vcpus;
}

Result<void> FakeHypervisor::PlugVcpus(const std::string& uuid, unsigned count, Deadline) {
  std::lock_guard lock(mutex_);
  auto held = Enter(uuid);
  if (!held) return held.error();
  auto& vcpus = (*held)->Current().vcpus;
  if (count == vcpus.plugged) return {};
  if (count < vcpus.plugged || count > vcpus.maximum) return Error{ErrorCode::kInvalid, "not so many vCPUs"};
  vcpus.plugged = count;
  return Leave(**held, "PlugVcpus " + std::to_string(count));
}

Result<FakeHypervisor::Held*> FakeHypervisor::EnterAgent(const std::string& uuid) {
  auto held = Enter(uuid);
  if (!held) return held.error();
  if ((*held)->domain.state != hypervisor::DomainState::kRunning || !(*held)->agent) {
    return Error{ErrorCode::kUnsupported, "no guest agent"};
  }
  return held;
}

Result<unsigned> FakeHypervisor::OnlineVcpus(const std::string& uuid, Deadline) {
  std::lock_guard lock(mutex_);
  auto held = EnterAgent(uuid);
  if (!held) return held.error();
  return (*held)->online;
}

Result<void> FakeHypervisor::SetOnlineVcpus(const std::string& uuid, unsigned count, Deadline) {
  std::lock_guard lock(mutex_);
  auto held = EnterAgent(uuid);
  if (!held) return held.error();
  if (count == 0 || count > (*held)->live.vcpus.plugged) return Error{ErrorCode::kUnsupported, "not so many CPUs"};
  (*held)->online = count;
  return Leave(**held, "SetOnlineVcpus " + std::to_string(count));
}

void FakeHypervisor::SetGuestProgram(const std::string& uuid,
                                     std::function<int(const std::vector<std::string>&)> program) {
  std::lock_guard lock(mutex_);
  domains_.at(uuid).program = std::move(program);
}

void FakeHypervisor::SetFailingDisks(bool possible) {
  std::lock_guard lock(mutex_);
  failing_disks_ = possible;
}

Result<int> FakeHypervisor::RunInGuest(const std::string& uuid, const std::vector<std::string>& argv, Deadline) {
  std::lock_guard lock(mutex_);
  auto held = EnterAgent(uuid);
  if (!held) return held.error();
  if (!(*held)->program) return Error{ErrorCode::kUnsupported, "the guest has no " + argv.at(0)};
  return (*held)->program(argv);
}

Result<unsigned> FakeHypervisor::FailingRequests(const std::string& uuid, Deadline) {
  std::lock_guard lock(mutex_);
  auto held = Enter(uuid);
  if (!held) return held.error();
  if (!hypervisor::IsActive((*held)->domain.state)) return Error{ErrorCode::kConflict, "the domain does not run"};
  return (*held)->live.failing_requests;
}

Result<void> FakeHypervisor::SetFailingRequests(const std::string& uuid, unsigned count, Deadline) {
  std::lock_guard lock(mutex_);
  auto held = Enter(uuid);
  if (!held) return held.error();
  if (!hypervisor::IsActive((*held)->domain.state)) return Error{ErrorCode::kConflict, "the domain does not run"};
  if (!failing_disks_) return Error{ErrorCode::kUnsupported, "no slot for a disk"};
  if ((*held)->live.failing_requests == count) return {};
  (*held)->live.failing_requests = count;
  return Leave(**held, "SetFailingRequests " + std::to_string(count));
}

Result<hypervisor::DiskUse> FakeHypervisor::DiskUseOf(const std::string& uuid, Deadline) {
  std::lock_guard lock(mutex_);
  auto held = Enter(uuid);
  if (!held) return held.error();
  if (!hypervisor::IsActive((*held)->domain.state)) return Error{ErrorCode::kConflict, "the domain does not run"};
  (*held)->requests += (*held)->requests_per_question;
  return hypervisor::DiskUse{(*held)->requests, (*held)->requests * 4096, {{"vda", (*held)->requests}}};
}

Result<std::vector<hypervisor::Interface>> FakeHypervisor::Interfaces(const std::string& uuid, Deadline) {
  std::lock_guard lock(mutex_);
  auto held = Enter(uuid);
  if (!held) return held.error();
  std::vector<hypervisor::Interface> interfaces;
  for (const auto& [mac, card] : (*held)->Current().interfaces) interfaces.push_back({mac, card.link});
  return interfaces;
}

Result<FakeHypervisor::Card*> FakeHypervisor::CardOf(Held& held, const std::string& mac) {
  auto& interfaces = held.Current().interfaces;
  const auto found = interfaces.find(mac);
  if (found == interfaces.end()) return Error{ErrorCode::kNotFound, "the domain has no interface " + mac};
  return &found->second;
}

Result<void> FakeHypervisor::SetLink(const std::string& uuid, const std::string& mac, hypervisor::Link link, Deadline) {
  std::lock_guard lock(mutex_);
  auto held = Enter(uuid);
  if (!held) return held.error();
  auto card = CardOf(**held, mac);
  if (!card) return card.error();
  (*card)->link = link;
  return Leave(**held, "SetLink " + mac + (link == hypervisor::Link::kUp ? " up" : " down"));
}

Result<Parameters> FakeHypervisor::Bandwidth(const std::string& uuid, const std::string& mac, Deadline) {
  std::lock_guard lock(mutex_);
  auto held = Enter(uuid);
  if (!held) return held.error();
  auto card = CardOf(**held, mac);
  if (!card) return card.error();
  return (*card)->bandwidth;
}

Result<void> FakeHypervisor::SetBandwidth(const std::string& uuid, const std::string& mac, const Parameters& values,
                                          Deadline) {
  std::lock_guard lock(mutex_);
  auto held = Enter(uuid);
  if (!held) return held.error();
  auto card = CardOf(**held, mac);
  if (!card) return card.error();
  if (!bandwidth_control_) return Error{ErrorCode::kUnsupported, "Specified qdisc kind is unknown"};
  if (auto known = MergeParameters((*card)->bandwidth, values); !known) return known;
  return Leave(**held, "SetBandwidth " + mac + ParametersText(values));
}

Result<void> FakeHypervisor::Reset(const std::string& uuid, Deadline) {
  std::lock_guard lock(mutex_);
  auto held = Enter(uuid);
  if (!held) return held.error();
  if (!hypervisor::IsActive((*held)->domain.state)) return Error{ErrorCode::kConflict, "the domain does not run"};
  return Leave(**held, "Reset");
}

Result<hypervisor::Capacity> FakeHypervisor::CapacityNow(Deadline) {
  std::lock_guard lock(mutex_);
  if (broken_) return *broken_;
  hypervisor::Capacity now = capacity_;
  for (const auto& [uuid, held] : domains_) {
    if (hypervisor::IsActive(held.domain.state)) now.vcpus += held.live.vcpus.plugged;
  }
  return now;
}

}  // namespace forewarn::fakes

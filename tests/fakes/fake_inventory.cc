// SPDX-License-Identifier: Apache-2.0
#include "tests/fakes/fake_hypervisor.h"
#include "webhook/hypervisor/resolve.h"

namespace forewarn::fakes {

using base::Deadline;
using base::Error;
using base::ErrorCode;
using base::Result;
using hypervisor::DomainState;

Result<hypervisor::Domain> FakeInventory::Resolve(const std::string& domain, Deadline deadline) {
  std::vector<Result<std::optional<hypervisor::Domain>>> answers;
  for (const auto& [name, one] : hypervisors_) {
    auto domains = one->Domains(deadline);
    if (!domains) {
      answers.push_back(domains.error());
      continue;
    }
    std::optional<hypervisor::Domain> match;
    for (const auto& candidate : *domains) {
      if (candidate.name == domain) match = candidate;
    }
    answers.emplace_back(std::move(match));
  }
  return hypervisor::Choose(domain, answers);
}

hypervisor::Hypervisor* FakeInventory::Find(std::string_view name) {
  const auto found = hypervisors_.find(std::string(name));
  return found == hypervisors_.end() ? nullptr : found->second;
}

std::vector<hypervisor::Inventory::Health> FakeInventory::State() const {
  std::vector<Health> states;
  for (const auto& [name, one] : hypervisors_) {
    states.push_back({name, one->Domains(Deadline::After(std::chrono::seconds(1))).ok(), 0, 0});
  }
  return states;
}

std::vector<std::string> FakeInventory::Names() const {
  std::vector<std::string> names;
  for (const auto& [name, one] : hypervisors_) names.push_back(name);
  return names;
}

hypervisor::Whereabouts FakeInventory::Locate(const std::string& uuid, Deadline deadline) {
  hypervisor::Whereabouts whereabouts;
  for (const auto& [name, one] : hypervisors_) {
    const auto domains = one->Domains(deadline);
    if (!domains) {
      whereabouts.silent.push_back(name);
      continue;
    }
    for (const auto& domain : *domains) {
      if (domain.uuid == uuid) whereabouts.found.push_back(domain);
    }
  }
  return whereabouts;
}

void FakeInventory::EndMigrations(Ends ends, std::optional<Error> error) {
  ends_ = ends;
  migration_error_ = std::move(error);
}

Result<void> FakeInventory::Migrate(const hypervisor::Domain& domain, const std::string& to, Deadline) {
  if (!hypervisors_.contains(domain.hypervisor) || !hypervisors_.contains(to)) {
    return Error{ErrorCode::kNotFound, "the inventory has no such hypervisor"};
  }
  FakeHypervisor& source = *hypervisors_.at(domain.hypervisor);
  FakeHypervisor& destination = *hypervisors_.at(to);
  std::scoped_lock lock(source.mutex_, destination.mutex_);
  auto held = source.Enter(domain.uuid);
  if (!held) return held.error();
  if (!hypervisor::IsActive((*held)->domain.state)) return Error{ErrorCode::kConflict, "the domain is not active"};
  if (ends_ == Ends::kPaused) (*held)->domain.state = DomainState::kPaused;
  if (ends_ == Ends::kMoved || ends_ == Ends::kTwice) {
    auto& moved = destination.domains_[domain.uuid] = **held;
    moved.domain.hypervisor = to;
    if (lose_metadata_) moved.live.metadata.clear();
    destination.changes_.push_back(domain.name + " Migrate to " + to);
  }
  if (ends_ == Ends::kMoved) source.domains_.erase(domain.uuid);
  if (migration_error_) return *migration_error_;
  return {};
}

}  // namespace forewarn::fakes

// SPDX-License-Identifier: Apache-2.0
#include "webhook/actuators/placement.h"

#include <future>
#include <mutex>
#include <thread>
#include <utility>
#include <vector>

#include "webhook/actuators/actuators.h"
#include "webhook/actuators/change.h"
#include "webhook/actuators/marker.h"

namespace forewarn::actuators {
namespace {

using hypervisor::Domain;
using hypervisor::DomainState;
using std::chrono::milliseconds;

constexpr auto kPoll = milliseconds(100);
constexpr base::Duration kLookingTime = std::chrono::seconds(4);  // after a migration, before the deadline
constexpr std::size_t kMaxRemembered = 4096;

base::Error Split(const Target& target, const std::string& why) {
  return {base::ErrorCode::kConflict, std::string(kSplitPlacement) + ": " + target.domain + " " + why};
}

std::string Listed(const std::vector<std::string>& names) {
  std::string text;
  for (const std::string& name : names) text += " " + name;
  return text;
}

using Notes = std::map<std::string, std::string>;  // live metadata by URI

class Placement : public Actuator {
 public:
  explicit Placement(hypervisor::Inventory* inventory) : inventory_(inventory) {}

  base::Result<Setting> Read(const Target& target, base::Deadline deadline) override {
    auto domain = Where(target, deadline);
    if (!domain) return domain.error();
    Remember(*domain, deadline);
    return Setting{{{"hypervisor", domain->hypervisor}}};
  }

  base::Result<Setting> Propose(const Target& target, const Setting& now, Direction direction, double) const override {
    if (direction == Direction::kStress) return Refusal("no_stress", "experiments migrate nothing");
    const auto here = now.values.find("hypervisor");
    if (here == now.values.end()) return base::Error{base::ErrorCode::kInvalid, "not a setting of placement"};
    if (inventory_->Names().size() < 2) return Refusal("no_other_hypervisor", "the inventory has only one");
    std::lock_guard lock(mutex_);
    const auto seen = seen_.find(target.uuid);
    if (seen == seen_.end()) return base::Error{base::ErrorCode::kConflict, "propose what was read before"};
    const std::string chosen = ChooseHost(seen->second.others, seen->second.needed);
    if (chosen.empty()) return Refusal("no_headroom", "no other hypervisor has room for " + target.domain);
    return Setting{{{"hypervisor", chosen}}};
  }

  base::Result<void> Apply(const Target& target, const Setting& setting, base::Deadline deadline) override {
    const auto wanted = setting.values.find("hypervisor");
    if (wanted == setting.values.end()) return base::Error{base::ErrorCode::kInvalid, "not a setting of placement"};
    if (inventory_->Find(wanted->second) == nullptr) {
      return base::Error{base::ErrorCode::kNotFound, "the inventory has no hypervisor " + wanted->second};
    }
    auto domain = Where(target, deadline);
    if (!domain) return domain.error();
    if (domain->hypervisor == wanted->second) return {};
    const Notes notes = NotesOf(*domain, deadline);
    const base::Deadline migration{deadline.at - std::min(kLookingTime, deadline.Left() / 4)};
    auto moved = inventory_->Migrate(*domain, wanted->second, migration);
    return Conclude(target, {*domain, wanted->second, moved, notes}, deadline);
  }

 private:
  struct Attempt {
    Domain before;
    std::string to;
    base::Result<void> answer;
    Notes notes;
  };
  struct Seen {
    std::map<std::string, hypervisor::Capacity> others;
    Room needed;
  };

  // The one place where it is active; what is only defined elsewhere is of the past.
  base::Result<Domain> Where(const Target& target, base::Deadline deadline) {
    const auto all = inventory_->Locate(target.uuid, deadline);
    std::vector<Domain> active;
    std::vector<std::string> names;
    for (const Domain& domain : all.found) {
      if (!hypervisor::IsActive(domain.state)) continue;
      active.push_back(domain);
      names.push_back(domain.hypervisor);
    }
    if (active.size() > 1) return Split(target, "is active on" + Listed(names));
    if (active.size() == 1 && (all.silent.empty() || active.front().state == DomainState::kRunning))
      return active.front();
    if (!all.silent.empty()) {
      return base::Error{base::ErrorCode::kUnavailable, "no answer from" + Listed(all.silent)};
    }
    if (all.found.empty()) return base::Error{base::ErrorCode::kNotFound, "no hypervisor has " + target.domain};
    return Refusal("not_running", target.domain + " does not run");
  }

  // What Propose chooses from. A hypervisor that gives no answer takes nothing.
  void Remember(const Domain& domain, base::Deadline deadline) {
    Seen seen;
    hypervisor::Hypervisor* here = inventory_->Find(domain.hypervisor);
    if (const auto memory = here->MemoryOf(domain.uuid, deadline)) seen.needed.memory_kib = memory->maximum_kib;
    if (const auto vcpus = here->VcpusOf(domain.uuid, deadline)) seen.needed.vcpus = vcpus->plugged;
    const auto half = base::Deadline::After(deadline.Left() / 2);
    std::map<std::string, std::future<base::Result<hypervisor::Capacity>>> asked;
    for (const std::string& name : inventory_->Names()) {
      if (name == domain.hypervisor) continue;
      asked[name] =
          std::async(std::launch::async, [this, name, half] { return inventory_->Find(name)->CapacityNow(half); });
    }
    for (auto& [name, answer] : asked) {
      if (const auto capacity = answer.get()) seen.others[name] = *capacity;
    }
    std::lock_guard lock(mutex_);
    if (seen_.size() >= kMaxRemembered) seen_.clear();
    seen_[domain.uuid] = std::move(seen);
  }

  Notes NotesOf(const Domain& domain, base::Deadline deadline) {
    Notes notes;
    for (const ActuatorKind& kind : ActuatorKinds()) {
      const std::string uri = MarkerUri(kind.name);
      const auto xml = inventory_->Find(domain.hypervisor)->Metadata(domain.uuid, uri, deadline);
      if (xml && *xml) notes[uri] = **xml;
    }
    return notes;
  }

  base::Result<void> Restore(const Domain& domain, const Notes& notes, base::Deadline deadline) {
    const Notes there = NotesOf(domain, deadline);
    for (const auto& [uri, xml] : notes) {
      if (there.contains(uri)) continue;
      auto set = inventory_->Find(domain.hypervisor)->SetMetadata(domain.uuid, uri, xml, deadline);
      if (!set) return set;
    }
    return {};
  }

  // Both sides clean up by themselves when a migration fails; we look until they have.
  base::Result<void> Conclude(const Target& target, const Attempt& attempt, base::Deadline deadline) {
    for (;;) {
      const auto all = inventory_->Locate(target.uuid, deadline);
      const Domain* here = ActiveOn(all, attempt.before.hypervisor);
      const Domain* there = ActiveOn(all, attempt.to);
      const bool answered = Answered(all, attempt.before.hypervisor) && Answered(all, attempt.to);
      if (answered && there != nullptr && here == nullptr && there->state == DomainState::kRunning) {
        return Restore(*there, attempt.notes, deadline);
      }
      if (answered && here != nullptr && there == nullptr && Settled(attempt, *here, deadline)) return Failed(attempt);
      if (deadline.Left() < 2 * kPoll) return Undecided(target, attempt, {here, there, answered});
      std::this_thread::sleep_for(kPoll);
    }
  }

  struct Seeing {
    const Domain* here;
    const Domain* there;
    bool answered;
  };

  static base::Error Undecided(const Target& target, const Attempt& attempt, const Seeing& seeing) {
    const std::string both = attempt.before.hypervisor + " and " + attempt.to;
    if (!seeing.answered) return Split(target, "was migrating, and not both of " + both + " give an answer");
    if (seeing.here != nullptr && seeing.there != nullptr) return Split(target, "is active on both " + both);
    if (seeing.here == nullptr && seeing.there == nullptr) return Split(target, "is active on neither of " + both);
    return Split(target, "is left paused between " + both);
  }

  static const Domain* ActiveOn(const hypervisor::Whereabouts& all, const std::string& name) {
    for (const Domain& domain : all.found) {
      if (domain.hypervisor == name && hypervisor::IsActive(domain.state)) return &domain;
    }
    return nullptr;
  }
  static bool Answered(const hypervisor::Whereabouts& all, const std::string& name) {
    return std::find(all.silent.begin(), all.silent.end(), name) == all.silent.end();
  }

  // It stayed, alone. What libvirt left paused goes on, unless it was paused before.
  bool Settled(const Attempt& attempt, const Domain& here, base::Deadline deadline) {
    if (here.state == attempt.before.state) return true;
    return attempt.before.state == DomainState::kRunning && here.state == DomainState::kPaused &&
           inventory_->Find(here.hypervisor)->Resume(here.uuid, deadline).ok();
  }
  static base::Error Failed(const Attempt& attempt) {
    const std::string stays = "it stays on " + attempt.before.hypervisor;
    if (attempt.answer) return {base::ErrorCode::kUnavailable, stays + " though it was said to have moved"};
    const auto code = attempt.answer.error().code;
    const bool refused = code == base::ErrorCode::kUnsupported || code == base::ErrorCode::kInvalid;
    return {refused ? code : base::ErrorCode::kUnavailable, stays + ": " + attempt.answer.error().message};
  }

  hypervisor::Inventory* inventory_;
  mutable std::mutex mutex_;
  std::map<std::string, Seen> seen_;  // by UUID
};

}  // namespace

std::string ChooseHost(const std::map<std::string, hypervisor::Capacity>& others, const Room& needed) {
  std::string chosen;
  double least = 0;
  std::uint64_t memory = 0;
  for (const auto& [name, capacity] : others) {
    if (capacity.cpus == 0 || capacity.free_kib < needed.memory_kib + needed.memory_kib / 10) continue;
    const double load = (capacity.vcpus + needed.vcpus) / static_cast<double>(capacity.cpus);
    if (!chosen.empty() && (load > least || (load == least && capacity.free_kib <= memory))) continue;
    chosen = name, least = load, memory = capacity.free_kib;
  }
  return chosen;
}

std::unique_ptr<Actuator> MakePlacement(hypervisor::Inventory* inventory) {
  return std::make_unique<Placement>(inventory);
}

}  // namespace forewarn::actuators

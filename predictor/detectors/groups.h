// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <algorithm>
#include <cstdint>
#include <map>
#include <utility>
#include <vector>

#include "predictor/detectors/archive.h"

namespace forewarn::detectors {

// Which instances share a model: those with the same set of signals form a class, and the members of a class are dealt
// out among a few groups, so that in a small fleet each instance has a model of its own and in a large one a model
// costs nothing. An instance whose signals are still appearing belongs to no group.
template <class Model>
class Groups {
 public:
  struct Group {
    std::vector<std::uint32_t> signals;  // slots, ascending; what the model's dimensions are
    std::vector<std::uint32_t> members;  // instance slots
    Model model;
  };
  static constexpr std::size_t kGroupsPerClass = 16, kMaxGroups = 1024, kMaxSignals = 128;

  std::vector<Group>& all() { return groups_; }
  const Group* Of(std::size_t instance) const {
    return instance < places_.size() && places_[instance].group >= 0
               ? &groups_[static_cast<std::size_t>(places_[instance].group)]
               : nullptr;
  }

  // One tick of an instance which has ever had `known` signals; `signals` gives their slots. Joins it where they have
  // not changed for a while, takes it out where they have.
  template <class Signals>
  void Settle(std::uint32_t instance, std::uint32_t known, const Signals& signals) {
    if (instance >= places_.size()) places_.resize(instance + 1);
    Place& place = places_[instance];
    if (place.known != known) {
      Leave(instance);
      place.known = known;
      place.settled = 0;
    }
    if (place.settled > kSettled) return;
    if (++place.settled > kSettled && known > 1 && known <= kMaxSignals) Join(instance, signals());
  }

  void Save(Archive& archive) const {
    archive.PutInstances(places_);
    archive.Put<std::uint64_t>(groups_.size());
    for (const Group& group : groups_) {
      archive.Put(group.signals);
      group.model.Save(archive);
    }
  }
  // kInvalid: cut off, or of another layout; half restored then.
  base::Result<void> Restore(Archive& archive) {
    std::uint64_t count = 0;
    if (auto taken = archive.TakeInstances(places_); !taken) return taken;
    if (auto taken = archive.Take(count); !taken) return taken;
    for (std::uint64_t i = 0; i < count && i < kMaxGroups; ++i) {
      Group& group = groups_.emplace_back();
      if (auto taken = archive.Take(group.signals); !taken) return taken;
      if (auto taken = group.model.Restore(archive, group.signals.size()); !taken) return taken;
      classes_[group.signals].push_back(static_cast<std::int32_t>(i));
    }
    return Repeople();
  }

 private:
  static constexpr std::uint32_t kSettled = 10;  // ticks
  struct Place {
    std::int32_t group = -1;
    std::uint32_t position = 0;  // among the group's members
    std::uint32_t known = 0;     // signals
    std::uint32_t settled = 0;   // ticks since `known` changed, capped
  };

  void Leave(std::uint32_t instance) {
    Place& place = places_[instance];
    if (place.group < 0) return;
    auto& members = groups_[static_cast<std::size_t>(place.group)].members;
    places_[members.back()].position = place.position;
    members[place.position] = members.back();
    members.pop_back();
    place.group = -1;
  }

  void Join(std::uint32_t instance, const std::vector<std::uint32_t>& signals) {
    auto& of_class = classes_[signals];
    std::int32_t smallest = -1;
    for (const std::int32_t group : of_class) {
      if (smallest < 0 || MembersOf(group).size() < MembersOf(smallest).size()) smallest = group;
    }
    const bool crowded = smallest >= 0 && !MembersOf(smallest).empty();
    if (smallest < 0 || (crowded && of_class.size() < kGroupsPerClass)) {
      const std::int32_t created = Create(signals);
      if (created >= 0) smallest = created;
    }
    if (smallest >= 0) Put(instance, smallest);
  }

  // -1: there are too many.
  std::int32_t Create(const std::vector<std::uint32_t>& signals) {
    if (groups_.size() >= kMaxGroups && !Abandon()) return -1;
    groups_.emplace_back().signals = signals;
    const auto created = static_cast<std::int32_t>(groups_.size() - 1);
    classes_[signals].push_back(created);
    return created;
  }

  // Groups without members make room for new ones, all at once: it renumbers the others.
  bool Abandon() {
    std::erase_if(groups_, [](const Group& group) { return group.members.empty(); });
    classes_.clear();
    for (std::size_t i = 0; i < groups_.size(); ++i) {
      classes_[groups_[i].signals].push_back(static_cast<std::int32_t>(i));
      for (const std::uint32_t member : groups_[i].members) places_[member].group = static_cast<std::int32_t>(i);
    }
    return groups_.size() < kMaxGroups;
  }

  std::vector<std::uint32_t>& MembersOf(std::int32_t group) { return groups_[static_cast<std::size_t>(group)].members; }
  void Put(std::uint32_t instance, std::int32_t group) {
    places_[instance].group = group;
    places_[instance].position = static_cast<std::uint32_t>(MembersOf(group).size());
    MembersOf(group).push_back(instance);
  }

  base::Result<void> Repeople() {
    for (std::uint32_t i = 0; i < places_.size(); ++i) {
      const std::int32_t group = places_[i].group;
      if (group < 0) continue;
      if (static_cast<std::size_t>(group) >= groups_.size()) {
        return base::Error{base::ErrorCode::kInvalid, "the saved state names a group that it does not hold"};
      }
      Put(i, group);
    }
    return {};
  }

  std::vector<Place> places_;  // by instance slot
  std::vector<Group> groups_;
  std::map<std::vector<std::uint32_t>, std::vector<std::int32_t>> classes_;  // by signals: their groups
};

}  // namespace forewarn::detectors

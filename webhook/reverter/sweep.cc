// SPDX-License-Identifier: Apache-2.0
#include "webhook/reverter/sweep.h"

#include "common/log/log.h"

namespace forewarn::reverter {

using actuators::Marker;
using actuators::Target;
using base::ErrorCode;

namespace {

constexpr base::Duration kListTime = std::chrono::seconds(10), kCallTime = std::chrono::seconds(3);

base::Deadline In(base::Duration duration) { return base::Deadline::After(duration); }

base::SteadyTime::duration Ticks(base::Duration duration) {
  return std::chrono::duration_cast<base::SteadyTime::duration>(duration);
}

bool Stops(const Marker& marker) {
  const auto state = marker.previous.values.find("state");
  return marker.actuator == "standby" && state != marker.previous.values.end() && state->second != "running";
}

}  // namespace

base::Result<Sweep> Sweeper::Run() {
  const std::string prefix = actuators::MarkerUri("");
  auto noted = parts_.inventory.Find(hypervisor_)->Notes(prefix, In(kListTime));
  if (!noted) return noted.error();
  Sweep sweep;
  sweep.domains = noted->size();
  std::set<Key> there;
  for (const hypervisor::Noted& domain : *noted) {
    for (const std::string& uri : domain.uris) {
      const std::string actuator = uri.substr(prefix.size());
      there.emplace(domain.uuid, actuator);
      Look({domain.name, domain.uuid, hypervisor_, ""}, actuator, sweep);
    }
  }
  std::erase_if(seen_, [&](const auto& entry) { return !there.contains(entry.first); });
  return sweep;
}

// Read again, since its writer may have renewed or removed it since the list was made.
void Sweeper::Look(const Target& target, const std::string& actuator, Sweep& sweep) {
  if (!parts_.actuators.contains(actuator)) return;
  auto xml = parts_.inventory.Find(hypervisor_)->Metadata(target.uuid, actuators::MarkerUri(actuator), In(kCallTime));
  if (xml && !xml->has_value()) return;
  if (!xml && xml.error().code == ErrorCode::kNotFound) return;  // the domain is gone, and its settings with it
  ++sweep.markers;
  auto marker = xml ? actuators::SalvageMarker(**xml) : base::Result<Marker>(xml.error());
  if (marker && marker->actuator != actuator) marker = base::Error{ErrorCode::kInvalid, "a marker of another actuator"};
  if (!marker) {
    ++sweep.failed[actuator];
    return Note(target, actuator, marker.error());
  }
  const auto why = WhyDue(*marker, Remember({target.uuid, actuator}, *marker));
  if (!why) return;
  if (Stops(*marker) && parts_.serving.contains(target.domain)) {
    ++sweep.spared[actuator];
    return Note(target, actuator, {ErrorCode::kConflict, "it may be serving: only the webhook may stop it"});
  }
  if (auto undone = Undo(target, *marker); !undone) {
    ++sweep.failed[actuator];
    return Note(target, actuator, undone.error());
  }
  ++sweep.reverted[actuator];
  log::Warn("reverted", {{"domain", target.domain},
                         {"actuator", actuator},
                         {"episode", marker->change_id},
                         {"to", ToText(marker->previous)},
                         {"reason", *why}});
}

Sweeper::Seen& Sweeper::Remember(const Key& key, const Marker& marker) {
  const auto [found, is_new] = seen_.try_emplace(key);
  Seen& seen = found->second;
  if (is_new || seen.expiry != marker.expiry) {
    seen = {marker.expiry, parts_.clock.Steady() + Ticks(marker.expiry - parts_.clock.Now()), false};
  }
  return seen;
}

std::optional<std::string> Sweeper::WhyDue(const Marker& marker, Seen& seen) {
  if (marker.expiry == base::WallTime()) return "its expiry cannot be read";
  const base::WallTime now = parts_.clock.Now();
  if (marker.written && now + parts_.grace < *marker.written) return "the clock has gone backwards";
  if (now >= marker.expiry + parts_.grace) return "expired";
  if (parts_.clock.Steady() >= seen.due + Ticks(parts_.grace)) return "expired, by the steady clock";
  return std::nullopt;
}

// The same two steps in the same order as the webhook's own undoing. Where the target of the setting is gone, the
// setting is, too.
base::Result<void> Sweeper::Undo(const Target& target, const Marker& marker) {
  auto applied = parts_.actuators.at(marker.actuator)->Apply(target, marker.previous, In(kCallTime));
  if (!applied && applied.error().code != ErrorCode::kNotFound) return applied;
  auto removed = actuators::Markers(&parts_.inventory).Remove(target, marker.actuator, marker.epoch, In(kCallTime));
  if (!removed && removed.error().code != ErrorCode::kNotFound) return removed;
  return {};
}

void Sweeper::Note(const Target& target, const std::string& actuator, const base::Error& error) {
  Seen& seen = seen_[{target.uuid, actuator}];
  if (std::exchange(seen.complained, true)) return;
  log::Error("cannot revert", {{"domain", target.domain}, {"actuator", actuator}, {"error", error.message}});
}

}  // namespace forewarn::reverter

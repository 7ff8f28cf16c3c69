// SPDX-License-Identifier: Apache-2.0
#include "exporter/signals/roster.h"

namespace forewarn::signals {
namespace {

bool Has(const telemetry::Names& names, std::uint32_t slot) { return names.Find(names.NameOf(slot)) == slot; }

// The next slot, for a name that is not to be found any more where it is empty.
void Append(telemetry::Names& names, const std::string& name) {
  names.SlotOf(name);
  if (name.empty()) names.Forget(name);
}

}  // namespace

void Roster::Define(const std::vector<Definition>& definitions) {
  for (const auto& signal : definitions) Define(signal.name, signal.expr);
}

void Roster::Define(const std::string& name, const std::string& expr) {
  const auto known = signals_.Find(name);
  if (known >= 0 && exprs_[static_cast<std::size_t>(known)] == expr) return;
  signals_.Forget(name);
  signals_.SlotOf(name);
  exprs_.push_back(expr);
}

bool Roster::Away(const Seen& seen, double time) const {
  return time - seen.time >= kAway && static_cast<double>(readings_ - seen.reading) >= kAwayTicks;
}

std::uint32_t Roster::See(std::string_view instance, double time) {
  auto slot = instances_.SlotOf(instance);
  if (slot < seen_.size() && Away(seen_[slot], time)) {
    instances_.Forget(instance);
    seen_[slot].reading = kGone;
    slot = instances_.SlotOf(instance);
  }
  seen_.resize(instances_.size());
  seen_[slot] = {time, readings_};
  return slot;
}

bool Roster::SeeAgain(std::uint32_t slot, double time) {
  Seen& seen = seen_[slot];
  if (seen.reading == kGone || Away(seen, time)) return false;
  seen = {time, readings_};
  return true;
}

void Roster::Prime(const Slots& slots) {
  const Slots now = Current();
  *this = Roster();
  for (const auto& instance : slots.instances) {
    Append(instances_, instance.name);
    seen_.push_back({instance.last_seen, instance.name.empty() ? kGone : 0});
  }
  for (const auto& signal : slots.signals) {
    Append(signals_, signal.name);
    exprs_.push_back(signal.expr);
  }
  for (const auto& signal : now.signals) {
    if (!signal.name.empty()) Define(signal.name, signal.expr);
  }
}

Slots Roster::Current() const {
  Slots slots;
  for (std::uint32_t slot = 0; slot < instances_.size(); ++slot) {
    slots.instances.push_back({Has(instances_, slot) ? instances_.NameOf(slot) : "", seen_[slot].time});
  }
  for (std::uint32_t slot = 0; slot < signals_.size(); ++slot) {
    slots.signals.push_back({Has(signals_, slot) ? signals_.NameOf(slot) : "", exprs_[slot]});
  }
  return slots;
}

}  // namespace forewarn::signals

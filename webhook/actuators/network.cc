// SPDX-License-Identifier: Apache-2.0
#include "webhook/actuators/network.h"

#include <algorithm>
#include <cmath>
#include <utility>
#include <vector>

#include "webhook/actuators/cards.h"
#include "webhook/actuators/change.h"

namespace forewarn::actuators {
namespace {

using hypervisor::Link;
using hypervisor::Parameters;

constexpr const char* kWays[] = {"inbound", "outbound"};
constexpr const char* kParts[] = {"average", "peak", "burst"};

// The host's kernel, not the domain, is what can't.
base::Error Explain(const base::Error& error) {
  if (error.code != base::ErrorCode::kUnsupported) return error;
  return Refusal("no_bandwidth_control", error.message);
}

class Network : public Actuator {
 public:
  Network(hypervisor::Inventory* inventory, TargetLookup targets)
      : inventory_(inventory), targets_(std::move(targets)) {}

  base::Result<Setting> Read(const Target& target, base::Deadline deadline) override {
    auto host = HypervisorOf(*inventory_, target, deadline);
    if (!host) return host.error();
    auto cards = ReadCards(**host, target.uuid, deadline);
    if (!cards) return cards.error();
    Setting setting = ToSetting(*cards);
    for (const auto& [key, text] : pulses_.Shown(target.uuid).values) setting.values[key] = text;
    return setting;
  }

  base::Result<Setting> Propose(const Target& target, const Setting& now, Direction direction,
                                double severity) const override {
    auto cards = CardsFromSetting(now);
    if (!cards) return cards.error();
    if (direction == Direction::kStress) return Flap(target, std::move(*cards), severity);
    const Limits limits = LimitsOf(targets_, target.domain, "network");
    bool limited = false;
    for (auto& [mac, card] : *cards) {
      for (const char* way : kWays) limited |= Raise(card.limits, way, limits, 1 + Scale(severity));
    }
    if (!limited) return Refusal("no_limit_to_raise", "no interface of " + target.domain + " is limited");
    Setting next = ToSetting(*cards);
    if (next == now) return Refusal("at_limit", "the bandwidth of " + target.domain + " is where it may go");
    return next;
  }

  // Limits before links: they are what may fail, and then nothing has changed but that pulses have ended.
  base::Result<void> Apply(const Target& target, const Setting& setting, base::Deadline deadline) override {
    auto wanted = CardsFromSetting(setting);
    if (!wanted) return wanted.error();
    auto host = HypervisorOf(*inventory_, target, deadline);
    if (!host) return host.error();
    pulses_.Stop(target.uuid);
    auto before = ReadCards(**host, target.uuid, deadline);
    if (!before) return before.error();
    for (const auto& [mac, card] : *wanted) {
      if (!before->contains(mac)) return base::Error{base::ErrorCode::kNotFound, "the domain has no interface " + mac};
    }
    if (auto set = SetLimits(**host, target.uuid, {*before, *wanted}, deadline); !set) return set;
    for (const auto& [mac, card] : *wanted) {
      if (before->at(mac).link == card.link) continue;
      if (auto set = (*host)->SetLink(target.uuid, mac, card.link, deadline); !set) return set;
    }
    if (auto right = ReadBack(**host, target, *wanted, deadline); !right) return right;
    return StartFlaps(target, *wanted, deadline);
  }

 private:
  struct Move {
    const Cards& before;
    const Cards& wanted;
  };

  static base::Result<Cards> ReadCards(hypervisor::Hypervisor& host, const std::string& uuid, base::Deadline deadline) {
    auto interfaces = host.Interfaces(uuid, deadline);
    if (!interfaces) return interfaces.error();
    Cards cards;
    for (const auto& interface : *interfaces) {
      auto limits = host.Bandwidth(uuid, interface.mac, deadline);
      if (!limits) return limits.error();
      cards[interface.mac] = {interface.link, BandwidthOf(*limits)};
    }
    return cards;
  }

  static base::Result<void> SetLimits(hypervisor::Hypervisor& host, const std::string& uuid, const Move& move,
                                      base::Deadline deadline) {
    for (const auto& [mac, card] : move.wanted) {
      if (move.before.at(mac).limits == card.limits) continue;
      auto set = host.SetBandwidth(uuid, mac, card.limits, deadline);
      if (set) continue;
      // Ours alone are taken back; what fails here leaves a reader to see it.
      for (const auto& [done, old] : move.before) {
        if (done > mac) break;
        static_cast<void>(host.SetBandwidth(uuid, done, old.limits, deadline));
      }
      return Explain(set.error());
    }
    return {};
  }

  // Whether there is a limit.
  static bool Raise(Parameters& limits, const std::string& way, const Limits& bounds, double factor) {
    const auto now = static_cast<double>(limits.at(way + ".average"));
    if (now <= 0) return false;
    const double next = std::round(Bounded(bounds, "average", now, now * factor));
    for (const std::string part : kParts) {
      auto& value = limits.at(way + "." + part);
      value = static_cast<std::int64_t>(std::round(static_cast<double>(value) * next / now));
    }
    return true;
  }

  static base::Result<void> ReadBack(hypervisor::Hypervisor& host, const Target& target, Cards wanted,
                                     base::Deadline deadline) {
    auto after = ReadCards(host, target.uuid, deadline);
    if (!after) return after.error();
    for (auto& [mac, card] : wanted) card.flap.reset();
    std::erase_if(*after, [&](const auto& entry) { return !wanted.contains(entry.first); });  // plugged in meanwhile
    if (ToSetting(*after) == ToSetting(wanted)) return {};
    return base::Error{base::ErrorCode::kConflict, "the network of " + target.domain + " reads back otherwise"};
  }

  // NOLINTNEXTLINE(performance-unnecessary-value-param): it is changed, by its parts
  static base::Result<Setting> Flap(const Target& target, Cards cards, double severity) {
    bool any = false;
    for (auto& [mac, card] : cards) {
      if (card.link != Link::kUp || card.flap) continue;
      card.flap = BeatOf(severity);
      any = true;
    }
    if (!any) return Refusal("no_link_to_cut", "no link of " + target.domain + " is up");
    return ToSetting(cards);
  }

  // One beat for all that flap.
  base::Result<void> StartFlaps(const Target& target, const Cards& wanted, base::Deadline deadline) {
    std::vector<std::string> macs;
    std::optional<Beat> beat;
    Setting shown;
    for (const auto& [mac, card] : wanted) {
      if (!card.flap) continue;
      beat = beat ? *beat : *card.flap;
      macs.push_back(mac);
      shown.values[mac + " link"] = ToText(kFlap, *beat);
    }
    if (!beat) return {};
    const auto set = [this, target, macs](Link from, Link to, base::Deadline soon) {
      return SetLinks(target, macs, {from, to}, soon);
    };
    return pulses_.Start(target.uuid, *beat,
                         {[set](base::Deadline soon) { return set(Link::kUp, Link::kDown, soon); },
                          [set](base::Deadline soon) { return set(Link::kDown, Link::kUp, soon); },
                          WhileMarked(inventory_, target, "network", deadline)},
                         shown);
  }

  struct Turn {
    Link from, to;
  };

  // kConflict: the domain doesn't run, or nothing is as `turn` begins, and nothing was done.
  base::Result<void> SetLinks(const Target& target, const std::vector<std::string>& macs, Turn turn,
                              base::Deadline deadline) {
    auto host = HypervisorOf(*inventory_, target, deadline);
    if (!host) return host.error();
    auto state = (*host)->State(target.uuid, deadline);
    if (!state) return state.error();
    auto interfaces = (*host)->Interfaces(target.uuid, deadline);
    if (!interfaces) return interfaces.error();
    bool any = false;
    for (const auto& interface : *interfaces) {
      if (!hypervisor::IsActive(*state) || interface.link != turn.from) continue;
      if (std::find(macs.begin(), macs.end(), interface.mac) == macs.end()) continue;
      if (auto set = (*host)->SetLink(target.uuid, interface.mac, turn.to, deadline); !set) return set;
      any = true;
    }
    if (any) return {};
    return base::Error{base::ErrorCode::kConflict, "no link of " + target.domain + " to turn"};
  }

  hypervisor::Inventory* inventory_;
  TargetLookup targets_;
  Pulses pulses_;  // the last to come, and so the first to go: its threads use the others
};

}  // namespace

std::unique_ptr<Actuator> MakeNetwork(hypervisor::Inventory* inventory, TargetLookup targets) {
  return std::make_unique<Network>(inventory, std::move(targets));
}

}  // namespace forewarn::actuators

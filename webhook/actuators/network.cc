// SPDX-License-Identifier: Apache-2.0
#include "webhook/actuators/network.h"

#include <cmath>
#include <utility>

#include "webhook/actuators/change.h"

namespace forewarn::actuators {
namespace {

using hypervisor::Link;
using hypervisor::Parameters;

constexpr const char* kWays[] = {"inbound", "outbound"};
constexpr const char* kParts[] = {"average", "peak", "burst"};

// What we set of the parameters that are in force: `floor` needs a network of libvirt's own.
Parameters Ours(const Parameters& all) {
  Parameters ours;
  for (const std::string way : kWays) {
    for (const std::string part : kParts) {
      const auto found = all.find(way + "." + part);
      ours[way + "." + part] = found == all.end() ? 0 : found->second;
    }
  }
  return ours;
}

struct Card {
  Link link = Link::kUp;
  Parameters limits;  // complete, as Ours
};
using Cards = std::map<std::string, Card>;  // by MAC

Setting ToSetting(const Cards& cards) {
  Setting setting;
  for (const auto& [mac, card] : cards) {
    setting.values[mac + " link"] = card.link == Link::kUp ? "up" : "down";
    for (const auto& [name, value] : card.limits) {
      if (value != 0) setting.values[mac + " " + name] = std::to_string(value);
    }
  }
  return setting;
}

base::Error NotASetting(const std::string& key) { return {base::ErrorCode::kInvalid, "not of a network: " + key}; }

base::Result<void> Parse(const Setting& setting, const std::string& key, Cards& cards) {
  const auto space = key.find(' ');
  if (space == std::string::npos) return NotASetting(key);
  Card& card = cards.try_emplace(key.substr(0, space), Card{Link::kUp, Ours({})}).first->second;
  const std::string name = key.substr(space + 1), text = setting.values.at(key);
  if (name == "link") {
    if (text != "up" && text != "down") return NotASetting(key);
    card.link = text == "up" ? Link::kUp : Link::kDown;
    return {};
  }
  const auto value = NumberAt(setting, key);
  if (!card.limits.contains(name) || !value || *value < 0) return NotASetting(key);
  card.limits[name] = *value;
  return {};
}

base::Result<Cards> FromSetting(const Setting& setting) {
  Cards cards;
  for (const auto& [key, text] : setting.values) {
    if (auto parsed = Parse(setting, key, cards); !parsed) return parsed.error();
  }
  return cards;
}

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
    return ToSetting(*cards);
  }

  base::Result<Setting> Propose(const Target& target, const Setting& now, Direction direction,
                                double severity) const override {
    auto cards = FromSetting(now);
    if (!cards) return cards.error();
    if (direction == Direction::kStress) return Cut(target, now, std::move(*cards));
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

  // Limits before links: they are what may fail, and then nothing has changed.
  base::Result<void> Apply(const Target& target, const Setting& setting, base::Deadline deadline) override {
    auto wanted = FromSetting(setting);
    if (!wanted) return wanted.error();
    auto host = HypervisorOf(*inventory_, target, deadline);
    if (!host) return host.error();
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
    auto after = ReadCards(**host, target.uuid, deadline);
    if (!after) return after.error();
    std::erase_if(*after, [&](const auto& entry) { return !wanted->contains(entry.first); });  // plugged in meanwhile
    if (ToSetting(*after) != setting) {
      return base::Error{base::ErrorCode::kConflict, "the network of " + target.domain + " reads back otherwise"};
    }
    return {};
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
      cards[interface.mac] = {interface.link, Ours(*limits)};
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

  static base::Result<Setting> Cut(const Target& target, const Setting& now, Cards cards) {
    for (auto& [mac, card] : cards) card.link = Link::kDown;
    Setting next = ToSetting(cards);
    if (next == now) return Refusal("no_link_to_cut", "no link of " + target.domain + " is up");
    return next;
  }

  hypervisor::Inventory* inventory_;
  TargetLookup targets_;
};

}  // namespace

std::unique_ptr<Actuator> MakeNetwork(hypervisor::Inventory* inventory, TargetLookup targets) {
  return std::make_unique<Network>(inventory, std::move(targets));
}

}  // namespace forewarn::actuators

// SPDX-License-Identifier: Apache-2.0
#include "webhook/actuators/cards.h"

#include "webhook/actuators/change.h"

namespace forewarn::actuators {

using hypervisor::Link;
using hypervisor::Parameters;

namespace {

std::string LinkText(const Card& card) {
  if (card.flap) return ToText(kFlap, *card.flap);
  return card.link == Link::kUp ? "up" : "down";
}

base::Error NotASetting(const std::string& key) { return {base::ErrorCode::kInvalid, "not of a network: " + key}; }

base::Result<void> ParseLink(const std::string& key, const std::string& text, Card& card) {
  card.flap = BeatFromText(kFlap, text);
  if (!card.flap && text != "up" && text != "down") return NotASetting(key);
  card.link = text == "down" ? Link::kDown : Link::kUp;
  return {};
}

base::Result<void> Parse(const Setting& setting, const std::string& key, Cards& cards) {
  const auto space = key.find(' ');
  if (space == std::string::npos) return NotASetting(key);
  Card& card = cards.try_emplace(key.substr(0, space), Card{Link::kUp, BandwidthOf({})}).first->second;
  const std::string name = key.substr(space + 1);
  if (name == "link") return ParseLink(key, setting.values.at(key), card);
  const auto value = NumberAt(setting, key);
  if (!card.limits.contains(name) || !value || *value < 0) return NotASetting(key);
  card.limits[name] = *value;
  return {};
}

}  // namespace

Parameters BandwidthOf(const Parameters& all) {
  Parameters ours;
  for (const std::string way : {"inbound.", "outbound."}) {
    for (const std::string part : {"average", "peak", "burst"}) {
      const auto found = all.find(way + part);
      ours[way + part] = found == all.end() ? 0 : found->second;
    }
  }
  return ours;
}

Setting ToSetting(const Cards& cards) {
  Setting setting;
  for (const auto& [mac, card] : cards) {
    setting.values[mac + " link"] = LinkText(card);
    for (const auto& [name, value] : card.limits) {
      if (value != 0) setting.values[mac + " " + name] = std::to_string(value);
    }
  }
  return setting;
}

base::Result<Cards> CardsFromSetting(const Setting& setting) {
  Cards cards;
  for (const auto& [key, text] : setting.values) {
    if (auto parsed = Parse(setting, key, cards); !parsed) return parsed.error();
  }
  return cards;
}

}  // namespace forewarn::actuators

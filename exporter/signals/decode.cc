// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <array>

#include "exporter/signals/signals.h"

namespace forewarn::signals {
namespace {

// [a-zA-Z_][a-zA-Z0-9_]*: a label's name, and a signal's
bool IsName(std::string_view text) {
  constexpr std::string_view kLetters = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ_";
  return !text.empty() && kLetters.find(text[0]) != std::string_view::npos &&
         std::all_of(text.begin(), text.end(),
                     [&](char c) { return (c >= '0' && c <= '9') || kLetters.find(c) != std::string_view::npos; });
}

std::string DecodeLabel(const config::Map& labels, std::string_view key, const std::string& otherwise) {
  const auto node = labels.Find(key);
  if (!node) return otherwise;
  std::string label = node->String();
  if (!IsName(label)) node->Fail("not a label name");
  return label;
}

Labels DecodeLabels(const config::Map& map) {
  Labels labels;
  const auto node = map.Find("labels");
  if (!node) return labels;
  const config::Map under = node->AsMap();
  labels.domain = DecodeLabel(under, "domain", labels.domain);
  labels.hypervisor = DecodeLabel(under, "hypervisor", labels.hypervisor);
  return labels;
}

// The matchers with the comma that the presets' selectors expect after them.
std::string DecodeMatch(const config::Map& map) {
  const auto node = map.Find("match");
  if (!node) return {};
  std::string match = node->String();
  if (match.find_first_of("{}") != std::string::npos) node->Fail("matchers stand without braces, as zone=\"a\"");
  return match.empty() ? match : match + ",";
}

base::Duration DecodeWindow(const config::Map& map, base::Duration tick) {
  const auto node = map.Find("rate_window");
  if (!node) return std::max<base::Duration>(4 * tick, std::chrono::seconds(4));
  const auto window = node->Duration();
  if (window < std::chrono::seconds(1)) node->Fail("must be at least 1s");
  return window;
}

Definition* FindSignal(std::vector<Definition>& signals, std::string_view name) {
  const auto found =
      std::find_if(signals.begin(), signals.end(), [&](const Definition& signal) { return signal.name == name; });
  return found == signals.end() ? nullptr : &*found;
}

const Preset* FindPreset(std::string_view name) {
  const auto& presets = Presets();
  const auto found = std::find_if(presets.begin(), presets.end(), [&](const Preset& p) { return p.name == name; });
  return found == presets.end() ? nullptr : &*found;
}

std::string PresetNames() {
  std::string names;
  for (const Preset& preset : Presets()) names += (names.empty() ? "" : ", ") + std::string(preset.name);
  return names;
}

// Which hypervisor says that it runs the instance; the label comes by relabelling of the libvirt exporter's targets.
std::string InstancesExpr(const Labels& labels) {
  return "count by ($domain, " + labels.hypervisor + ") (last_over_time(libvirt_domain_info_virtual_cpus{$match " +
         labels.hypervisor + "!=\"\"}[$max_age]))";
}

void AddPresets(const config::Map& map, Settings& settings) {
  const auto node = map.Find("presets");
  if (!node) return;
  for (const auto& item : node->Items()) {
    const std::string name = item.String();
    const Preset* preset = FindPreset(name);
    if (!preset) {
      item.Fail("unknown preset; there are " + PresetNames());
      continue;
    }
    for (const auto& signal : preset->signals) {
      if (!FindSignal(settings.signals, signal.name)) settings.signals.push_back(signal);
    }
    if (name.starts_with("libvirt_exporter")) settings.instances = InstancesExpr(settings.labels);
  }
}

void AddDefinitions(const config::Map& map, Settings& settings) {
  const auto node = map.Find("define");
  if (!node) return;
  for (const auto& [name, value] : node->Entries()) {
    if (!IsName(name)) value.Fail("not a signal name: letters, digits and _");
    const config::Map under = value.AsMap();
    const auto expr = under.Require("expr");
    Definition signal{name, under.String("unit"), expr ? expr->String() : ""};
    if (expr && signal.expr.empty()) expr->Fail("empty");
    if (Definition* existing = FindSignal(settings.signals, name)) {
      *existing = std::move(signal);
    } else {
      settings.signals.push_back(std::move(signal));
    }
  }
}

}  // namespace

std::string Expand(std::string_view expr, const Placeholders& placeholders) {
  const std::array<std::pair<std::string_view, std::string>, 8> values = {{
      {"$window", placeholders.window},
      {"$max_age", placeholders.max_age},
      {"$domain", placeholders.domain},
      {"$match", placeholders.match},
      {"$target", "job, instance"},
      {"$disks", "{" + placeholders.match + "device!~\"(loop|ram|zram|sr|fd|dm-|md).*\"}"},
      {"$nics", "{" + placeholders.match + "device!~\"lo|veth.*|docker.*|br-.*\"}"},
      {"$filesystems",
       "{" + placeholders.match + "fstype!~\"|(dev)?tmpfs|ramfs|rootfs|overlay|squashfs|iso9660|erofs\"}"},
  }};
  std::string expanded;
  while (!expr.empty()) {
    const auto found =
        std::find_if(values.begin(), values.end(), [&](const auto& value) { return expr.starts_with(value.first); });
    expanded += found == values.end() ? expr.substr(0, 1) : std::string_view(found->second);
    expr.remove_prefix(found == values.end() ? 1 : found->first.size());
  }
  return expanded;
}

Settings Decode(const config::Map& map, const Timing& timing) {
  Settings settings;
  settings.labels = DecodeLabels(map);
  settings.rate_window = DecodeWindow(map, timing.tick);
  const std::string match = DecodeMatch(map);
  AddPresets(map, settings);
  AddDefinitions(map, settings);
  if (settings.signals.empty()) map.Fail("no signals: name presets, or define some");

  const Placeholders placeholders{config::FormatDuration(settings.rate_window), config::FormatDuration(timing.max_age),
                                  settings.labels.domain, match};
  for (auto& signal : settings.signals) signal.expr = Expand(signal.expr, placeholders);
  settings.instances = Expand(settings.instances, placeholders);
  return settings;
}

}  // namespace forewarn::signals

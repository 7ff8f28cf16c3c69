// SPDX-License-Identifier: Apache-2.0
#include "webhook/reverter/settings.h"

#include "common/config/yaml.h"
#include "webhook/hypervisor/locations.h"

namespace forewarn::reverter {
namespace {

void AddServing(const config::Node& target, std::set<std::string>& serving) {
  std::string standby;
  bool has_backend = false;
  for (const auto& [key, value] : target.Entries()) {
    if (key == "standby" && value.IsScalar()) standby = value.String();
    if (key == "backend") has_backend = true;
  }
  if (has_backend && !standby.empty()) serving.insert(standby);
}

}  // namespace

base::Result<Settings> LoadSettings(const std::string& file) {
  auto document = config::Document::Load(file);
  if (!document) return document.error();
  Settings settings;
  bool has_hypervisors = false;
  for (const auto& [key, value] : document->Root().Entries()) {
    if (key == "hypervisors") {
      has_hypervisors = true;
      settings.hypervisors = hypervisor::DecodeLocations(value);
    } else if (key == "targets") {
      for (const config::Node& target : value.Items()) AddServing(target, settings.serving);
    }
  }
  if (!has_hypervisors) document->Root().Fail("hypervisors: is missing");
  if (auto done = document->Finish(); !done) return done.error();
  return settings;
}

}  // namespace forewarn::reverter

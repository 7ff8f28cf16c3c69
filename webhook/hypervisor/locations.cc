// SPDX-License-Identifier: Apache-2.0
#include "webhook/hypervisor/locations.h"

#include <set>

namespace forewarn::hypervisor {
namespace {

std::string RequireText(const config::Map& map, std::string_view key) {
  auto node = map.Require(key);
  if (!node) return {};
  std::string text = node->String();
  if (text.empty()) node->Fail("must not be empty");
  return text;
}

}  // namespace

std::vector<Location> DecodeLocations(const config::Node& node) {
  std::vector<Location> locations;
  std::set<std::string> names;
  for (const config::Node& item : node.Items()) {
    const config::Map map = item.AsMap();
    Location location{RequireText(map, "name"), RequireText(map, "uri"), map.String("migrate_uri"),
                      map.Bool("unsafe_migration", false)};
    if (!names.insert(location.name).second) map.Fail("two hypervisors named " + location.name);
    locations.push_back(std::move(location));
  }
  if (locations.empty()) node.Fail("needs a hypervisor");
  return locations;
}

}  // namespace forewarn::hypervisor

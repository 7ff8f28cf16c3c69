// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "common/config/yaml.h"
#include "webhook/actuators/target_config.h"

namespace re2 {
class RE2;
}

namespace forewarn::plan {

// A list of whole-name regular expressions (RE2: linear in the name's length).
class Patterns {
 public:
  void Add(const config::Node& node);         // a mistake is recorded in its document
  bool Match(const std::string& name) const;  // any of them
  bool empty() const { return patterns_.empty(); }

 private:
  std::vector<std::shared_ptr<const re2::RE2>> patterns_;
};

// The names that a target may refer to.
struct Known {
  std::set<std::string> load_balancers, hypervisors;
};

// `targets:`: what the configuration says about the domains that may be acted on. The first entry that matches a
// domain's whole name counts.
class Targets {
 public:
  static Targets Decode(const config::Node& node, const Known& known);
  std::optional<actuators::TargetConfig> Find(const std::string& domain) const;

 private:
  struct Entry {
    Patterns domain;
    actuators::TargetConfig config;
  };
  std::vector<Entry> entries_;
};

}  // namespace forewarn::plan

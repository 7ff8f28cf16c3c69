// SPDX-License-Identifier: Apache-2.0
#include "webhook/settings.h"

#include <set>

#include "webhook/actuators/actuators.h"
#include "webhook/hypervisor/locations.h"

namespace forewarn::webhook {
namespace {

constexpr base::Duration kShortestLease = std::chrono::seconds(1);

std::string RequireText(const config::Map& map, std::string_view key) {
  auto node = map.Require(key);
  if (!node) return {};
  std::string text = node->String();
  if (text.empty()) node->Fail("must not be empty");
  return text;
}

std::map<std::string, std::string> DecodeLoadBalancers(const config::Node& node) {
  std::map<std::string, std::string> balancers;
  for (const config::Node& item : node.Items()) {
    const config::Map map = item.AsMap();
    const std::string name = RequireText(map, "name");
    if (!balancers.emplace(name, RequireText(map, "haproxy")).second) map.Fail("two load balancers named " + name);
  }
  return balancers;
}

journal::PostgresOptions DecodePostgres(const config::Map& map) {
  journal::PostgresOptions options;
  options.conninfo = RequireText(map, "conninfo");
  options.password_file = map.String("password_file");
  options.lease = map.Duration("lease", options.lease);
  if (options.lease < kShortestLease) map.Fail("lease: at least " + config::FormatDuration(kShortestLease));
  if (options.conninfo.empty()) return options;
  if (auto sound = journal::CheckConninfo(options.conninfo); !sound) map.Find("conninfo")->Fail(sound.error().message);
  return options;
}

void DecodeJournal(const config::Map& map, Settings& settings) {
  auto postgres = map.Find("postgres");
  if (!postgres) {
    settings.journal_path = RequireText(map, "path");
    return;
  }
  if (map.Find("path")) map.Fail("either path or postgres");
  settings.postgres = DecodePostgres(postgres->AsMap());
}

void DecodeRules(const config::Map& root, Settings& settings) {
  plan::Known known;
  for (const auto& [name, address] : settings.load_balancers) known.load_balancers.insert(name);
  for (const hypervisor::Location& location : settings.hypervisors) known.hypervisors.insert(location.name);
  if (auto targets = root.Find("targets")) settings.rules.targets = plan::Targets::Decode(*targets, known);
  if (auto policies = root.Require("policies")) settings.rules.policies = plan::Policies::Decode(*policies);
  if (auto experiments = root.Find("experiments")) {
    settings.experiments = experiments::Templates::Decode(experiments->AsMap(), settings.rules.policies);
  }
  if (auto guard = root.Find("guard")) settings.rules.guard = guard::DecodeSettings(guard->AsMap());
}

Settings Decode(const config::Map& root) {
  Settings settings;
  if (auto source = root.Require("source")) settings.source = promql::DecodeClientOptions(source->AsMap());
  if (auto journal = root.Require("journal")) DecodeJournal(journal->AsMap(), settings);
  if (auto kill = root.Require("kill_switch")) settings.kill_switch_file = RequireText(kill->AsMap(), "file");
  if (auto hypervisors = root.Require("hypervisors")) settings.hypervisors = hypervisor::DecodeLocations(*hypervisors);
  if (auto balancers = root.Find("load_balancers")) settings.load_balancers = DecodeLoadBalancers(*balancers);
  if (auto api = root.Find("api")) {
    if (auto clients = api->AsMap().Require("clients")) settings.clients = api::DecodeClients(*clients);
  }
  DecodeRules(root, settings);
  return settings;
}

// What only the makers of clients and actuators can tell, without asking anybody.
base::Result<void> CheckOffline(const std::string& file, const Settings& settings) {
  auto client = promql::Client::Create(settings.source);
  if (!client) return base::Error{base::ErrorCode::kInvalid, file + ": source: " + client.error().message};
  auto lines = actuators::BuildActuators({nullptr, settings.load_balancers, {}});
  if (!lines) return base::Error{base::ErrorCode::kInvalid, file + ": load_balancers: " + lines.error().message};
  return {};
}

}  // namespace

base::Result<Settings> LoadSettings(const std::string& file) {
  auto document = config::Document::Load(file);
  if (!document) return document.error();
  Settings settings = Decode(document->Root().AsMap());
  if (auto done = document->Finish(); !done) return done.error();
  if (auto checked = CheckOffline(file, settings); !checked) return checked.error();
  return settings;
}

}  // namespace forewarn::webhook

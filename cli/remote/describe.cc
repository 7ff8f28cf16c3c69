// SPDX-License-Identifier: Apache-2.0
#include "cli/remote/describe.h"

namespace forewarn::remote {
namespace {

// What a path or an id may consist of; the daemon judges the rest.
std::string CheckId(const std::string& text) {
  constexpr const char* kLetters = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-";
  const bool good = !text.empty() && text.size() <= 64 && text.find_first_not_of(kLetters) == std::string::npos;
  return good ? "" : "must be 1 to 64 of A-Z, a-z, 0-9, _ and -";
}

void DescribeMitigations(CLI::App& app, Commands& commands) {
  auto* group = commands.Group(app, "mitigations", "What was done, and what a person wishes to be done about it.");
  auto* list = commands.Webhook(*group, "list", "The newest first.", ListMitigations);
  commands.Filter(list);
  commands.Limit(list);
  commands.Id(commands.Webhook(*group, "show", "All that is known of one.", ShowMitigation));
  const auto wish = [&](const char* name, const char* what) {
    const auto leave = [name](const Options& given) { return LeaveWish(given, name); };
    commands.Id(commands.Webhook(*group, name, what, leave));
  };
  wish("approve", "Let it be done: it waits for a person.");
  wish("refuse", "Don't let it be done: it waits for a person.");
  wish("revert", "Undo it.");
}

void DescribeAsking(CLI::App& app, Commands& commands) {
  auto* mitigate = commands.Webhook(app, "mitigate", "Ask for a mitigation, past the same guard rails as an alert.",
                                    AskForMitigation);
  commands.Wanted(mitigate);
  commands.RequestId(mitigate);
  commands.Wanted(
      commands.Webhook(app, "plan", "What would be done now, and which guard rails would refuse.", ShowPlan));
}

void DescribeKillSwitch(CLI::App& app, Commands& commands) {
  auto* group = commands.Group(app, "kill-switch", "Nothing acts while it is engaged.");
  commands.Webhook(*group, "status", "Whether it is engaged.", ShowKillSwitch);
  commands.Webhook(*group, "on", "Engage it, which undoes what is in force.", EngageKillSwitch);
  commands.Webhook(*group, "off", "Disengage it.", DisengageKillSwitch);
}

void DescribeReport(CLI::App& app, Options& options, Commands& commands) {
  auto* report = commands.Webhook(app, "report", "What was averted, net of what was held out.", Report);
  commands.Prometheus(report);
  report->add_option("--horizon", options.horizon, "After an alert, as 15m; by default that of each prediction.");
}

}  // namespace

CLI::App* Commands::Group(CLI::App& parent, const char* name, const char* what) {
  auto* group = parent.add_subcommand(name, what);
  group->require_subcommand(1);
  return group;
}

CLI::App* Commands::Bare(CLI::App& parent, const char* name, const char* what, Command command) {
  auto* app = parent.add_subcommand(name, what);
  app->callback([&chosen = chosen_, command = std::move(command)] { chosen = command; });
  return app;
}

CLI::App* Commands::Add(CLI::App& parent, const char* name, const char* what, Command command) {
  auto* app = Bare(parent, name, what, std::move(command));
  app->add_option("--output", options_.output, "table or json.")
      ->check(CLI::IsMember({"table", "json"}))
      ->capture_default_str();
  return app;
}

CLI::App* Commands::ToWebhook(CLI::App* app) {
  app->add_option("--webhook.url", options_.webhook_url, "Of forewarn-webhook.")->capture_default_str();
  app->add_option("--token-file", options_.token_file, "Holds the token that the webhook knows its client by.");
  return app;
}

CLI::App* Commands::Webhook(CLI::App& parent, const char* name, const char* what, Command command) {
  return ToWebhook(Add(parent, name, what, std::move(command)));
}

CLI::App* Commands::Exporter(CLI::App& parent, const char* name, const char* what, Command command) {
  auto* app = Add(parent, name, what, std::move(command));
  app->add_option("--exporter.url", options_.exporter_url, "Of forewarn-exporter.")->capture_default_str();
  return app;
}

void Commands::Id(CLI::App* app) { app->add_option("ID", options_.id, "Of the episode.")->required()->check(CheckId); }

void Commands::Wanted(CLI::App* app) {
  app->add_option("--domain", options_.domain, "Of libvirt.")->required();
  app->add_option("--fault", options_.fault, "As DiskContention.")->required();
}

void Commands::RequestId(CLI::App* app) {
  app->add_option("--request-id", options_.request_id, "The same gives the same episode; by default a new one.")
      ->check(CheckId);
}

void Commands::Filter(CLI::App* app) {
  app->add_option("--domain", options_.domain, "Only of this domain.");
  app->add_option("--fault", options_.fault, "Only of this fault.");
}

void Commands::Limit(CLI::App* app) {
  app->add_option("--limit", options_.limit, "Episodes.")->check(CLI::Range(1, 10'000))->capture_default_str();
}

void Commands::Prometheus(CLI::App* app) {
  app->add_option("--prometheus.url", options_.prometheus_url, "Of a Prometheus that scrapes forewarn-exporter.")
      ->capture_default_str();
}

void Describe(CLI::App& app, Options& options, Command& chosen) {
  Commands commands(options, chosen);
  DescribeMitigations(app, commands);
  DescribeAsking(app, commands);
  DescribeKillSwitch(app, commands);
  commands.Filter(commands.Exporter(app, "predictions", "What is predicted now, the surest first.", ShowPredictions));
  DescribeReport(app, options, commands);
}

}  // namespace forewarn::remote

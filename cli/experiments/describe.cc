// SPDX-License-Identifier: Apache-2.0
#include "cli/experiments/commands.h"

namespace forewarn::trials {
namespace {

void DescribeRun(CLI::App& group, Options& options, remote::Commands& commands) {
  auto* run = commands.Webhook(group, "run", "Try the mitigation on a milder fault, past the same guard rails.", Run);
  commands.Wanted(run);
  commands.RequestId(run);
  run->add_option("--name", options.experiment, "Of the template; by default the first for the fault.");
  auto* dry_run = run->add_flag("--dry-run", options.dry_run, "Only say what would be done; touches nothing.");
  run->add_flag("--wait", options.wait, "Until there is a verdict: 0 if it passed, else 1.")->excludes(dry_run);
  run->add_option("--timeout", options.timeout, "Of the waiting.")->capture_default_str();
}

void DescribeSuite(CLI::App& group, Options& options, remote::Commands& commands) {
  auto* suite = commands.Webhook(group, "suite", "A game day: run in sequence; 0 only if all passed.", PlayGameDay);
  suite->add_option("FILE", options.file, "YAML, as docs/examples/game-day.yaml.")->required();
  suite->add_option("--report", options.folder, "A directory for report.html and report.json.");
  commands.Prometheus(suite);
}

void DescribeReport(CLI::App& group, Options& options, remote::Commands& commands) {
  auto* report =
      commands.ToWebhook(commands.Bare(group, "report", "Verdicts, pictures and resilience scores.", Report));
  report->add_option("--output", options.file, "Takes it: FILE.html or FILE.json.")->required();
  report->add_option("--since", options.since, "How far back it goes.")->capture_default_str();
  commands.Filter(report);
  commands.Prometheus(report);
}

}  // namespace

void Describe(CLI::App& app, Options& options, remote::Command& chosen) {
  remote::Commands commands(options, chosen);
  auto* group = remote::Commands::Group(app, "experiment", "Try mitigations before the fault arrives.");
  DescribeRun(*group, options, commands);
  auto* list = commands.Webhook(*group, "list", "The newest first.", List);
  commands.Filter(list);
  commands.Limit(list);
  commands.Id(commands.Webhook(*group, "show", "All that is known of one.", Show));
  commands.Id(commands.Webhook(*group, "abort", "End it and undo all of it.", Abort));
  DescribeSuite(*group, options, commands);
  DescribeReport(*group, options, commands);
}

}  // namespace forewarn::trials

// SPDX-License-Identifier: Apache-2.0
#include <CLI/CLI.hpp>
#include <cstdio>
#include <string>
#include <vector>

#include "cli/backtest/backtest.h"
#include "cli/check.h"
#include "cli/experiments/commands.h"
#include "cli/remote/describe.h"

namespace forewarn::cli {
namespace {

using backtest::Options;

CLI::App* DescribeBacktest(CLI::App& app, Options& options) {
  auto* backtest = app.add_subcommand("backtest", "Run the predictor over history, tick by tick, as the daemon would.");
  const auto add = [&](const char* name, auto& value, const char* what) {
    return backtest->add_option(name, value, what)->expected(1);
  };
  const auto all = CLI::MultiOptionPolicy::TakeAll;
  add("--csv", options.csv, "A directory with series.csv (series,file,scored_from) and its files.");
  add("--prometheus", options.prometheus, "Or the URL of a Prometheus.");
  add("--start", options.start, "A time, or how long ago (6h).");
  add("--end", options.end, "A time, or how long ago; by default now.");
  add("--step", options.step, "Between ticks, as 15s; by default the configuration's tick.");
  add("--config.file", options.config_file, "The exporter's configuration: source options, signals, thresholds.");
  add("--signals", options.signals, "A file that maps columns to signals (YAML).");
  add("--only", options.only, "Only series whose name begins so; repeatable.")->multi_option_policy(all);
  add("--labels", options.labels, "What really happened; by default labels.csv beside series.csv.");
  add("--what-if", options.what_if, "Another threshold, as threshold=0.7; repeatable.")->multi_option_policy(all);
  backtest->add_flag("--confusion", options.confusion, "Show which fault was taken for which, too.");
  add("--output", options.output, "Takes timestamp,series,score,fault_type,confidence.")->required();
  return backtest;
}

int Backtest(const Options& options) {
  const auto table = backtest::Run(options);
  if (!table) {
    std::fprintf(stderr, "%s\n", table.error().message.c_str());
    return 2;
  }
  std::printf("%s", table->c_str());
  return 0;
}

int Ask(const remote::Command& command, const remote::Options& options) {
  const auto printed = command(options);
  if (!printed) {
    std::fprintf(stderr, "%s\n", printed.error().message.c_str());
    return 1;
  }
  std::printf("%s", printed->c_str());
  return 0;
}

int Main(int argc, char** argv) {
  CLI::App app("Checks what Forewarn is configured with, what it would have predicted, and asks its daemons.",
               "forewarn");
  app.set_version_flag("--version", std::string("forewarn, version ") + FOREWARN_VERSION);
  app.require_subcommand(1);
  auto* check = app.add_subcommand("check", "Check files without starting anything: 0 if all are good, else 2.");
  check->require_subcommand(1);
  std::vector<std::string> files;
  auto* config = check->add_subcommand("config", "Configuration files of forewarn-exporter.");
  config->add_option("FILE", files)->required();
  auto* signatures =
      check->add_subcommand("signatures", "Signatures and their examples; the built-in ones without FILE.");
  signatures->add_option("FILE", files);
  Options options;
  auto* backtest = DescribeBacktest(app, options);
  remote::Options asked;
  remote::Command command;
  remote::Describe(app, asked, command);
  trials::Describe(app, asked, command);
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    return app.exit(error) == 0 ? 0 : 2;
  }
  if (command) return Ask(command, asked);
  if (backtest->parsed()) return Backtest(options);
  if (signatures->parsed() && files.empty()) return CheckBuiltInSignatures() ? 0 : 2;
  return CheckAll(files, config->parsed() ? CheckConfig : CheckSignature) ? 0 : 2;
}

}  // namespace
}  // namespace forewarn::cli

int main(int argc, char** argv) { return forewarn::cli::Main(argc, argv); }

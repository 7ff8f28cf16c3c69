// SPDX-License-Identifier: Apache-2.0
#include <CLI/CLI.hpp>
#include <cstdio>
#include <string>
#include <vector>

#include "cli/backtest/backtest.h"
#include "cli/check.h"

namespace {

using forewarn::backtest::Options;

CLI::App* DescribeBacktest(CLI::App& app, Options& options) {
  auto* backtest = app.add_subcommand("backtest", "Run the predictor over history, tick by tick, as the daemon would.");
  backtest->add_option("--csv", options.csv, "A directory with series.csv (series,file,scored_from) and its files.")
      ->required();
  backtest->add_option("--signals", options.signals, "A file that maps columns to signals (YAML).");
  backtest->add_option("--only", options.only, "Only series whose name begins so; may be given several times.");
  backtest->add_option("--config.file", options.config_file, "The exporter's configuration.");
  backtest->add_option("--output", options.output, "Where to write timestamp,series,score,fault_type,confidence.")
      ->required();
  return backtest;
}

int Backtest(const Options& options) {
  const auto run = forewarn::backtest::RunCsv(options);
  if (!run) std::fprintf(stderr, "%s\n", run.error().message.c_str());
  return run ? 0 : 2;
}

}  // namespace

int main(int argc, char** argv) {
  using namespace forewarn::cli;
  CLI::App app("Checks what Forewarn is configured with, and what it would have predicted.", "forewarn");
  app.set_version_flag("--version", std::string("forewarn, version ") + FOREWARN_VERSION);
  app.require_subcommand(1);
  auto* check = app.add_subcommand("check", "Check files without starting anything: 0 if all are good, else 2.");
  check->require_subcommand(1);
  std::vector<std::string> files;
  auto* config = check->add_subcommand("config", "Configuration files of forewarn-exporter.");
  auto* signatures = check->add_subcommand("signatures", "Signatures, their examples among them.");
  for (auto* command : {config, signatures}) command->add_option("FILE", files)->required();
  Options options;
  auto* backtest = DescribeBacktest(app, options);
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    return app.exit(error) == 0 ? 0 : 2;
  }
  if (backtest->parsed()) return Backtest(options);
  return CheckAll(files, config->parsed() ? CheckConfig : CheckSignature) ? 0 : 2;
}

// SPDX-License-Identifier: Apache-2.0
#include <CLI/CLI.hpp>
#include <cstdio>
#include <string>
#include <vector>

#include "cli/check.h"

int main(int argc, char** argv) {
  using namespace forewarn::cli;
  CLI::App app("Checks what Forewarn is configured with.", "forewarn");
  app.set_version_flag("--version", std::string("forewarn, version ") + FOREWARN_VERSION);
  app.require_subcommand(1);
  auto* check = app.add_subcommand("check", "Check files without starting anything: 0 if all are good, else 2.");
  check->require_subcommand(1);
  std::vector<std::string> files;
  auto* config = check->add_subcommand("config", "Configuration files of forewarn-exporter.");
  auto* signatures = check->add_subcommand("signatures", "Signatures, their examples among them.");
  for (auto* command : {config, signatures}) command->add_option("FILE", files)->required();
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    return app.exit(error) == 0 ? 0 : 2;
  }
  return CheckAll(files, config->parsed() ? CheckConfig : CheckSignature) ? 0 : 2;
}

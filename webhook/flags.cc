// SPDX-License-Identifier: Apache-2.0
#include "webhook/flags.h"

#include <CLI/CLI.hpp>

#include "common/metrics/metrics.h"

namespace forewarn::webhook {
namespace {

void Describe(CLI::App& app, Flags& flags) {
  app.set_version_flag("--version", metrics::VersionText("forewarn-webhook"), "Print the version and exit.");
  app.add_option("--config.file", flags.config_file, "The configuration file (YAML).")->required();
  app.add_flag("--config.check", flags.config_check, "Check the configuration and exit: 0 if it is good, else 2.");
  app.add_option("--web.listen-address", flags.listen, "Address to serve on; may be given several times.")
      ->capture_default_str()
      ->expected(1)
      ->multi_option_policy(CLI::MultiOptionPolicy::TakeAll);
  app.add_option("--web.config.file", flags.web_config_file, "TLS and basic auth, as exporter-toolkit's.");
  app.add_option("--web.telemetry-path", flags.telemetry_path, "Path of the metrics.")
      ->capture_default_str()
      ->check([](const std::string& path) {
        return path.starts_with('/') && path.size() > 1 ? "" : "must be a path below /";
      });
  app.add_option("--web.external-url", flags.external_url, "The URL under which it is reached, as behind a proxy.");
  app.add_option("--web.route-prefix", flags.route_prefix,
                 "Prefix of the paths that it serves. Default: the path of --web.external-url.");
  app.add_option("--log.level", flags.log_level, "debug, info, warn or error.")->capture_default_str();
  app.add_option("--log.format", flags.log_format, "logfmt or json.")->capture_default_str();
}

}  // namespace

std::optional<Flags> ParseFlags(int argc, char** argv, int& exit_code) {
  Flags flags;
  CLI::App app("Mitigates predicted faults of virtual machines, and verifies by PromQL that it helped.",
               "forewarn-webhook");
  Describe(app, flags);
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    exit_code = app.exit(error) == 0 ? 0 : 2;
    return std::nullopt;
  }
  return flags;
}

}  // namespace forewarn::webhook

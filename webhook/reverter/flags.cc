// SPDX-License-Identifier: Apache-2.0
#include "webhook/reverter/flags.h"

#include <CLI/CLI.hpp>

#include "common/config/yaml.h"
#include "common/metrics/metrics.h"

namespace forewarn::reverter {
namespace {

void AddDuration(CLI::App& app, const char* name, base::Duration& value, const char* help) {
  app.add_option_function<std::string>(
         name, [&value](const std::string& text) { value = config::ParseDuration(text).value(); }, help)
      ->check([](const std::string& text) {
        auto parsed = config::ParseDuration(text);
        return parsed ? std::string() : parsed.error().message;
      })
      ->default_str(config::FormatDuration(value));
}

void Describe(CLI::App& app, Flags& flags) {
  app.set_version_flag("--version", metrics::VersionText("forewarn-reverter"), "Print the version and exit.");
  app.add_option("--config.file", flags.config_file, "The webhook's configuration file (YAML).")->required();
  app.add_flag("--config.check", flags.config_check, "Check what is used of it and exit: 0 if it is good, else 2.");
  app.add_flag("--once", flags.once, "Look once at all domains and exit: 0 if all that had to go back went back.");
  AddDuration(app, "--interval", flags.interval, "How often to look.");
  AddDuration(app, "--grace", flags.grace, "How long after its expiry a change is left to the webhook.");
  app.add_option("--web.listen-address", flags.listen, "Address to serve on; may be given several times.")
      ->capture_default_str()
      ->expected(1)
      ->multi_option_policy(CLI::MultiOptionPolicy::TakeAll);
  app.add_option("--web.config.file", flags.web_config_file, "TLS and basic auth, as exporter-toolkit's.");
  app.add_option("--log.level", flags.log_level, "debug, info, warn or error.")->capture_default_str();
  app.add_option("--log.format", flags.log_format, "logfmt or json.")->capture_default_str();
}

}  // namespace

std::optional<Flags> ParseFlags(int argc, char** argv, int& exit_code) {
  Flags flags;
  CLI::App app("Undoes what forewarn-webhook changed on domains and is past its expiry; nothing else.",
               "forewarn-reverter");
  Describe(app, flags);
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    exit_code = app.exit(error) == 0 ? 0 : 2;
    return std::nullopt;
  }
  return flags;
}

}  // namespace forewarn::reverter

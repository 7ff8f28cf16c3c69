// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <CLI/CLI.hpp>
#include <functional>

#include "cli/remote/commands.h"

namespace forewarn::remote {

using Command = std::function<Printed(const Options&)>;

// What the commands that ask have in common on the command line. Each is a subcommand of `parent`; parsing it fills the
// options and leaves in `chosen` what it does.
class Commands {
 public:
  Commands(Options& options, Command& chosen) : options_(options), chosen_(chosen) {}

  static CLI::App* Group(CLI::App& parent, const char* name, const char* what);
  CLI::App* Webhook(CLI::App& parent, const char* name, const char* what, Command command);
  CLI::App* Exporter(CLI::App& parent, const char* name, const char* what, Command command);
  CLI::App* Bare(CLI::App& parent, const char* name, const char* what, Command command);  // without --output
  CLI::App* ToWebhook(CLI::App* app);

  void Id(CLI::App* app);
  void Wanted(CLI::App* app);
  void RequestId(CLI::App* app);
  void Filter(CLI::App* app);
  void Limit(CLI::App* app);
  void Prometheus(CLI::App* app);

 private:
  CLI::App* Add(CLI::App& parent, const char* name, const char* what, Command command);

  Options& options_;
  Command& chosen_;
};

// Adds the commands that ask the daemons. Parsing one of them fills `options` and leaves in `chosen` what it does.
void Describe(CLI::App& app, Options& options, Command& chosen);

}  // namespace forewarn::remote

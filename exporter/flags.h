// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string>
#include <vector>

namespace forewarn::exporter {

// The command line, in the words of Prometheus' own programs.
struct Flags {
  std::string config_file;
  bool config_check = false;
  std::vector<std::string> listen = {"127.0.0.1:9777"};
  std::string web_config_file;
  std::string telemetry_path = "/metrics";
  std::string external_url, route_prefix;
  std::string log_level = "info", log_format = "logfmt";
};

// nullopt where there is nothing to run: `exit_code` is then 0 (--help, --version) or 2, and all has been said.
std::optional<Flags> ParseFlags(int argc, char** argv, int& exit_code);

}  // namespace forewarn::exporter

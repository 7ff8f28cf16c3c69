// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

namespace forewarn::remote {

// What the command line says. Not all of it is for every command.
struct Options {
  std::string webhook_url = "http://127.0.0.1:9778", exporter_url = "http://127.0.0.1:9777",
              prometheus_url = "http://127.0.0.1:9090";
  std::string token_file;        // holds the bearer token that the webhook, and nobody else, is sent; empty: none
  std::string output = "table";  // or json: the data of the answer
  std::string id;                // of an episode
  std::string domain, fault;     // empty in a list: all
  std::string request_id;        // empty: a new one
  std::string horizon;           // a duration; empty: what the exporter published at the time
  int limit = 100;               // episodes
  std::string experiment;        // name of a template; empty: the one for the fault
  bool dry_run = false, wait = false;
  std::string timeout = "15m";  // of one experiment, until it is over
  std::string file;             // a suite; or where a report goes: .html or .json
  std::string folder;           // for the reports of a suite; empty: none
  std::string since = "7d";     // a duration: how far back a report goes
};

}  // namespace forewarn::remote

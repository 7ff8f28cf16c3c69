// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <map>
#include <string>
#include <vector>

#include "tests/campaigns/kills/victim.h"
#include "webhook/journal/journal.h"

namespace forewarn::crash {

// What was seen to be set on one domain, in order, without repetitions.
using History = std::vector<std::map<std::string, actuators::Setting>>;

// All that is known after everything is over.
struct Evidence {
  std::vector<Sent> alerts;
  std::vector<journal::Episode> episodes;  // of the journal, newest first
  std::map<std::string, View> views;       // by domain
  std::map<std::string, History> histories;
};

// What breaks the promises, one line each; empty: nothing. No intent is lost; every setting is what the journal says,
// with a marker where a change is in force and none elsewhere; nothing is left half-done; each change was planned from
// what was there before anything happened, and took effect at most once.
std::vector<std::string> Judge(const Evidence& evidence);

// Of the moment after a crash: what is changed has a marker that says what was there before.
std::vector<std::string> JudgeCrash(const std::string& domain, const View& view);

}  // namespace forewarn::crash

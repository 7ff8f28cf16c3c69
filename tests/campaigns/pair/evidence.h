// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

namespace forewarn::replicas {

// One line of a replica that is about an episode.
struct Line {
  std::string time, what;  // what: "taken up", or the action
  std::int64_t episode = 0, epoch = 0;
  std::string domain;
};
std::vector<Line> ReadLines(const std::string& log);
void Sort(std::vector<Line>& lines);  // by time

// One episode, as the journal has it.
struct Record {
  std::int64_t id = 0;
  std::string state, outcome, reason, domain;
};
std::vector<Record> ReadRecords(const std::string& table);  // lines of fields between tabs

// What the hypervisor says of a domain.
struct Found {
  bool changed = false, marked = false;
};

struct Effects {
  int held = 0;         // alerts with one effect, which is in force
  int again = 0;        // of these, those whose holder was stopped before: undone first, then done again
  int refused = 0;      // alerts without any, and on record as refused
  int interrupted = 0;  // alerts whose holder was stopped between record and effect: undone, and on record as such
  int taken_over = 0, undone = 0;
  int stale = 0;                    // something was done under an epoch lower than one that was seen before
  std::vector<std::string> broken;  // alerts that are none of the above, and why
};
// Of all `domains`, one alert each. The lines are sorted.
Effects Judge(const std::vector<std::string>& domains, const std::vector<Line>& lines,
              const std::vector<Record>& records, const std::function<Found(const std::string&)>& look);

}  // namespace forewarn::replicas

// SPDX-License-Identifier: Apache-2.0
#include "tests/campaigns/pair/evidence.h"

#include <algorithm>
#include <cstdlib>
#include <fstream>
#include <map>
#include <sstream>

namespace forewarn::replicas {
namespace {

// The value of a key in a line of logfmt, without its quotes.
std::string Value(const std::string& line, const std::string& key) {
  auto from = line.starts_with(key + "=") ? 0 : line.find(" " + key + "=");
  if (from == std::string::npos) return {};
  from = line.find('=', from) + 1;
  if (line[from] == '"') return line.substr(from + 1, line.find('"', from + 1) - from - 1);
  return line.substr(from, line.find(' ', from) - from);
}

// What became of one alert.
struct Story {
  int applied = 0, reverted = 0;
  std::vector<const Record*> records;
};

bool AllAre(const Story& story, const char* outcome, const char* reason) {
  return std::all_of(story.records.begin(), story.records.end(), [&](const Record* record) {
    return record->state == "closed" && record->outcome == outcome && record->reason.starts_with(reason);
  });
}

std::string Describe(const std::string& domain, const Story& story, const Found& found) {
  std::ostringstream text;
  text << domain << ": applied " << story.applied << " times, reverted " << story.reverted << "; the domain is "
       << (found.changed ? "changed" : "as before") << (found.marked ? ", marked" : "") << "; on record:";
  for (const Record* record : story.records) {
    text << " [" << record->id << " " << record->state << " " << record->outcome << " " << record->reason << "]";
  }
  return text.str();
}

void JudgeOne(const std::string& domain, const Story& story, const Found& found, Effects& effects) {
  const bool changed = found.changed && found.marked, as_before = !found.changed && !found.marked;
  const bool held = story.records.size() == 1 && story.records.front()->state == "held";
  // One that a holder's stop cut off was undone before it was done again.
  const bool once = story.reverted <= 1 && story.applied >= 1 && story.applied <= 1 + story.reverted;
  if (held && changed && once) {
    ++effects.held;
    effects.again += story.reverted;
  } else if (story.records.empty() || !as_before || story.applied > story.reverted) {
    effects.broken.push_back(Describe(domain, story, found));
  } else if (story.applied == 0 && AllAre(story, "refused", "")) {
    ++effects.refused;
  } else if (AllAre(story, "unverifiable", "interrupted") && story.reverted >= 1) {
    ++effects.interrupted;
  } else {
    effects.broken.push_back(Describe(domain, story, found));
  }
}

std::map<std::string, Story> Read(const std::vector<Line>& lines, Effects& effects) {
  std::map<std::string, Story> stories;
  std::map<std::int64_t, std::int64_t> epochs;
  for (const Line& line : lines) {
    const bool applied = line.what == "applied", reverted = line.what == "reverted";
    std::int64_t& epoch = epochs[line.episode];
    if ((applied || reverted) && line.epoch < epoch) ++effects.stale;
    epoch = std::max(epoch, line.epoch);
    effects.taken_over += line.what == "taken up" ? 1 : 0;
    effects.undone += reverted ? 1 : 0;
    stories[line.domain].applied += applied ? 1 : 0;
    stories[line.domain].reverted += reverted ? 1 : 0;
  }
  return stories;
}

}  // namespace

std::vector<Line> ReadLines(const std::string& log) {
  std::vector<Line> lines;
  std::ifstream in(log);
  for (std::string text; std::getline(in, text);) {
    const std::string action = Value(text, "action"), message = Value(text, "msg");
    if (action.empty() && message != "taken up") continue;
    Line line{Value(text, "time"), action.empty() ? message : action, 0, 0, Value(text, "domain")};
    line.episode = std::atoll(Value(text, "episode").c_str());
    line.epoch = std::atoll(Value(text, "epoch").c_str());
    lines.push_back(std::move(line));
  }
  return lines;
}

void Sort(std::vector<Line>& lines) {
  std::stable_sort(lines.begin(), lines.end(), [](const Line& a, const Line& b) { return a.time < b.time; });
}

std::vector<Record> ReadRecords(const std::string& table) {
  std::vector<Record> records;
  std::istringstream in(table);
  for (std::string text; std::getline(in, text);) {
    std::istringstream fields(text);
    std::string id;
    Record record;
    for (std::string* field : {&id, &record.state, &record.outcome, &record.reason, &record.domain}) {
      std::getline(fields, *field, '\t');
    }
    record.id = std::atoll(id.c_str());
    records.push_back(std::move(record));
  }
  return records;
}

Effects Judge(const std::vector<std::string>& domains, const std::vector<Line>& lines,
              const std::vector<Record>& records, const std::function<Found(const std::string&)>& look) {
  Effects effects;
  std::map<std::string, Story> stories = Read(lines, effects);
  for (const Record& record : records) stories[record.domain].records.push_back(&record);
  for (const std::string& domain : domains) JudgeOne(domain, stories[domain], look(domain), effects);
  return effects;
}

}  // namespace forewarn::replicas

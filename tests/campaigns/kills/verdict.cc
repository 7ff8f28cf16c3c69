// SPDX-License-Identifier: Apache-2.0
#include "tests/campaigns/kills/verdict.h"

#include <algorithm>

namespace forewarn::crash {
namespace {

using actuators::Setting;
using journal::Change;
using journal::Episode;
using journal::State;

class Judgement {
 public:
  explicit Judgement(const Evidence& evidence) : evidence_(evidence) {}

  std::vector<std::string> Pass() {
    for (const Sent& alert : evidence_.alerts) CheckIntent(alert);
    for (const Episode& episode : evidence_.episodes) CheckEpisode(episode);
    for (const auto& [domain, view] : evidence_.views) {
      for (const auto& [actuator, setting] : view.settings) CheckSetting(domain, view, actuator);
    }
    return std::move(broken_);
  }

 private:
  void Break(const std::string& domain, const std::string& what) { broken_.push_back(domain + ": " + what); }

  void CheckIntent(const Sent& alert) {
    const bool there = std::any_of(evidence_.episodes.begin(), evidence_.episodes.end(),
                                   [&](const Episode& episode) { return episode.domain == alert.domain; });
    if (alert.answered && !there) Break(alert.domain, "its alert was answered, and the journal has no episode");
  }

  void CheckEpisode(const Episode& episode) {
    if (episode.state != State::kHeld && episode.state != State::kClosed) {
      Break(episode.domain, "left half-done: " + std::string(Name(episode.state)));
    }
    for (const Change& change : episode.changes) {
      if (episode.state == State::kClosed && change.InForce()) Break(episode.domain, "closed with a change in force");
      if (!change.intended) continue;
      const auto from = actuators::SettingFromText(change.from);
      if (!from || *from != Original(episode.domain, change.actuator)) {
        Break(episode.domain, "a change began from " + change.from);
      }
    }
  }

  // The history begins with what was there before.
  const Setting& Original(const std::string& domain, const std::string& actuator) const {
    return evidence_.histories.at(domain).front().at(actuator);
  }

  std::vector<const Change*> RecordsOf(const std::string& domain, const std::string& actuator) const {
    std::vector<const Change*> records;
    for (const Episode& episode : evidence_.episodes) {
      for (const Change& change : episode.changes) {
        if (change.subject.domain == domain && change.actuator == actuator && change.intended) {
          records.push_back(&change);
        }
      }
    }
    return records;
  }

  void CheckSetting(const std::string& domain, const View& view, const std::string& actuator) {
    const auto records = RecordsOf(domain, actuator);
    const Setting* expected = &Original(domain, actuator);
    std::vector<Setting> known{*expected};
    bool in_force = false;
    for (const Change* change : records) {
      known.push_back(actuators::SettingFromText(change->to).value());
      in_force = in_force || change->InForce();
    }
    for (std::size_t i = 0; i < records.size(); ++i) {
      if (records[i]->InForce()) expected = &known[i + 1];
    }
    if (view.settings.at(actuator) != *expected) {
      Break(domain, actuator + " is " + ToText(view.settings.at(actuator)) + ", the journal says " + ToText(*expected));
    }
    if (view.markers.contains(actuator) != in_force) {
      Break(domain, actuator + (in_force ? " is in force without a marker" : " has left a marker"));
    }
    CheckHistory(domain, actuator, known);
  }

  void CheckHistory(const std::string& domain, const std::string& actuator, const std::vector<Setting>& known) {
    std::size_t effects = 0;
    const Setting* last = &known.front();
    for (const auto& settings : evidence_.histories.at(domain)) {
      const Setting& now = settings.at(actuator);
      if (std::find(known.begin(), known.end(), now) == known.end()) {
        return Break(domain, actuator + " was " + ToText(now) + ", which no record explains");
      }
      if (now != *last && now != known.front()) ++effects;
      last = &now;
    }
    if (effects >= known.size()) {
      Break(domain, actuator + " took effect " + std::to_string(effects) + " times for " +
                        std::to_string(known.size() - 1) + " records");
    }
  }

  const Evidence& evidence_;
  std::vector<std::string> broken_;
};

}  // namespace

std::vector<std::string> Judge(const Evidence& evidence) { return Judgement(evidence).Pass(); }

std::vector<std::string> JudgeCrash(const std::string& domain, const View& view) {
  std::vector<std::string> broken;
  for (const auto& [actuator, changed] :
       {std::pair{"disk_io", view.iops != kIops}, {"memory", view.memory_kib != kMemoryKib}}) {
    if (changed && !view.markers.contains(actuator)) {
      broken.push_back(domain + ": " + actuator + " is changed without a marker");
    }
  }
  return broken;
}

}  // namespace forewarn::crash

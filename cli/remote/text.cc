// SPDX-License-Identifier: Apache-2.0
#include "cli/remote/text.h"

namespace forewarn::remote {
namespace {

using Json = nlohmann::json;
using Lines = std::vector<std::vector<std::string>>;

std::string EvidenceText(const Json& of) {
  std::string text;
  for (const Json& item : Items(of, "evidence")) {
    text += (text.empty() ? "" : ", ") + Cell(At(item, "signal")) + " " + Cell(At(item, "score"));
  }
  return text.empty() ? "-" : text;
}

// What is foreseen, of an episode or of a plan.
void AddForecast(const Json& of, Lines& lines) {
  for (const char* key : {"domain", "hypervisor", "fault", "purpose"}) lines.push_back({key, Cell(At(of, key))});
  lines.push_back({"confidence", Percent(At(of, "confidence"))});
  lines.push_back({"severity", Percent(At(of, "severity"))});
  lines.push_back({"expected", Time(At(of, "expected_time"))});
  lines.push_back({"evidence", EvidenceText(of)});
}

}  // namespace

std::string MitigationsText(const Json& data) {
  Lines lines = {{"EPISODE", "ALERTED", "DOMAIN", "FAULT", "STATE", "ACTUATOR", "FROM", "TO", "OUTCOME", "REASON"}};
  for (const Json& of : Items(data, "mitigations")) {
    lines.push_back({Cell(At(of, "episode")), Time(At(At(of, "times"), "alerted"))});
    for (const char* key : {"domain", "fault", "state", "actuator", "from", "to", "outcome", "reason"}) {
      lines.back().push_back(Cell(At(of, key)));
    }
  }
  return lines.size() == 1 ? "no mitigations\n" : Columns(lines);
}

std::string EpisodeText(const Json& data) {
  const auto changes = Items(data, "mitigations");
  if (changes.empty()) return "no mitigations\n";
  const Json& episode = changes.front();
  Lines head = {{"episode", Cell(At(episode, "episode"))}, {"alerted", Time(At(At(episode, "times"), "alerted"))}};
  AddForecast(episode, head);
  for (const char* key : {"state", "approval", "decided_by", "wish", "control"}) {
    head.push_back({key, Cell(At(episode, key))});
  }
  Lines lines = {{"ACTUATOR", "FROM", "TO", "INTENDED", "APPLIED", "VERIFIED", "REVERTED", "OUTCOME", "REASON"}};
  for (const Json& of : changes) {
    lines.push_back({Cell(At(of, "actuator")), Cell(At(of, "from")), Cell(At(of, "to"))});
    for (const char* key : {"intended", "applied", "verified", "reverted"}) {
      lines.back().push_back(Time(At(At(of, "times"), key)));
    }
    for (const char* key : {"outcome", "reason"}) lines.back().push_back(Cell(At(of, key)));
  }
  return Columns(head) + "\n" + Columns(lines);
}

std::string PlanText(const Json& data) {
  Lines head;
  AddForecast(data, head);
  Lines changes = {{"ACTUATOR", "SUBJECT", "FROM", "TO", "OUTCOME", "REASON"}};
  for (const Json& of : Items(data, "changes")) {
    changes.push_back({Cell(At(of, "actuator")), Cell(At(At(of, "subject"), "domain"))});
    for (const char* key : {"from", "to", "outcome", "reason"}) changes.back().push_back(Cell(At(of, key)));
  }
  Lines rails = {{"RAIL", "PASSING", "WHY"}};
  for (const Json& of : Items(data, "refusals")) {
    rails.push_back({Cell(At(of, "rail")), Cell(At(of, "passing")), Cell(At(of, "why"))});
  }
  return Columns(head) + "\n" + (changes.size() == 1 ? "no change would be made\n" : Columns(changes)) + "\n" +
         (rails.size() == 1 ? "no rail would refuse\n" : Columns(rails));
}

std::string PredictionsText(const Json& data) {
  Lines lines = {{"DOMAIN", "HYPERVISOR", "FAULT", "CONFIDENCE", "SEVERITY", "EXPECTED", "MANIFESTED"}};
  const auto add = [&](const std::string& domain, const Json& of) {
    lines.push_back({domain, Cell(At(of, "hypervisor")), Cell(At(of, "fault")), Percent(At(of, "confidence")),
                     Percent(At(of, "severity")), Time(At(of, "expected_time")), Cell(At(of, "manifested"))});
  };
  for (const Json& of : Items(data, "hypervisors")) {
    add(std::to_string(Items(of, "domains").size()) + " together", of);
  }
  for (const Json& of : Items(data, "predictions")) add(Cell(At(of, "domain")), of);
  return lines.size() == 1 ? "nothing is predicted\n" : Columns(lines);
}

std::string KillSwitchText(const Json& data) {
  const bool engaged = At(data, "engaged") == Json(true);
  const std::string why = At(data, "why").is_string() ? Cell(At(data, "why")) : "";
  return std::string(engaged ? "engaged" : "not engaged") + (why.empty() ? "" : ": " + why) + "\n";
}

}  // namespace forewarn::remote

// SPDX-License-Identifier: Apache-2.0
#include "cli/experiments/text.h"

#include "cli/experiments/ask.h"
#include "cli/remote/text.h"

namespace forewarn::trials {
namespace {

using Json = nlohmann::json;
using Lines = std::vector<std::vector<std::string>>;
using remote::At;
using remote::Cell;
using remote::Columns;
using remote::Items;

std::string TargetOf(const Json& of) { return Cell(At(At(of, "target"), "domain")); }

std::string MitigationOf(const Json& of) {
  std::string text;
  for (const Json& actuator : Items(of, "mitigation")) text += (text.empty() ? "" : "+") + Cell(actuator);
  return text.empty() ? "-" : text;
}

// What was planned.
void AddAim(const Json& of, Lines& lines) {
  for (const char* key : {"name", "domain", "fault"}) lines.push_back({key, Cell(At(of, key))});
  lines.push_back({"target", TargetOf(of)});
  for (const char* key : {"predicted", "injected"}) {
    lines.push_back({std::string("severity ") + key, remote::Percent(At(At(of, "severities"), key))});
  }
  lines.push_back({"mitigation", MitigationOf(of)});
  lines.push_back({"signal", Cell(At(of, "signal"))});
}

std::string ChangesText(const Json& of) {
  Lines lines = {{"ACTUATOR", "PURPOSE", "FROM", "TO", "APPLIED", "REVERTED", "OUTCOME", "REASON"}};
  for (const Json& change : Items(of, "changes")) {
    const Json& times = At(change, "times");
    lines.push_back({Cell(At(change, "actuator")), At(change, "injection") == Json(true) ? "injection" : "mitigation",
                     Cell(At(change, "from")), Cell(At(change, "to")), remote::Time(At(times, "applied")),
                     remote::Time(At(times, "reverted")), Cell(At(change, "outcome")), Cell(At(change, "reason"))});
  }
  return lines.size() == 1 ? "no change\n" : Columns(lines);
}

std::string EventsText(const Json& of) {
  Lines lines = {{"TIME", "SYMPTOM", "EVENT"}};
  for (const Json& event : Items(of, "events")) {
    lines.push_back({remote::Time(At(event, "time")), Cell(At(event, "symptom")), Cell(At(event, "what"))});
  }
  return lines.size() == 1 ? "" : "\n" + Columns(lines);
}

}  // namespace

std::string ListText(const Json& data) {
  Lines lines = {{"ID", "ALERTED", "DOMAIN", "FAULT", "TARGET", "MITIGATION", "VERDICT", "REASON"}};
  for (const Json& of : Items(data, "experiments")) {
    lines.push_back({Cell(At(of, "id")), remote::Time(At(At(of, "times"), "alerted")), Cell(At(of, "domain")),
                     Cell(At(of, "fault")), TargetOf(of), MitigationOf(of), VerdictOf(of), Cell(At(of, "reason"))});
  }
  return lines.size() == 1 ? "no experiments\n" : Columns(lines);
}

std::string OneText(const Json& data) {
  const auto experiments = Items(data, "experiments");
  if (experiments.empty()) return "no experiments\n";
  const Json& of = experiments.front();
  Lines head = {{"id", Cell(At(of, "id"))}, {"alerted", remote::Time(At(At(of, "times"), "alerted"))}};
  AddAim(of, head);
  for (const char* key : {"calm", "shown", "eased"}) {
    head.push_back({std::string("symptom ") + key, Cell(At(At(of, "symptoms"), key))});
  }
  for (const char* key : {"started_by", "phase", "verdict", "reason"}) head.push_back({key, Cell(At(of, key))});
  return Columns(head) + "\n" + ChangesText(of) + EventsText(of);
}

std::string PlanText(const Json& data) {
  Lines head;
  AddAim(data, head);
  Lines rails = {{"RAIL", "PASSING", "WHY"}};
  for (const Json& of : Items(data, "refusals")) {
    rails.push_back({Cell(At(of, "rail")), Cell(At(of, "passing")), Cell(At(of, "why"))});
  }
  return Columns(head) + "\n" + ChangesText(data) + "\n" +
         (rails.size() == 1 ? "nothing would refuse\n" : Columns(rails));
}

}  // namespace forewarn::trials

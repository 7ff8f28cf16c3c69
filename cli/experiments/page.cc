// SPDX-License-Identifier: Apache-2.0
#include <cmath>

#include "cli/experiments/ask.h"
#include "cli/experiments/report.h"
#include "cli/experiments/score.h"
#include "cli/remote/text.h"

namespace forewarn::trials {
namespace {

using Json = nlohmann::json;
using remote::At;
using remote::Cell;

constexpr const char* kHead = R"(<!DOCTYPE html>
<html lang="en"><head><meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<meta name="viewport" content="width=device-width, initial-scale=1">
<style>
:root { color-scheme: light dark; --line: #1f5fbf; --bad: #c43c2c; --good: #2c8a4b; --rule: #8884; }
@media (prefers-color-scheme: dark) { :root { --line: #7fb0ff; --bad: #ff8373; --good: #6fd08f; } }
body { font: 15px/1.45 system-ui, sans-serif; max-width: 60rem; margin: 2rem auto; padding: 0 1rem; }
table { border-collapse: collapse; margin: .7rem 0; } th, td { text-align: left; padding: .2rem .7rem .2rem 0;
border-bottom: 1px solid var(--rule); vertical-align: top; } td.n { text-align: right; }
article { border-top: 1px solid var(--rule); margin-top: 2rem; } code { overflow-wrap: anywhere; }
svg { width: 100%; height: auto; } svg text { font-size: 10px; fill: currentColor; }
.signal { fill: none; stroke: var(--line); stroke-width: 1.5; }
rect.injection { fill: var(--bad); } rect.mitigation { fill: var(--good); } rect.area { opacity: .13; }
.passed { color: var(--good); } .failed { color: var(--bad); }
</style>
)";

std::string Row(const std::vector<std::string>& cells, const char* kind) {
  std::string row = "<tr>";
  for (const std::string& cell : cells) row += std::string("<") + kind + ">" + Escape(cell) + "</" + kind + ">";
  return row + "</tr>\n";
}

std::string ScoresTable(const std::vector<Score>& scores) {
  std::string table = "<table>\n" + Row({"Instance", "Fault", "Resilience", "Passed", "Failed", "Inconclusive",
                                         "Aborted", "Refused", "Under way"},
                                        "th");
  for (const Score& score : scores) {
    const auto resilience = score.Resilience();
    std::vector<std::string> cells = {score.domain, score.fault,
                                      resilience ? remote::Percent(Json(*resilience)) : "not known"};
    for (const std::size_t count :
         {score.passed, score.failed, score.inconclusive, score.aborted, score.refused, score.open}) {
      cells.push_back(std::to_string(count));
    }
    table += Row(cells, "td");
  }
  return table + "</table>\n<p>" + Escape(kHowScored) + "</p>\n";
}

std::string ChangesTable(const Json& experiment) {
  std::string rows;
  for (const Json& change : remote::Items(experiment, "changes")) {
    const Json& times = At(change, "times");
    rows += Row({At(change, "injection") == Json(true) ? "injection" : "mitigation", Cell(At(change, "actuator")),
                 Cell(At(change, "from")), Cell(At(change, "to")), remote::Time(At(times, "applied")),
                 remote::Time(At(times, "reverted"))},
                "td");
  }
  const std::string head = Row({"", "Actuator", "From", "To", "Applied", "Reverted"}, "th");
  return rows.empty() ? "" : "<table>\n" + head + rows + "</table>\n";
}

std::string EventsTable(const Json& experiment) {
  std::string rows;
  for (const Json& event : remote::Items(experiment, "events")) {
    rows += Row({remote::Time(At(event, "time")), Cell(At(event, "what")), Cell(At(event, "symptom"))}, "td");
  }
  return rows.empty() ? "" : "<table>\n" + Row({"Time", "Event", "Symptom"}, "th") + rows + "</table>\n";
}

std::string Article(const Told& told) {
  const Json& of = told.experiment;
  const std::string verdict = VerdictOf(of);
  std::string text = "<article>\n<h2>" + Escape(Cell(At(of, "domain")) + ": " + Cell(At(of, "fault"))) +
                     " <span class=\"" + Escape(verdict) + "\">" + Escape(verdict) + "</span></h2>\n";
  text += "<p>Experiment " + Escape(Cell(At(of, "id"))) + " (" + Escape(Cell(At(of, "name"))) + ") on " +
          Escape(Cell(At(At(of, "target"), "domain"))) + ", " + Escape(remote::Time(At(At(of, "times"), "alerted"))) +
          ", started by " + Escape(Cell(At(of, "started_by"))) + ": " + Escape(Cell(At(of, "reason"))) +
          "</p>\n<p>Severity injected: " + Escape(remote::Percent(At(At(of, "severities"), "injected"))) + " of the " +
          Escape(remote::Percent(At(At(of, "severities"), "predicted"))) + " predicted. Signal: <code>" +
          Escape(Cell(At(of, "signal"))) + "</code></p>\n";
  text += told.no_picture.empty() ? Svg(told.picture) : "<p>No picture: " + Escape(told.no_picture) + "</p>\n";
  return text + ChangesTable(of) + EventsTable(of) + "</article>\n";
}

std::vector<Json> ExperimentsOf(const Account& account) {
  std::vector<Json> experiments;
  for (const Told& told : account.told) experiments.push_back(told.experiment);
  return experiments;
}

Json SeriesJson(const Picture& picture) {
  Json json = Json::array();
  for (const promql::Series& series : picture.series) {
    Json labels = Json::object(), samples = Json::array();
    for (const auto& [name, value] : series.labels) labels[name] = value;
    for (std::size_t i = 0; i < series.times.size(); ++i) samples.push_back({series.times[i], series.values[i]});
    json.push_back({{"labels", labels}, {"samples", samples}});
  }
  return json;
}

}  // namespace

std::string Page(const Account& account) {
  std::string page = kHead;
  const std::string title = Escape(account.title);
  page += "<title>" + title + "</title></head>\n<body>\n<h1>" + title + "</h1>\n<p>" +
          std::to_string(account.told.size()) + " experiments, as of " + Escape(remote::Time(account.made)) +
          ". In the pictures: the signal, <span class=\"failed\">injection</span> and <span class=\"passed\">mitigation"
          "</span>.</p>\n" +
          ScoresTable(ScoresOf(ExperimentsOf(account)));
  for (const Told& told : account.told) page += Article(told);
  return page + "</body></html>\n";
}

std::string AccountJson(const Account& account) {
  Json experiments = Json::array();
  for (const Told& told : account.told) {
    experiments.push_back(told.experiment);
    experiments.back()["series"] = SeriesJson(told.picture);
    experiments.back()["no_series"] = told.no_picture.empty() ? Json() : Json(told.no_picture);
  }
  const Json json{{"title", account.title},
                  {"made", account.made},
                  {"how_scored", kHowScored},
                  {"scores", ScoresJson(ScoresOf(ExperimentsOf(account)))},
                  {"experiments", experiments}};
  return json.dump(2, ' ', false, Json::error_handler_t::replace) + "\n";
}

}  // namespace forewarn::trials

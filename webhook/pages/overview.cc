// SPDX-License-Identifier: Apache-2.0
#include "webhook/pages/overview.h"

#include "common/html/format.h"
#include "webhook/pages/record.h"
#include "webhook/pages/words.h"

namespace forewarn::pages {
namespace {

using html::Element;
using html::Markup;
using html::Row;
using html::Text;
using journal::Episode;

constexpr std::size_t kMostOpen = 200, kMostVerdicts = 10;

std::string About(const Episode& episode) { return episode.fault + " of " + episode.domain; }

Markup Id(const View& view, const Episode& episode) {
  return html::Anchor(view.site, "/episodes/" + std::to_string(episode.id), "#" + std::to_string(episode.id));
}

Markup ExpectedIn(const View& view, const Episode& episode) {
  if (!episode.prediction || !episode.prediction->expected) return Text("–");
  return html::Away(base::ToSeconds(*episode.prediction->expected), view.now);
}

Markup Confidence(const Episode& episode) {
  if (!episode.prediction) return Text("–");
  return html::Bar(episode.prediction->confidence, {episode.prediction->threshold});
}

Markup Waiting(const View& view, const std::vector<Episode>& open) {
  std::vector<Row> rows;
  for (const Episode& episode : open) {
    if (episode.state != journal::State::kWaiting) continue;
    const std::string about = About(episode);
    const Markup buttons = Form(view, {DeedOf(episode.id, "approve"), "Approve", about, "main"}) +
                           Form(view, {DeedOf(episode.id, "refuse"), "Refuse", about});
    rows.push_back({Id(view, episode), Text(episode.domain), Text(episode.fault), Confidence(episode),
                    ExpectedIn(view, episode), Text(ChangesText(episode)),
                    episode.deadline ? html::Away(base::ToSeconds(*episode.deadline), view.now) : Text("–"),
                    view.may_not ? Text("–") : buttons});
  }
  if (rows.empty()) return Element("p", {{"class", "soft"}}, Text("Nothing waits for a person."));
  return html::Table("Nothing is done unless somebody agrees; then telemetry and the guard rails are asked again.",
                     {{"Episode"},
                      {"Domain"},
                      {"Fault", "name"},
                      {"Confidence"},
                      {"Expected"},
                      {"What would be changed"},
                      {"Lapses"},
                      {"Your decision", "deeds"}},
                     rows);
}

bool IsRunning(const Episode& episode) {
  return episode.purpose != alerts::kExperiment && episode.state != journal::State::kWaiting;
}

Markup Running(const View& view, const std::vector<Episode>& open) {
  std::vector<Row> rows;
  for (const Episode& episode : open) {
    if (!IsRunning(episode)) continue;
    const bool undoable = !view.may_not && episode.LastInForce() != nullptr;
    const Markup button = Form(view, {DeedOf(episode.id, "revert"), "Undo", About(episode), "danger"});
    rows.push_back({Id(view, episode), Text(episode.domain), Text(episode.fault), Standing(episode),
                    Text(ChangesText(episode)),
                    episode.expiry ? html::Away(base::ToSeconds(*episode.expiry), view.now) : Text("–"),
                    undoable ? button : Text("–")});
  }
  if (rows.empty()) return Element("p", {{"class", "soft"}}, Text("No mitigation is under way."));
  return html::Table(
      "What is held is reverted at its expiry, unless telemetry shows that it is still needed.",
      {{"Episode"}, {"Domain"}, {"Fault", "name"}, {"State"}, {"Changes"}, {"Expires"}, {"Your decision", "deeds"}},
      rows);
}

Markup Severities(const journal::Experiment& trial) {
  if (trial.injected <= 0) return Text("–");
  return Text(html::Percent(trial.injected) + (trial.predicted > 0 ? " of " + html::Percent(trial.predicted) : ""));
}

Markup Trials(const View& view, const std::vector<Episode>& open) {
  std::vector<Row> rows;
  for (const Episode& episode : open) {
    if (episode.purpose != alerts::kExperiment) continue;
    const journal::Experiment trial = episode.experiment.value_or(journal::Experiment());
    const bool stoppable = !view.may_not && trial.phase < journal::Phase::kReverting;
    const Markup button = Form(view, {DeedOf(episode.id, "abort"), "Abort", "experiment, " + About(episode), "danger"});
    rows.push_back({Id(view, episode), Text(episode.domain), Text(episode.fault), Text(trial.target.domain),
                    html::Badge("info", PhaseText(trial.phase)), Severities(trial),
                    trial.ends ? html::Away(base::ToSeconds(*trial.ends), view.now) : Text("–"),
                    stoppable ? button : Text("–")});
  }
  if (rows.empty()) return Element("p", {{"class", "soft"}}, Text("No experiment is running."));
  return html::Table("Running: whatever happens, all of it is undone when it ends.",
                     {{"Episode"},
                      {"For domain"},
                      {"Fault", "name"},
                      {"Done to"},
                      {"Phase"},
                      {"Severity injected"},
                      {"Ends"},
                      {"Your decision", "deeds"}},
                     rows);
}

Markup Verdicts(const View& view, const std::vector<Episode>& closed) {
  std::vector<Row> rows;
  for (const Episode& episode : closed) {
    const journal::Experiment trial = episode.experiment.value_or(journal::Experiment());
    rows.push_back({Id(view, episode), html::Time(episode.alerted), Text(episode.domain), Text(episode.fault),
                    Text(trial.target.domain), Standing(episode),
                    Text(trial.reason.empty() ? episode.reason : trial.reason)});
  }
  if (rows.empty()) return {};
  return html::Table("The last verdicts",
                     {{"Episode"}, {"Begun"}, {"For domain"}, {"Fault", "name"}, {"Done to"}, {"Verdict"}, {"Reason"}},
                     rows);
}

Markup KillSwitch(const View& view) {
  const auto state = view.engine.parts().kill_switch.Read();
  const Markup link = html::Anchor(view.site, "/kill-switch", state.engaged ? "Disengage…" : "Engage…");
  if (!state.engaged) return Notice(Tone::kGood, Text("The kill switch is off: policies may act. ") + link);
  return Notice(Tone::kBad, Element("strong", "The kill switch is engaged: nothing acts") +
                                Text(", and what was in force is undone (" + state.why + "). ") + link);
}

base::Result<std::vector<Episode>> Find(const View& view, const journal::Filter& filter) {
  return view.engine.parts().journal.Find(filter);
}

html::Page Broken(const base::Error& error) {
  return {503, "The journal cannot be read", Notice(Tone::kBad, Text(error.message))};
}

}  // namespace

http::Response Overview(const View& view, const http::Request& request) {
  journal::Filter open, verdicts;
  open.open = true, open.limit = kMostOpen;
  verdicts.open = false, verdicts.purpose = alerts::kExperiment, verdicts.limit = kMostVerdicts;
  const auto under_way = Find(view, open), tried = Find(view, verdicts);
  if (!under_way) return html::Answer(view.site, Broken(under_way.error()));
  if (!tried) return html::Answer(view.site, Broken(tried.error()));
  Markup main = KillSwitch(view);
  if (view.may_not) main += Notice(Tone::kInfo, Text("You may look, but not act: " + *view.may_not + "."));
  if (under_way->size() == kMostOpen) {
    main += Notice(Tone::kWarn, Text("Of what is under way only the newest " + std::to_string(kMostOpen) +
                                     " are shown; the journal has all."));
  }
  main += html::Section("waiting", "Waiting for approval", Waiting(view, *under_way));
  main += html::Section("running", "Running mitigations", Running(view, *under_way));
  main += html::Section("experiments", "Experiments", Trials(view, *under_way) + Verdicts(view, *tried));
  main += html::Section("journal", "Journal", Record(view, request));
  return html::Answer(view.site, {200, "Mitigations and experiments", main});
}

}  // namespace forewarn::pages

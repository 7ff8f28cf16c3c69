// SPDX-License-Identifier: Apache-2.0
#include "webhook/pages/episode.h"

#include "common/html/format.h"
#include "webhook/api/asks.h"
#include "webhook/api/filter.h"
#include "webhook/api/people.h"
#include "webhook/pages/refusal.h"
#include "webhook/pages/words.h"

namespace forewarn::pages {
namespace {

using html::Element;
using html::Markup;
using html::Text;
using journal::Approval;
using journal::Episode;
using journal::OptionalTime;
using journal::Wish;

Markup Term(std::string_view name, const Markup& value) {
  return Element("dt", name) + Element("dd", value.empty() ? Text("–") : value);
}

Markup When(const OptionalTime& time) { return time ? html::Time(*time) : Text("–"); }

// What was asked for, and how far it is. Nothing is said that isn't on record: the address is anybody's to write.
Markup Done(const Episode& episode, std::string_view done) {
  const bool pending = episode.wish != Wish::kNone;
  const std::string& by = pending ? episode.wished_by : episode.decided_by;
  const std::string now =
      pending ? " It is acted on within a second." : " Now it is " + std::string(StateText(episode)) + ".";
  if (done == "approve" && (episode.wish == Wish::kApprove || episode.approval == Approval::kGranted)) {
    return Notice(Tone::kGood, Text("Approved by " + by + "." + now));
  }
  if (done == "refuse" && (episode.wish == Wish::kRefuse || episode.approval == Approval::kRefused)) {
    return Notice(Tone::kInfo, Text("Refused by " + by + ": nothing is changed." + now));
  }
  const bool undoes = done == "revert" || done == "abort";
  if (undoes && (episode.wish == Wish::kRevert || !by.empty())) {
    const std::string what = done == "abort" ? "Aborted" : "Undoing was asked for";
    return Notice(Tone::kInfo, Text(what + " by " + by + ": all changes are undone." + now));
  }
  // Between the taking of a wish and what comes of it.
  const bool undecided = undoes ? episode.decided_by.empty() : episode.approval == Approval::kWaiting;
  if (!done.empty() && undecided && !pending && !episode.wished_by.empty()) {
    return Notice(Tone::kInfo, Text("Asked for by " + episode.wished_by + ". It is acted on now."));
  }
  return {};
}

Markup Buttons(const View& view, const Episode& episode) {
  if (view.may_not || episode.closed) return {};
  const std::string about = episode.fault + " of " + episode.domain;
  const auto button = [&](std::string_view verb, std::string_view label, std::string_view kind) {
    return Form(view, {DeedOf(episode.id, verb), label, about, kind});
  };
  if (episode.purpose == alerts::kExperiment) {
    const bool over = episode.experiment && episode.experiment->phase >= journal::Phase::kReverting;
    return over ? Markup() : Element("p", button("abort", "Abort", "danger"));
  }
  if (episode.state == journal::State::kWaiting) {
    return Element("p", button("approve", "Approve", "main") + button("refuse", "Refuse", ""));
  }
  return episode.LastInForce() ? Element("p", button("revert", "Undo", "danger")) : Markup();
}

Markup Evidence(const journal::Prediction& prediction) {
  std::string text;
  for (const auto& [signal, score] : prediction.evidence) {
    text += (text.empty() ? "" : ", ") + signal + " " + html::Number(score);
  }
  return Text(text);
}

std::string Decision(const Episode& episode) {
  if (episode.wish != Wish::kNone) return std::string(Name(episode.wish)) + ", asked by " + episode.wished_by;
  switch (episode.approval) {
    case Approval::kNotNeeded:
      return episode.decided_by.empty() ? "nobody has to agree" : "ended by " + episode.decided_by;
    case Approval::kWaiting:
      return "somebody has to agree";
    case Approval::kGranted:
      return "approved by " + episode.decided_by;
    case Approval::kRefused:
      return "refused by " + episode.decided_by;
  }
  return {};
}

Markup Facts(const View& view, const Episode& episode) {
  Markup facts = Term("Domain", Text(episode.domain)) + Term("Hypervisor", Text(episode.hypervisor)) +
                 Term("Fault", Text(episode.fault)) + Term("Purpose", Text(episode.purpose)) +
                 Term("State", Standing(episode)) + Term("Decision", Text(Decision(episode))) +
                 Term("Reason", Text(episode.reason)) + Term("Alerted", html::Time(episode.alerted)) +
                 Term("Closed", When(episode.closed));
  if (episode.expiry) facts += Term("Expires", html::Away(base::ToSeconds(*episode.expiry), view.now));
  if (episode.control) facts += Term("Control", Text("held out: nothing is done, to see what would have happened"));
  if (const auto& prediction = episode.prediction) {
    facts += Term("Confidence", html::Bar(prediction->confidence, {prediction->threshold})) +
             Term("Severity", html::Bar(prediction->severity, {})) + Term("Expected", When(prediction->expected)) +
             Term("Evidence", Evidence(*prediction));
  }
  return Element("dl", facts);
}

Markup Changes(const Episode& episode) {
  std::vector<html::Row> rows;
  for (const journal::Change& change : episode.changes) {
    rows.push_back({Text(change.actuator), Text(change.injection ? "injection" : "mitigation"),
                    Text(change.subject.domain), Text(DifferenceText(change)), When(change.applied),
                    When(change.verified), When(change.reverted), OutcomeBadge(change.outcome), Text(change.reason)});
  }
  if (rows.empty()) return Element("p", {{"class", "soft"}}, Text("Nothing was changed."));
  return html::Table("In the order of their application, times in UTC",
                     {{"Actuator"},
                      {"Kind", "word"},
                      {"Domain"},
                      {"Change"},
                      {"Applied"},
                      {"Verified"},
                      {"Reverted"},
                      {"Outcome"},
                      {"Reason"}},
                     rows);
}

Markup Trial(const journal::Experiment& trial) {
  const auto number = [](const std::optional<double>& value) { return value ? html::Number(*value) : "–"; };
  const std::string symptoms = number(trial.calm) + " before, " + number(trial.shown) + " by the injection, " +
                               number(trial.eased) + " after it";
  Markup facts = Term("Template", Text(trial.name)) + Term("Done to", Text(trial.target.domain)) +
                 Term("Verdict", VerdictBadge(trial.verdict)) + Term("Reason", Text(trial.reason)) +
                 Term("Started by", Text(trial.started_by)) + Term("Symptom", Text(symptoms)) +
                 Term("Signal", Element("code", trial.signal)) + Term("Undone by", When(trial.ends));
  std::vector<html::Row> rows;
  for (const journal::Experiment::Event& event : trial.events) {
    rows.push_back({html::Time(event.at), Text(event.what), Text(number(event.symptom))});
  }
  const Markup events =
      rows.empty() ? Markup() : html::Table("What happened", {{"Time"}, {"Event"}, {"Symptom", "number"}}, rows);
  return html::Section("experiment", "Experiment", Element("dl", facts) + events);
}

}  // namespace

http::Response EpisodePage(const View& view, const http::Request& request) {
  const auto action = api::ParseEpisodeAction(request.path);
  if (!action) return Refusal(view.site, action.error());
  if (action->wish != Wish::kNone) return Refusal(view.site, {base::ErrorCode::kNotFound, "nothing to see here"});
  const auto episode = api::FindOne(view.engine, action->id);
  if (!episode) return Refusal(view.site, episode.error());
  Markup main = Done(*episode, api::Parameter(request, "done")) + Buttons(view, *episode) + Facts(view, *episode);
  main += html::Section("changes", "Changes", Changes(*episode));
  if (episode->experiment) main += Trial(*episode->experiment);
  const std::string kind = episode->purpose == alerts::kExperiment ? "Experiment #" : "Episode #";
  return html::Answer(
      view.site, {200, kind + std::to_string(episode->id) + ": " + episode->fault + " of " + episode->domain, main});
}

}  // namespace forewarn::pages

// SPDX-License-Identifier: Apache-2.0
#include "exporter/page/overview.h"

#include <algorithm>
#include <cmath>

#include "common/html/format.h"
#include "exporter/page/evidence.h"

namespace forewarn::page {
namespace {

using html::Element;
using html::Markup;
using html::Row;
using html::Text;
using predictor::Prediction;

constexpr std::size_t kMostRows = 50;
constexpr double kWorthARow = 0.01;  // confidence, unless somebody asks for a domain or a fault

predictor::Thresholds ThresholdsFor(const View& view, const std::string& fault) {
  const auto found = view.thresholds.find(fault);
  return found == view.thresholds.end() ? predictor::Thresholds() : found->second;
}

Markup Stage(const predictor::Thresholds& thresholds, double confidence) {
  if (confidence >= thresholds.mitigate) return html::Badge("bad", "mitigate");
  if (confidence >= thresholds.experiment) return html::Badge("warn", "experiment");
  if (confidence >= thresholds.notify) return html::Badge("info", "notify");
  return html::Badge("quiet", "below notify");
}

Markup ConfidenceBar(const predictor::Thresholds& thresholds, double confidence) {
  return html::Bar(confidence, {thresholds.notify, thresholds.experiment, thresholds.mitigate});
}

Markup Expected(const View& view, const Prediction& prediction) {
  if (prediction.manifested) return html::Badge("bad", "it is there");
  return html::Away(prediction.expected_time, view.now);
}

Markup EvidenceText(const publish::Report& report, const Prediction& prediction) {
  std::string text;
  for (const auto& item : prediction.evidence) {
    text += (text.empty() ? "" : ", ") + report.signals[item.signal] + " " + html::Number(item.score);
  }
  if (prediction.shared) text += text.empty() ? "shared on its hypervisor" : "; shared on its hypervisor";
  return Text(text.empty() ? "–" : text);
}

std::vector<const Prediction*> Wanted(const View& view) {
  const double least = view.domain.empty() && view.fault.empty() ? kWorthARow : 0;
  return Surest(*view.report, view.report->predictions.size(), [&](const Prediction& prediction) {
    return prediction.confidence >= least &&
           (view.domain.empty() || view.report->DomainOf(prediction.instance) == view.domain) &&
           (view.fault.empty() || prediction.fault == view.fault);
  });
}

Row RowOf(const View& view, const Prediction& prediction) {
  const publish::Report& report = *view.report;
  const auto thresholds = ThresholdsFor(view, prediction.fault);
  const bool placed =
      prediction.instance < report.hypervisors.size() && !report.hypervisors[prediction.instance].empty();
  return {Text(report.DomainOf(prediction.instance)),
          Text(placed ? report.hypervisors[prediction.instance] : "–"),
          Text(prediction.fault),
          Stage(thresholds, prediction.confidence),
          ConfidenceBar(thresholds, prediction.confidence),
          html::Bar(prediction.severity, {}),
          Expected(view, prediction),
          Text(html::Span(prediction.horizon)),
          EvidenceText(report, prediction)};
}

Markup FilterForm(const View& view) {
  const auto field = [](const std::string& label, const std::string& name, const std::string& value) {
    const std::string id = "filter-" + name;
    return Element("div", Element("label", {{"for", id}}, Text(label)) +
                              html::Void("input", {{"id", id}, {"name", name}, {"type", "text"}, {"value", value}}));
  };
  return Element("form", {{"class", "filter"}, {"method", "get"}, {"action", view.site.At("/")}, {"role", "search"}},
                 field("Domain", "domain", view.domain) + field("Fault", "fault", view.fault) +
                     Element("div", Element("button", {{"type", "submit"}}, Text("Filter"))));
}

Markup Predictions(const View& view, const std::vector<const Prediction*>& wanted) {
  if (wanted.empty()) return Element("p", {{"class", "soft"}}, Text("Nothing is predicted."));
  const std::size_t shown = std::min(wanted.size(), kMostRows);
  std::vector<Row> rows;
  for (std::size_t i = 0; i < shown; ++i) rows.push_back(RowOf(view, *wanted[i]));
  const std::string caption =
      "The surest " + std::to_string(shown) + " of " + std::to_string(wanted.size()) +
      ". Ticks in a bar: the stages notify, experiment and mitigate. Evidence: anomaly scores, of "
      "which 1 is the alarm level.";
  return html::Table(caption,
                     {{"Domain"},
                      {"Hypervisor"},
                      {"Fault", "name"},
                      {"Stage"},
                      {"Confidence"},
                      {"Severity"},
                      {"Expected"},
                      {"Horizon"},
                      {"Evidence"}},
                     rows);
}

// Of one cause on a hypervisor, which befalls its instances together.
Markup Joint(const View& view) {
  std::vector<Row> rows;
  for (const predictor::HypervisorPrediction& joint : view.report->joint) {
    const auto thresholds = ThresholdsFor(view, joint.fault);
    rows.push_back({Text(joint.hypervisor), Text(joint.fault), Stage(thresholds, joint.confidence),
                    ConfidenceBar(thresholds, joint.confidence), html::Away(joint.expected_time, view.now),
                    Text(std::to_string(joint.instances.size()))});
  }
  if (rows.empty()) return {};
  return html::Section(
      "hypervisors", "Of whole hypervisors",
      html::Table("One cause that befalls instances together",
                  {{"Hypervisor"}, {"Fault", "name"}, {"Stage"}, {"Confidence"}, {"Expected"}, {"Instances", "number"}},
                  rows));
}

Markup Cards(const View& view, const std::vector<const Prediction*>& wanted) {
  const double least = view.domain.empty() ? kWorthDrawing : 0;
  Markup cards;
  for (std::size_t i = 0; i < std::min(wanted.size(), kMostDrawn); ++i) {
    if (wanted[i]->confidence >= least) cards += EvidenceCard(view, *wanted[i]);
  }
  if (cards.empty()) return Element("p", {{"class", "soft"}}, Text("No prediction is sure enough to be drawn."));
  return Element("p", {{"class", "soft"}},
                 Text("Solid: the value. Dashed: what is expected of it, in the band that is ordinary. Red: when the "
                      "fault is expected. Times are UTC.")) +
         Element("div", {{"class", "cards"}}, cards);
}

Markup Thresholds(const View& view) {
  std::vector<Row> rows;
  for (const auto& [fault, of] : view.thresholds) {
    rows.push_back({Text(fault), Text(html::Percent(of.notify)), Text(html::Percent(of.experiment)),
                    Text(html::Percent(of.mitigate)), Text(html::Percent(of.knowledge))});
  }
  return html::Table(
      "The confidence from which on each stage takes place, and the value from which on an experiment does",
      {{"Fault", "name"},
       {"Notify", "number"},
       {"Experiment", "number"},
       {"Mitigate", "number"},
       {"Value of an experiment", "number"}},
      rows);
}

Markup Models(const View& view) {
  const auto& standing = view.standing;
  const auto term = [](std::string_view name, const Markup& value) {
    return Element("dt", name) + Element("dd", value);
  };
  const auto since = [](double time, const char* never) { return time > 0 ? html::Time(time) : Text(never); };
  Markup facts;
  if (view.report) {
    facts += term("Instances", Text(std::to_string(view.report->judged) + " judged, " +
                                    std::to_string(view.report->warming) + " too young to be judged"));
  }
  facts +=
      term("Ticks", Text(html::Count(standing.ticks) + ", " + html::Count(standing.failures) + " of them failed")) +
      term("Last success", since(standing.last_success, "none yet")) +
      term("Series in the last tick", Text(html::Count(standing.series))) +
      term("History learned at the start",
           Text(standing.history > 0 ? html::Span(standing.history) + ", " + html::Count(standing.values) + " values"
                                     : "none: it began cold")) +
      term("State restored", since(standing.restored, "none: it began without one")) +
      term("State saved", since(standing.saved, "not yet"));
  return Element("dl", facts);
}

Markup Notice(std::string_view kind, std::string_view text) {
  return Element("p", {{"class", "notice " + std::string(kind)}, {"role", "status"}}, Text(text));
}

Markup Head(const View& view) {
  Markup head;
  if (view.standing.training) head += Notice("info", "It is learning from history; predictions come after that.");
  if (view.standing.reload_failed) head += Notice("bad", "The configuration could not be reloaded; the old one stays.");
  if (!view.report) {
    return head + Notice("bad", "There is no report: no tick has succeeded lately. The log and the metrics say why.");
  }
  return head +
         Element("p", {{"class", "soft"}},
                 Text("As of ") + html::Time(view.report->time) + Text(" UTC, ") +
                     html::Away(view.report->time, view.now) + Text(". ") +
                     html::Anchor(view.site, "/", view.domain.empty() && view.fault.empty() ? "Look again" : "All"));
}

}  // namespace

html::Page Overview(const View& view) {
  Markup main = Head(view);
  if (view.report) {
    const auto wanted = Wanted(view);
    main += html::Section("predictions", "Now", FilterForm(view) + Predictions(view, wanted)) + Joint(view) +
            html::Section("evidence", "Evidence", Cards(view, wanted));
  }
  main += html::Section("thresholds", "Thresholds", Thresholds(view));
  main += html::Section("models", "Models", Models(view));
  return {200, "Predictions", main};
}

}  // namespace forewarn::page

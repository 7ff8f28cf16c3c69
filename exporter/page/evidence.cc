// SPDX-License-Identifier: Apache-2.0
#include "exporter/page/evidence.h"

#include <algorithm>
#include <cmath>

#include "common/html/chart.h"
#include "common/html/format.h"

namespace forewarn::page {
namespace {

using html::Element;
using html::Markup;
using html::Text;
using predictor::Evidence;
using predictor::Prediction;

constexpr double kShortest = 60;  // s of a picture
constexpr std::size_t kMostSignals = 4;
constexpr double kStandsOut = 0.5;  // anomaly score; others may speak for it by being as usual

// How far ahead a picture shows: to when the fault is expected, and a little more.
double AheadOf(const Prediction& prediction, double now) {
  if (!std::isfinite(prediction.expected_time) || prediction.expected_time <= now) return 0;
  return 1.1 * std::min(prediction.expected_time - now, prediction.horizon);
}

html::Chart ChartOf(const View& view, const Prediction& prediction, const std::string& signal) {
  const auto trail = view.trails.Of(view.report->DomainOf(prediction.instance), signal);
  const double now = view.report->time, ahead = AheadOf(prediction, now);
  html::Chart chart;
  chart.start = std::min(now - kShortest, trail.empty() ? now : trail.front().time);
  chart.end = now + ahead;
  chart.what = signal + " over time, with what is expected of it";
  chart.lines = {{"expected", {}}, {"value", {}}};
  for (const Trails::Point& point : trail) {
    chart.band.push_back({point.time, point.expected - point.band, point.expected + point.band});
    chart.lines[0].points.push_back({point.time, point.expected});
    chart.lines[1].points.push_back({point.time, point.value});
  }
  if (ahead > 0) {
    chart.shades.push_back({now, chart.end, "ahead"});
    chart.marks.push_back({prediction.expected_time, prediction.fault + " is expected"});
  }
  return chart;
}

std::string OrdinaryText(const View& view, const Prediction& prediction, const Evidence& item) {
  const auto& states = view.report->states[item.signal];
  if (prediction.instance >= states.size()) return html::Number(item.expected);
  const detectors::Expectation state = states[prediction.instance].expectation();
  return html::Number(state.lower()) + " to " + html::Number(state.upper());
}

Markup Figure(const View& view, const Prediction& prediction, const Evidence& item) {
  const std::string& signal = view.report->signals[item.signal];
  const Markup caption = Element("strong", signal) +
                         Text(" " + html::Number(item.value) + ", ordinary " + OrdinaryText(view, prediction, item) +
                              "; score " + html::Number(item.score) + " (" + std::string(item.detector) + ")");
  return Element("figure", Element("figcaption", caption) + html::Draw(ChartOf(view, prediction, signal)));
}

}  // namespace

Markup EvidenceCard(const View& view, const Prediction& prediction) {
  std::vector<Evidence> items = prediction.evidence;
  std::erase_if(items, [](const Evidence& item) { return !(item.score >= kStandsOut); });
  std::stable_sort(items.begin(), items.end(), [](const Evidence& a, const Evidence& b) { return a.score > b.score; });
  Markup figures;
  for (std::size_t i = 0; i < std::min(items.size(), kMostSignals); ++i) figures += Figure(view, prediction, items[i]);
  const std::string& domain = view.report->DomainOf(prediction.instance);
  const Markup facts = Text("Confidence ") + Element("strong", html::Percent(prediction.confidence)) +
                       Text(", severity " + html::Percent(prediction.severity) + ", expected ") +
                       html::Away(prediction.expected_time, view.now);
  const Markup seen = figures.empty() ? Element("p", {{"class", "soft"}}, Text("No signal stands out."))
                                      : Element("div", {{"class", "charts"}}, figures);
  return Element("article", Element("h3", prediction.fault + " of " + domain) + Element("p", facts) + seen);
}

}  // namespace forewarn::page

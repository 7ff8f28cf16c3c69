// SPDX-License-Identifier: Apache-2.0
#include "webhook/pages/record.h"

#include <charconv>

#include "common/config/yaml.h"
#include "common/html/format.h"
#include "common/http/client.h"
#include "webhook/api/filter.h"
#include "webhook/pages/words.h"

namespace forewarn::pages {
namespace {

using api::Parameter;
using base::Error;
using base::ErrorCode;
using html::Element;
using html::Markup;
using html::Text;
using html::Void;
using journal::Episode;
using journal::Outcome;

// What the filter's fields are called, in a form and in an address.
constexpr const char* kFields[] = {"domain", "fault", "outcome", "since"};

std::optional<Outcome> OutcomeNamed(std::string_view name) {
  if (name.empty()) return Outcome::kNone;
  for (const Outcome outcome : journal::kOutcomes) {
    if (Name(outcome) == name) return outcome;
  }
  return std::nullopt;
}

struct Choice {
  std::string value, text;
};

Markup Select(const std::string& label, const char* name, const std::vector<Choice>& choices,
              const std::string& chosen) {
  Markup options;
  for (const auto& [value, text] : choices) {
    html::Attributes attributes = {{"value", value}};
    if (value == chosen) attributes.push_back({"selected", ""});
    options += Element("option", attributes, Text(text));
  }
  const std::string id = std::string("filter-") + name;
  return Element(
      "div", Element("label", {{"for", id}}, Text(label)) + Element("select", {{"id", id}, {"name", name}}, options));
}

Markup Field(const std::string& label, const char* name, const std::string& value) {
  const std::string id = std::string("filter-") + name;
  return Element("div", Element("label", {{"for", id}}, Text(label)) +
                            Void("input", {{"id", id}, {"name", name}, {"type", "text"}, {"value", value}}));
}

Markup FilterForm(const View& view, const http::Request& request) {
  std::vector<Choice> outcomes = {{"", "any"}};
  for (const Outcome outcome : journal::kOutcomes)
    outcomes.push_back({std::string(Name(outcome)), std::string(Name(outcome))});
  std::vector<Choice> spans = {
      {"", "ever"}, {"1h", "1 hour"}, {"24h", "24 hours"}, {"7d", "7 days"}, {"30d", "30 days"}};
  const std::string since = Parameter(request, "since");
  bool offered = false;
  for (const Choice& span : spans) offered = offered || span.value == since;
  if (!offered) spans.push_back({since, since});
  return Element(
      "form", {{"class", "filter"}, {"method", "get"}, {"action", view.site.At("/") + "#journal"}, {"role", "search"}},
      Field("Domain", "domain", Parameter(request, "domain")) + Field("Fault", "fault", Parameter(request, "fault")) +
          Select("Outcome", "outcome", outcomes, Parameter(request, "outcome")) +
          Select("Within", "since", spans, since) +
          Element("div", Element("button", {{"type", "submit"}}, Text("Filter"))));
}

// The address of the same view of the journal, from another episode on.
std::string Address(const http::Request& request, const std::string& before) {
  std::string query;
  for (const char* field : kFields) {
    const std::string value = Parameter(request, field);
    if (!value.empty()) query += std::string("&") + field + "=" + http::PercentEncode(value);
  }
  if (!before.empty()) query += "&before=" + before;
  return "/" + (query.empty() ? "" : "?" + query.substr(1)) + "#journal";
}

Markup Pages(const View& view, const http::Request& request, const std::string& next) {
  Markup links;
  if (!Parameter(request, "before").empty()) {
    links += Element("li", html::Anchor(view.site, Address(request, ""), "Newest"));
  }
  if (!next.empty()) links += Element("li", html::Anchor(view.site, Address(request, next), "Older"));
  if (links.empty()) return {};
  return Element("nav", {{"aria-label", "Pages of the journal"}}, Element("ul", {{"class", "pages"}}, links));
}

html::Row RowOf(const View& view, const Episode& episode) {
  const std::string id = std::to_string(episode.id);
  return {
      html::Anchor(view.site, "/episodes/" + id, "#" + id),
      html::Time(episode.alerted),
      Text(episode.domain),
      Text(episode.fault),
      Text(episode.purpose),
      Standing(episode),
      Text(ChangesText(episode)),
      Text(episode.experiment && !episode.experiment->reason.empty() ? episode.experiment->reason : episode.reason)};
}

}  // namespace

base::Result<journal::Filter> RecordFilter(const http::Request& request, double now) {
  journal::Filter filter;
  filter.domain = Parameter(request, "domain");
  filter.fault = Parameter(request, "fault");
  const auto outcome = OutcomeNamed(Parameter(request, "outcome"));
  if (!outcome) return Error{ErrorCode::kInvalid, "outcome: no such outcome"};
  filter.outcome = *outcome;
  if (const std::string since = Parameter(request, "since"); !since.empty()) {
    const auto span = config::ParseDuration(since);
    if (!span) return Error{ErrorCode::kInvalid, "since: " + span.error().message};
    filter.alerted_since = base::FromSeconds(std::max(0.0, now - base::ToSeconds(*span)));
  }
  if (const std::string before = Parameter(request, "before"); !before.empty()) {
    std::int64_t id = 0;
    const auto [end, error] = std::from_chars(before.data(), before.data() + before.size(), id);
    if (error != std::errc() || end != before.data() + before.size()) {
      return Error{ErrorCode::kInvalid, "before: not the number of an episode"};
    }
    filter.before = id;
  }
  filter.limit = kEpisodesPerPage + 1;
  return filter;
}

Markup Record(const View& view, const http::Request& request) {
  const Markup form = FilterForm(view, request);
  const auto filter = RecordFilter(request, view.now);
  if (!filter) return form + Notice(Tone::kWarn, Text(filter.error().message));
  auto episodes = view.engine.parts().journal.Find(*filter);
  if (!episodes) return form + Notice(Tone::kBad, Text(episodes.error().message));
  std::string next;
  if (episodes->size() > kEpisodesPerPage) {
    episodes->resize(kEpisodesPerPage);
    next = std::to_string(episodes->back().id);
  }
  if (episodes->empty())
    return form + Element("p", {{"class", "soft"}}, Text("No such episode.")) + Pages(view, request, next);
  std::vector<html::Row> rows;
  for (const Episode& episode : *episodes) rows.push_back(RowOf(view, episode));
  return form +
         html::Table("The newest first; times are UTC",
                     {{"Episode"},
                      {"Alerted"},
                      {"Domain"},
                      {"Fault", "name"},
                      {"Purpose", "word"},
                      {"Outcome"},
                      {"Changes"},
                      {"Reason"}},
                     rows) +
         Pages(view, request, next);
}

}  // namespace forewarn::pages

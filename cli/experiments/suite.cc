// SPDX-License-Identifier: Apache-2.0
#include "cli/experiments/suite.h"

#include <cstdio>
#include <filesystem>

#include "cli/experiments/ask.h"
#include "cli/experiments/commands.h"
#include "cli/experiments/report.h"
#include "cli/remote/text.h"
#include "common/config/yaml.h"

namespace forewarn::trials {
namespace {

using base::Error;
using base::ErrorCode;
using base::Result;
using Json = nlohmann::json;
using remote::At;
using remote::Cell;
using remote::Service;

Suite::Item DecodeItem(const config::Map& map) {
  Suite::Item item;
  if (auto domain = map.Require("domain")) item.domain = domain->String();
  if (auto fault = map.Require("fault")) item.fault = fault->String();
  item.name = map.String("name");
  return item;
}

Suite Decode(const config::Map& map) {
  Suite suite;
  suite.name = map.String("name", "Game day");
  suite.timeout = map.Duration("timeout", suite.timeout);
  suite.poll = map.Duration("poll", suite.poll);
  if (suite.poll < std::chrono::milliseconds(10)) map.Fail("poll must be at least 10ms");
  if (auto experiments = map.Require("experiments")) {
    for (const config::Node& item : experiments->Items()) suite.experiments.push_back(DecodeItem(item.AsMap()));
    if (suite.experiments.empty()) experiments->Fail("nothing is to be run");
  }
  return suite;
}

struct Outcome {
  Suite::Item item;
  std::string verdict, reason;
  Json experiment;  // null where it did not begin
};

// What is left is undone, and the next one begins after it.
Outcome GiveUp(Service& webhook, const Suite& suite, Outcome outcome) {
  const std::string path = kExperiments + ("/" + At(outcome.experiment, "id").dump()) + "/abort";
  static_cast<void>(webhook.Send("POST", path, nullptr));
  auto ended = Await(webhook, outcome.experiment, {Until::kOver, suite.timeout, suite.poll});
  if (ended) outcome.experiment = *ended;
  outcome.verdict = "timeout";
  return outcome;
}

Outcome Play(Service& webhook, const Suite& suite, const Suite::Item& item) {
  Outcome outcome{item, "not begun", "", nullptr};
  Json wanted{{"domain", item.domain}, {"fault", item.fault}, {"request_id", remote::RequestIdOf({})}};
  if (!item.name.empty()) wanted["experiment"] = item.name;
  const auto begun = Begin(webhook, wanted);
  if (!begun) {
    outcome.reason = begun.error().message;
    return outcome;
  }
  outcome.experiment = *begun;
  const auto ended = Await(webhook, *begun, {Until::kOver, suite.timeout, suite.poll});
  if (!ended) {
    outcome.reason = ended.error().message;
    return GiveUp(webhook, suite, outcome);
  }
  outcome.experiment = *ended;
  outcome.verdict = VerdictOf(*ended);
  outcome.reason = Cell(At(*ended, "reason"));
  return outcome;
}

std::string OutcomesText(const std::vector<Outcome>& outcomes) {
  std::vector<std::vector<std::string>> lines = {{"ID", "DOMAIN", "FAULT", "VERDICT", "REASON"}};
  for (const Outcome& of : outcomes) {
    lines.push_back(
        {Cell(At(of.experiment, "id")), Cell(of.item.domain), Cell(of.item.fault), of.verdict, Cell(of.reason)});
  }
  return remote::Columns(lines);
}

Result<void> WriteReports(const Options& options, const Suite& suite, const std::vector<Outcome>& outcomes) {
  if (options.folder.empty()) return {};
  std::vector<Json> experiments;
  for (const Outcome& of : outcomes) {
    if (of.experiment.is_object()) experiments.push_back(of.experiment);
  }
  auto account = Gather(options.prometheus_url, experiments);
  if (!account) return account.error();
  account->title = suite.name;
  std::error_code error;
  std::filesystem::create_directories(options.folder, error);
  if (error) return Error{ErrorCode::kUnavailable, options.folder + ": " + error.message()};
  if (auto written = WriteFile(options.folder + "/report.json", AccountJson(*account)); !written) return written;
  return WriteFile(options.folder + "/report.html", Page(*account));
}

}  // namespace

Result<Suite> LoadSuite(const std::string& path) {
  const auto document = config::Document::Load(path);
  if (!document) return document.error();
  Suite suite = Decode(document->Root().AsMap());
  if (auto done = document->Finish(); !done) return done.error();
  return suite;
}

Printed PlayGameDay(const Options& options) {
  const auto suite = LoadSuite(options.file);
  if (!suite) return suite.error();
  auto webhook = Service::Webhook(options);
  if (!webhook) return webhook.error();
  std::vector<Outcome> outcomes;
  std::size_t passed = 0;
  for (const Suite::Item& item : suite->experiments) {
    outcomes.push_back(Play(*webhook, *suite, item));
    if (outcomes.back().verdict == "passed") ++passed;
  }
  const std::string text = OutcomesText(outcomes);
  auto written = WriteReports(options, *suite, outcomes);
  if (written && passed == outcomes.size()) return text;
  std::printf("%s", text.c_str());
  if (!written) return written.error();
  return Error{ErrorCode::kConflict, std::to_string(passed) + " of " + std::to_string(outcomes.size()) + " passed"};
}

}  // namespace forewarn::trials

// SPDX-License-Identifier: Apache-2.0
#include "tests/e2e/demo/watch.h"

#include <cmath>
#include <limits>
#include <nlohmann/json.hpp>

namespace forewarn::demo {
namespace {

using base::Error;
using base::ErrorCode;
using base::Result;

constexpr double kStep = 1;  // s, as Prometheus scrapes
constexpr auto kTimeout = std::chrono::seconds(2);
constexpr std::size_t kMaxBody = 1 << 20;
constexpr const char* kDeeds = "/api/v1/mitigations";
constexpr const char* kTrials = "/api/v1/experiments";

// The rows of `expr`, told apart by the label `what`.
std::string Named(const std::string& what, const std::string& expr) {
  return "label_replace(" + expr + ",\"what\",\"" + what + "\",\"\",\"\")";
}

std::string OfService(const std::string& expr) {
  return "max by (domain) (label_replace(" + expr + ",\"domain\",\"$1\",\"service\",\"(.+)\"))";
}

std::string LookQuery(const Scenario& scenario) {
  const std::string fault = "fault=\"" + scenario.fault + "\"";
  const auto alert = [&](const char* name) {
    return "max by (domain) (ALERTS{alertstate=\"firing\",alertname=\"" + std::string(name) + "\"," + fault + "})";
  };
  return Named("confidence", "max by (domain) (forewarn_fault_confidence_ratio{" + fault + "})") + " or " +
         Named("expected", "min by (domain) (forewarn_fault_expected_timestamp_seconds{" + fault + "})") + " or " +
         Named("notified", alert("ForewarnFaultPredicted")) + " or " + Named("due", alert("ForewarnMitigationDue")) +
         " or " + Named("signal", "max by (domain) (" + scenario.signal_query + ")") + " or " +
         Named("latency", OfService("avg_over_time(probe_duration_seconds[2s])")) + " or " +
         Named("success", OfService("avg_over_time(probe_success[2s])")) + " or " +
         Named("broken", OfService(kBrokenDown));
}

std::string TextOf(const nlohmann::json& value) { return value.is_string() ? value.get<std::string>() : ""; }

double NumberOf(const nlohmann::json& value) { return value.is_number() ? value.get<double>() : 0; }

Deed DecodeDeed(const nlohmann::json& json) {
  Deed deed;
  const auto& applied = json.at("times").at("applied");
  if (applied.is_number()) deed.time = applied.get<double>();
  deed.domain = TextOf(json.at("domain"));
  deed.fault = TextOf(json.at("fault"));
  if (json.at("confidence").is_number()) deed.confidence = json.at("confidence").get<double>();
  deed.actuator = TextOf(json.at("actuator"));
  deed.from = json.at("from").dump();
  deed.to = json.at("to").dump();
  deed.outcome = TextOf(json.at("outcome"));
  return deed;
}

// Newest first, as the webhook says it; oldest first here.
Result<std::vector<Deed>> DecodeDeeds(const std::string& body) {
  std::vector<Deed> deeds;
  try {
    const auto json = nlohmann::json::parse(body);
    for (const auto& one : json.at("data").at("mitigations")) {
      if (one.at("purpose") == "mitigate") deeds.insert(deeds.begin(), DecodeDeed(one));
    }
  } catch (const nlohmann::json::exception& error) {
    return Error{ErrorCode::kInvalid, std::string(kDeeds) + ": " + error.what()};
  }
  return deeds;
}

Result<std::vector<Trial>> DecodeTrials(const std::string& body) {
  std::vector<Trial> trials;
  try {
    const auto json = nlohmann::json::parse(body);
    for (const auto& one : json.at("data").at("experiments")) {
      if (!one.at("target").is_object()) continue;  // refused before it had one
      trials.insert(trials.begin(),
                    {TextOf(one.at("domain")), TextOf(one.at("target").at("domain")), TextOf(one.at("phase")),
                     TextOf(one.at("verdict")), one.at("mitigation").get<std::vector<std::string>>(),
                     NumberOf(one.at("severities").at("predicted")), NumberOf(one.at("severities").at("injected"))});
    }
  } catch (const nlohmann::json::exception& error) {
    return Error{ErrorCode::kInvalid, kTrials + std::string(": ") + error.what()};
  }
  return trials;
}

}  // namespace

double Sight::Of(const std::string& twin, const std::string& what) const {
  const auto values = twins.find(twin);
  if (values == twins.end()) return std::numeric_limits<double>::quiet_NaN();
  const auto value = values->second.find(what);
  return value == values->second.end() ? std::numeric_limits<double>::quiet_NaN() : value->second;
}

Result<Watch> Watch::Create(const Site& site, const Scenario& scenario) {
  Watch watch(scenario);
  promql::ClientOptions source;
  source.url = site.prometheus;
  source.timeout = kTimeout;
  auto prometheus = promql::Client::Create(std::move(source));
  if (!prometheus) return prometheus.error();
  auto webhook = http::Client::Create("http://" + site.webhook, {}, "forewarn-demo");
  if (!webhook) return webhook.error();
  watch.prometheus_ = std::move(*prometheus);
  watch.webhook_ = std::move(*webhook);
  return watch;
}

Result<void> Watch::Rehearse(int number) {
  http::ClientRequest request;
  request.method = "POST";
  request.path = kTrials;
  request.content_type = "application/json";
  request.body =
      nlohmann::json{
          {"domain", kProtected}, {"fault", scenario_->fault}, {"request_id", "rehearsal-" + std::to_string(number)}}
          .dump();
  const auto answer = webhook_->Send(request, kTimeout, kMaxBody);
  if (!answer) return answer.error();
  if (answer->status / 100 == 2) return {};
  return Error{ErrorCode::kConflict, std::string(kTrials) + ": " + answer->body};
}

Result<Sight> Watch::Look() {
  const auto rows = prometheus_->Query(LookQuery(*scenario_), 0);
  if (!rows) return rows.error();
  Sight sight;
  sight.time = rows->time;
  for (std::size_t row = 0; row < rows->size(); ++row) {
    sight.twins[std::string(rows->Label(row, "domain"))][std::string(rows->Label(row, "what"))] = rows->values[row];
  }
  auto deeds = Deeds();
  if (!deeds) return deeds.error();
  sight.deeds = std::move(*deeds);
  auto trials = Trials();
  if (!trials) return trials.error();
  sight.trials = std::move(*trials);
  return sight;
}

Result<Findings> Watch::Measure(double start) {
  const double end = base::ToSeconds(base::SystemClock().Now());
  Findings findings;
  findings.fault = scenario_->fault;
  for (const char* twin : kTwins) {
    auto arm = MeasureArm(twin, start, end);
    if (!arm) return arm.error();
    findings.arms[twin] = *arm;
    auto prediction = FirstPrediction(twin, start, end);
    if (!prediction) return prediction.error();
    if (*prediction) findings.predictions.push_back(**prediction);
  }
  auto deeds = Deeds();
  if (!deeds) return deeds.error();
  findings.mitigations = std::move(*deeds);
  auto trials = Trials();
  if (!trials) return trials.error();
  findings.experiments = std::move(*trials);
  std::erase_if(findings.experiments, [](const Trial& trial) { return trial.verdict.empty(); });  // refused
  return findings;
}

Result<Arm> Watch::MeasureArm(const std::string& twin, double start, double end) {
  const auto series =
      prometheus_->QueryRange(std::string(kBrokenDown) + "{service=\"" + twin + "\"}", start, end, kStep);
  if (!series) return series.error();
  if (series->size() != 1) return Error{ErrorCode::kNotFound, "Prometheus has no " + std::string(kBrokenDown)};
  const auto& [_, times, values] = series->front();
  Arm arm;
  arm.measured = static_cast<double>(times.size()) * kStep / (end - start);
  for (std::size_t i = 0; i < values.size() && !arm.breach_time; ++i) {
    if (values[i] > 0) arm.breach_time = times[i];
  }
  return arm;
}

Result<std::optional<Prediction>> Watch::FirstPrediction(const std::string& twin, double start, double end) {
  const std::string selector = "{domain=\"" + twin + "\",fault=\"" + scenario_->fault + "\"}";
  const std::string confidence = "max by (domain,fault) (forewarn_fault_confidence_ratio" + selector + ")";
  const std::string due =
      "(" + confidence + " >= on (fault) group_left () max by (fault) (forewarn_threshold_ratio{stage=\"mitigate\"}))";
  // The series say when the tick was that they are of.
  const auto tick = FirstValue("max(forewarn_last_success_timestamp_seconds) and on () " + due, start, end);
  if (!tick) return tick.error();
  const auto value = FirstValue(due, start, end);
  if (!value) return value.error();
  if (!*tick || !*value) return std::optional<Prediction>();
  const auto expected =
      FirstValue("min(forewarn_fault_expected_timestamp_seconds" + selector + ") and on () " + due, start, end);
  if (!expected) return expected.error();
  return std::optional(Prediction{**tick, twin, scenario_->fault, **value, *expected});
}

Result<std::optional<double>> Watch::FirstValue(const std::string& expr, double start, double end) {
  const auto series = prometheus_->QueryRange(expr, start, end, kStep);
  if (!series) return series.error();
  if (series->empty() || series->front().values.empty()) return std::optional<double>();
  return std::optional(series->front().values.front());
}

Result<std::string> Watch::Ask(const std::string& path) {
  http::ClientRequest request;
  request.path = path;
  auto answer = webhook_->Send(request, kTimeout, kMaxBody);
  if (!answer) return answer.error();
  if (answer->status == 200) return answer->body;
  return Error{ErrorCode::kUnavailable, path + ": status " + std::to_string(answer->status)};
}

Result<std::vector<Deed>> Watch::Deeds() {
  auto body = Ask(kDeeds);
  return body ? DecodeDeeds(*body) : body.error();
}

Result<std::vector<Trial>> Watch::Trials() {
  auto body = Ask(kTrials);
  return body ? DecodeTrials(*body) : body.error();
}

}  // namespace forewarn::demo

// SPDX-License-Identifier: Apache-2.0
// The binary against a source whose webhook has injected faults: what that does to the accuracy of signatures.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>
#include <cmath>
#include <csignal>
#include <functional>
#include <map>
#include <nlohmann/json.hpp>

#include "tests/exporter/bench.h"

namespace forewarn::exporter {
namespace {

using Json = nlohmann::json;
using testing::HasSubstr;
using testing::Not;

double Now() { return std::chrono::duration<double>(std::chrono::system_clock::now().time_since_epoch()).count(); }

// What a Prometheus would answer, as functions of the time: one instance, whose disk was throttled for a minute.
class Source {
 public:
  Source() {
    std::vector<http::Route> routes(2);
    for (auto& route : routes) route.method = "GET";
    routes[0].path = "/api/v1/query";
    routes[0].handler = [this](const http::Request& request) { return Instant(request.query); };
    routes[1].path = "/api/v1/query_range";
    routes[1].handler = [this](const http::Request& request) { return Range(request.query); };
    http::ServerOptions options;
    options.listen = {"127.0.0.1:0"};
    server_ = std::move(http::Server::Start(options, std::move(routes)).value());
  }
  std::string url() const { return "http://127.0.0.1:" + std::to_string(server_->ports()[0]); }
  // Of a fault that shows nothing.
  void InjectLeak(double seconds) { leak_until_ = Now() + seconds; }

  static constexpr double kInjected = 300, kEnded = 240, kUnmarked = 180;  // s before the start

 private:
  using Query = std::map<std::string, std::string>;
  using Row = std::pair<Json, std::function<double(double)>>;  // labels; a value that is NaN is none

  // 0 in peace, 1 in the midst of the injection.
  double Throttled(double time) const {
    const double since = time - (start_ - kInjected);
    return since < 0 || time > start_ - kEnded ? 0 : std::min(since / 50, 1.0);
  }
  std::vector<Row> Rows(const std::string& expr) const {
    const auto noisy = [](double value, double by) { return [=](double t) { return value + by * std::sin(t * t); }; };
    const auto between = [](double from, double to) {
      return [=](double t) { return t >= from && t <= to ? 1 : std::nan(""); };
    };
    const Json vm1 = {{"domain", "vm1"}}, disk = {{"domain", "vm1"}, {"fault", "DiskContention"}},
               leak = {{"domain", "vm1"}, {"fault", "MemoryLeak"}};
    const auto is = [&](const char* series) { return expr.find(series) != std::string::npos; };
    if (expr == "busy") return {{vm1, [this](double t) { return 0.15 + 0.6 * Throttled(t) + 0.01 * std::sin(t * t); }}};
    if (expr == "latency") return {{vm1, [this](double t) { return 0.002 + 0.01 * Throttled(t); }}};
    if (expr == "memory") return {{vm1, noisy(0.4, 0.002)}};
    if (is("forewarn_experiment_active")) return {{disk, between(start_ - kInjected - 10, start_ - kUnmarked)}};
    if (is("forewarn_injection_active"))
      return {{disk, between(start_ - kInjected, start_ - kEnded)}, {leak, between(start_, leak_until_)}};
    if (!is("forewarn_mitigation_success_ratio")) return {};
    Json success = {{"fault", "DiskContention"}, {"actuator", "disk_io"}, {"moment", "mean"}}, deviation = success;
    deviation["moment"] = "deviation";
    return {{success, noisy(0.5, 0)}, {deviation, noisy(0.28, 0)}};
  }

  static http::Response Answer(const char* type, Json result) {
    return http::Json(
        200, Json{{"status", "success"}, {"data", {{"resultType", type}, {"result", std::move(result)}}}}.dump());
  }
  http::Response Instant(const Query& query) const {
    const double time = std::stod(query.at("time"));
    Json result = Json::array();
    for (const auto& [labels, value] : Rows(query.at("query"))) {
      if (!std::isnan(value(time)))
        result.push_back({{"metric", labels}, {"value", {time, std::to_string(value(time))}}});
    }
    return Answer("vector", std::move(result));
  }
  http::Response Range(const Query& query) const {
    const double start = std::stod(query.at("start")), end = std::stod(query.at("end")),
                 step = std::stod(query.at("step"));
    Json result = Json::array();
    for (const auto& [labels, value] : Rows(query.at("query"))) {
      Json values = Json::array();
      for (double time = start; time <= end; time += step) {
        if (!std::isnan(value(time))) values.push_back({time, std::to_string(value(time))});
      }
      if (!values.empty()) result.push_back({{"metric", labels}, {"values", std::move(values)}});
    }
    return Answer("matrix", std::move(result));
  }

  const double start_ = std::floor(Now());
  std::atomic<double> leak_until_ = 0;
  std::unique_ptr<http::Server> server_;  // last: its handlers use the others
};

class ExperimentsTest : public testing::Test {
 protected:
  void Start() {
    const std::string config = "source: {url: '" + source_.url() +
                               "', timeout: 5s}\ntick: 1s\ntraining: {history: 10m}\nstate: {directory: '" +
                               directory_.Path("state") +
                               "'}\nsignals:\n  define:\n    disk_utilisation: {expr: busy, unit: ratio}\n"
                               "    disk_latency: {expr: latency, unit: seconds}\n"
                               "    memory_pressure: {expr: memory, unit: ratio}\n";
    binary_.reset();
    binary_.emplace(directory_, std::vector<std::string>{"--config.file=" + directory_.Write("exporter.yaml", config),
                                                         "--web.listen-address=127.0.0.1:0"});
    ASSERT_TRUE(binary_->Listening()) << binary_->Log();
    ASSERT_TRUE(binary_->WaitForMetric("forewarn_up 1\n")) << binary_->Log();
  }
  double Value(const std::string& series) {
    const std::string metrics = "\n" + binary_->Metrics();
    const auto at = metrics.find("\n" + series + " ");
    return at == std::string::npos ? -1 : std::stod(metrics.substr(at + series.size() + 2));
  }

  TemporaryDirectory directory_;
  Source source_;
  std::optional<Binary> binary_;
};

constexpr char kRecognised[] = "forewarn_injections_recognised_total{fault=\"DiskContention\",recognised=\"true\"}";
constexpr char kMistaken[] = "forewarn_injections_recognised_total{fault=\"MemoryLeak\",recognised=\"false\"}";
constexpr char kDisk[] = "forewarn_signature_accuracy_ratio{fault=\"DiskContention\"}";
constexpr char kLeak[] = "forewarn_signature_accuracy_ratio{fault=\"MemoryLeak\"}";

TEST_F(ExperimentsTest, InjectedFaultsFlowIntoTheAccuracyOfTheirSignatures) {
  Start();
  EXPECT_EQ(Value(kRecognised), 1) << binary_->Log();
  EXPECT_NEAR(Value(kDisk), (0.9 * 20 + 0.25) / 20.25, 1e-4);  // what is injected has taught it
  for (const char* outcome : {"hit", "false_alarm", "missed", "mitigated"}) {
    EXPECT_THAT(binary_->Metrics(), HasSubstr("forewarn_prediction_outcomes_total{fault=\"DiskContention\",outcome=\"" +
                                              std::string(outcome) + "\"} 0\n"));
  }
  EXPECT_GT(Value("forewarn_experiment_value_ratio{fault=\"DiskContention\",domain=\"vm1\"}"), 0.6);
  EXPECT_THAT(binary_->Metrics(), Not(HasSubstr("forewarn_experiment_value_ratio{fault=\"MemoryLeak\"")));

  EXPECT_EQ(Value(kMistaken), 0);
  const double before = Value(kLeak);
  source_.InjectLeak(6);
  ASSERT_TRUE(binary_->WaitForMetric(std::string(kMistaken) + " 1\n")) << binary_->Log();
  EXPECT_LT(Value(kLeak), before);

  ASSERT_TRUE(testbed::WaitUntil(kPatience, [&] {
    return Value("forewarn_experiment_value_ratio{fault=\"DiskContention\",domain=\"vm1\"}") > 0;
  }));  // which there is none of while it is masked
  const double disk = Value(kDisk), leak = Value(kLeak);
  binary_->process().Signal(SIGTERM);
  ASSERT_TRUE(testbed::WaitUntil(kPatience, [&] { return !binary_->process().Running(); }));
  Start();
  EXPECT_EQ(Value(kRecognised), 1) << "after a restart";
  EXPECT_EQ(Value(kMistaken), 1) << "after a restart";
  EXPECT_NEAR(Value(kDisk), disk, 1e-4);
  EXPECT_NEAR(Value(kLeak), leak, 1e-4);
}

}  // namespace
}  // namespace forewarn::exporter

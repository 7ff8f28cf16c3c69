// SPDX-License-Identifier: Apache-2.0
#include "tests/campaigns/disk/webhook.h"

#include <fstream>
#include <nlohmann/json.hpp>
#include <sstream>

#include "common/base/clock.h"

namespace forewarn::disk {
namespace {

using Json = nlohmann::json;
constexpr std::chrono::seconds kStartTime{60};

}  // namespace

Telemetry::Telemetry() {
  const auto handler = [this](const http::Request& request) { return Answer(request.body); };
  server_ = http::Server::Start({.listen = {"127.0.0.1:0"}}, {{"POST", "/api/v1/query", handler}}).value();
}

http::Response Telemetry::Answer(const std::string& form) const {
  const double now = base::ToSeconds(base::SystemClock().Now());
  Json rows = Json::array();
  const auto add = [&](Json labels, double value) {
    rows.push_back({{"metric", std::move(labels)}, {"value", {now, std::to_string(value)}}});
  };
  if (form.find("query=symptom") != std::string::npos) {
    add({{"domain", "test"}}, symptom);
  } else {
    add({{"__name__", "forewarn_fault_confidence_ratio"}, {"domain", "test"}, {"fault", "MemoryLeak"}}, 0.9);
    add({{"forewarn_stat", "sampled"}, {"domain", "test"}, {"fault", "MemoryLeak"}}, now);
    add({{"__name__", "forewarn_threshold_ratio"}, {"fault", "MemoryLeak"}, {"stage", "mitigate"}}, 0.7);
  }
  const Json data{{"resultType", "vector"}, {"result", std::move(rows)}};
  return http::Json(200, Json{{"status", "success"}, {"data", data}}.dump());
}

void Webhook::Configure(const std::string& telemetry, const std::string& hypervisor) const {
  std::ofstream(directory_ + "/webhook.yaml")
      << "source: {url: '" << telemetry << "', timeout: 2s}\njournal: {path: '" << journal()
      << "'}\nkill_switch: {file: '" << directory_ << "/kill'}\nhypervisors: [{name: host1, uri: '" << hypervisor
      << "'}]\ntargets: [{domain: test}]\npolicies:\n  MemoryLeak:\n    mode: act\n    steps: [memory]\n    expiry: "
         "1s\n"
      << "    verify: {expr: 'symptom{domain=\"$domain\"}', deadline: 3s}\n"
      << "guard: {allow: [test]}\n";
}

bool Webhook::Start(std::vector<std::string> prefix) {
  const std::string log = directory_ + "/log";
  std::ofstream(log).close();
  for (const std::string& word : {std::string(FOREWARN_WEBHOOK), "--config.file=" + directory_ + "/webhook.yaml",
                                  std::string("--web.listen-address=127.0.0.1:0")}) {
    prefix.push_back(word);
  }
  auto started = testbed::Process::Start({.argv = prefix, .log = log});
  if (!started) return false;
  process_.emplace(std::move(*started));
  const auto ready = [this] { return Log().find("port=") != std::string::npos; };
  testbed::WaitUntil(kStartTime, [&] { return ready() || !Running(); });
  if (!ready()) return false;
  url_ = "http://127.0.0.1:" + Log().substr(Log().find("port=") + 5);
  url_.resize(url_.find('\n'));
  return true;
}

void Webhook::Stop() {
  if (process_) process_->Stop();
}

void Webhook::Kill() {
  if (!process_) return;
  process_->Kill();
  process_->Wait();
}

std::string Webhook::Log() const {
  std::ostringstream text;
  text << std::ifstream(directory_ + "/log").rdbuf();
  return text.str();
}

http::ClientResponse Webhook::Call(const std::string& method, const std::string& path, const std::string& body) {
  auto client = http::Client::Create(url_, {}, "campaign");
  http::ClientRequest request;
  request.method = method;
  request.path = path;
  request.body = body;
  if (!body.empty()) request.content_type = "application/json";
  auto response = (*client)->Send(request, std::chrono::seconds(10), 1 << 20);
  return response ? *response : http::ClientResponse{};
}

http::ClientResponse Webhook::Get(const std::string& path) { return Call("GET", path, ""); }

int Webhook::Post(const std::string& domain) {
  const Json labels{{"domain", domain}, {"fault", "MemoryLeak"}, {"purpose", "mitigate"}};
  const Json alert{{"status", "firing"},
                   {"labels", labels},
                   {"startsAt", "2026-11-24T02:10:40Z"},
                   {"fingerprint", "32e6a1df50e93ff7"}};
  return Call("POST", "/api/v1/alerts", Json{{"version", "4"}, {"alerts", {alert}}}.dump()).status;
}

}  // namespace forewarn::disk

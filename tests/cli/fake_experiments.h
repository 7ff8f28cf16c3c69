// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cmath>
#include <mutex>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "common/http/server.h"

namespace forewarn::cli {

// A webhook whose experiments go as their fault is named (Good, Bad, Refused, Conflict, Endless), a step each time that
// one is asked about; and a Prometheus that remembers their signal.
class FakeExperiments {
 public:
  FakeExperiments() {
    http::ServerOptions options;
    options.listen = {"127.0.0.1:0"};
    const std::string all = "/api/v1/experiments";
    const auto to = [this](http::Response (FakeExperiments::*does)(const http::Request&)) {
      return [this, does](const http::Request& request) {
        const std::lock_guard lock(mutex_);
        return (this->*does)(request);
      };
    };
    auto server = http::Server::Start(options, {{"GET", all, to(&FakeExperiments::List)},
                                                {"POST", all, to(&FakeExperiments::Ask)},
                                                {"GET", all + "/*", to(&FakeExperiments::Show)},
                                                {"POST", all + "/*", to(&FakeExperiments::Abort)},
                                                {"GET", "/api/v1/query_range", to(&FakeExperiments::Range)}});
    if (server) server_ = std::move(*server);
  }
  std::string url() const { return "http://127.0.0.1:" + std::to_string(server_->ports()[0]); }
  int begun() {
    return Locked([this] { return static_cast<int>(all_.size()); });
  }
  int aborted() {
    return Locked([this] { return aborted_; });
  }
  int ranges() {
    return Locked([this] { return ranges_; });
  }
  std::vector<std::string> bodies() {
    const std::lock_guard lock(mutex_);
    return bodies_;
  }

 private:
  using Json = nlohmann::json;

  template <class What>
  int Locked(What what) {
    const std::lock_guard lock(mutex_);
    return what();
  }

  static http::Response Data(Json data, int status = 200) {
    return http::Json(status, Json{{"status", "success"}, {"data", std::move(data)}}.dump());
  }
  http::Response List(const http::Request&) {
    Json newest = Json::array();
    for (auto one = all_.rbegin(); one != all_.rend(); ++one) newest.push_back(*one);
    return Data({{"experiments", newest}});
  }
  http::Response Ask(const http::Request& request) {
    bodies_.push_back(request.body);
    const Json wanted = Json::parse(request.body);
    Json one = Fresh(wanted);
    if (request.query.contains("dry_run")) {
      one["refusals"] = {{{"rail", "not_steady"}, {"why", "it is not"}, {"passing", true}}};
      one["changes"] = {ChangeJson("disk_io", true)};
      return Data(one);
    }
    if (wanted["fault"] == "Conflict") return http::Problem(409, "an experiment is open");
    all_.push_back(one);
    return Data({{"experiments", {one}}}, 202);
  }
  http::Response Show(const http::Request& request) {
    const auto number = static_cast<std::size_t>(std::stoi(request.path.substr(request.path.rfind('/') + 1)));
    if (number > all_.size()) return http::Problem(404, "no such experiment");
    Json& one = all_[number - 1];
    http::Response response = Data({{"experiments", {one}}});
    if (one["fault"] != "Endless") GoOn(one);
    return response;
  }
  http::Response Abort(const http::Request&) {
    ++aborted_;
    return Data({{"experiments", {all_.empty() ? Fresh({{"domain", "d"}, {"fault", "F"}}) : all_.back()}}}, 202);
  }
  http::Response Range(const http::Request& request) {
    ++ranges_;
    const double start = std::stod(request.query.at("start")), end = std::stod(request.query.at("end")),
                 step = std::stod(request.query.at("step"));
    Json values = Json::array();
    for (double time = start; time <= end; time += step) values.push_back({time, std::to_string(std::sin(time))});
    return Data({{"resultType", "matrix"}, {"result", {{{"metric", {{"domain", "web-2"}}}, {"values", values}}}}});
  }

  static Json ChangeJson(const std::string& actuator, bool injection) {
    return {{"actuator", actuator},
            {"subject", {{"domain", "web-2"}, {"uuid", "u2"}, {"hypervisor", "h1"}}},
            {"from", {{"vda.total_iops_sec", 150}}},
            {"to", {{"vda.total_iops_sec", 100}}},
            {"injection", injection},
            {"outcome", nullptr},
            {"reason", nullptr}};
  }
  Json Fresh(const Json& wanted) const {
    return {{"id", all_.size() + 1},
            {"name", "mild"},
            {"domain", wanted["domain"]},
            {"fault", wanted["fault"]},
            {"target", {{"domain", "web-2"}, {"uuid", "u2"}, {"hypervisor", "h1"}}},
            {"open", true},
            {"phase", "steady"},
            {"severities", {{"predicted", 0.5}, {"injected", 0.1}}},
            {"mitigation", {"memory"}},
            {"signal", "symptom{domain=\"web-2\"}"},
            {"symptoms", {{"calm", 1}, {"shown", 2}, {"eased", 1.2}}},
            {"verdict", nullptr},
            {"reason", nullptr},
            {"started_by", "ann"},
            {"times", {{"alerted", kStart}, {"ends", nullptr}, {"marked_until", nullptr}, {"closed", nullptr}}},
            {"events", Json::array()},
            {"changes", Json::array()}};
  }
  // A step further.
  static void GoOn(Json& one) {
    const auto fault = one["fault"].get<std::string>(), phase = one["phase"].get<std::string>();
    if (fault == "Refused") {
      one["open"] = false, one["phase"] = "over", one["reason"] = "not_steady: it is not";
    } else if (phase == "steady") {
      one["phase"] = "injecting";
      one["events"].push_back({{"time", kStart + 10}, {"what", "injected"}, {"symptom", nullptr}});
      for (const bool injection : {true, false}) {
        one["changes"].push_back(ChangeJson(injection ? "disk_io" : "memory", injection));
        const double applied = kStart + (injection ? 10 : 30);
        one["changes"].back()["times"] = {
            {"intended", applied}, {"applied", applied}, {"verified", nullptr}, {"reverted", kStart + 60}};
      }
    } else if (phase == "injecting") {
      one["phase"] = "cooling";
      one["verdict"] = fault == "Good" ? "passed" : "failed";
      one["reason"] = fault == "Good" ? "relieved: symptom 2 to 1.2" : "why\x1b[2J so";
    } else {
      one["phase"] = "over", one["open"] = false;
      one["times"]["closed"] = kStart + 90;
    }
  }

  static constexpr double kStart = 1764000000;
  std::mutex mutex_;
  std::vector<Json> all_;
  std::vector<std::string> bodies_;
  int aborted_ = 0, ranges_ = 0;
  std::unique_ptr<http::Server> server_;
};

}  // namespace forewarn::cli

// SPDX-License-Identifier: Apache-2.0
#include "webhook/api/experiments.h"

#include <gmock/gmock.h>

#include <nlohmann/json.hpp>

#include "tests/webhook/engine/pipe_fixture.h"
#include "webhook/api/routes.h"

namespace forewarn::api {
namespace {

using Json = nlohmann::json;
using journal::Episode;
using journal::Phase;

// A course that only says what it would do: the API shows what the journal holds.
class Planned : public engine::Course {
 public:
  std::optional<base::Duration> Advance(Episode&) override { return std::nullopt; }
  std::optional<base::Duration> Heed(Episode&, journal::Wish, const std::string&) override { return std::nullopt; }
  engine::Preview Look(Episode episode) override {
    if (!episode.experiment) episode.experiment.emplace().name = "first";
    episode.experiment->target = {"web-2", "u2", "host1"};
    episode.experiment->injected = 0.1;
    journal::Change change;
    change.actuator = "disk_io";
    change.subject = episode.experiment->target;
    change.injection = true;
    episode.changes = {change};
    return {episode, {{"not_steady", "it is not", true}}};
  }
  bool Leave(Episode&) override { return true; }
};

class ExperimentsTest : public engine::PipeFixture {
 protected:
  ExperimentsTest() {
    parts_->courses["experiment"] = [](const engine::Parts&, std::shared_ptr<const engine::Rules>) {
      return std::make_unique<Planned>();
    };
    engine_ = engine::Engine::Start(*parts_, *rules_).value();
  }
  ~ExperimentsTest() override { engine_.reset(); }

  static http::Request Request(std::string body, const std::string& path = "/api/v1/experiments") {
    http::Request request;
    request.path = path;
    request.body = std::move(body);
    return request;
  }
  static Json Of(const http::Response& response) {
    return Json::parse(response.body).at("data").at("experiments").at(0);
  }
  std::string Path(const Episode& episode, const std::string& verb = "") {
    return "/api/v1/experiments/" + std::to_string(episode.id) + verb;
  }

  // One that has injected.
  Episode Begun() {
    alerts::Alert alert = AlertFor("web-1");
    alert.purpose = alerts::kExperiment;
    Episode episode = journal_->Admit({alert}, clock_.Now()).value().at(0).episode;
    journal::Experiment& trial = episode.experiment.emplace();
    trial.name = "mild";
    trial.target = {"web-2", "u2", "host1"};
    trial.phase = Phase::kInjecting;
    trial.rung = 0;
    trial.predicted = 0.5, trial.injected = 0.1, trial.calm = 1;
    trial.signal = "symptom{domain=\"web-2\"}";
    trial.started_by = "alert";
    trial.events = {{clock_.Now(), "announced", {}}};
    journal::Change change;
    change.actuator = "disk_io";
    change.from = R"({"value":"100"})", change.to = R"({"value":"90"})";
    change.injection = true;
    change.intended = clock_.Now();
    episode.changes = {change};
    EXPECT_TRUE(journal_->Save(episode));
    return episode;
  }

  std::unique_ptr<engine::Engine> engine_;
};

constexpr const char* kWanted = R"({"domain":"web-1","fault":"DiskContention","experiment":"mild","request_id":"r1"})";

TEST_F(ExperimentsTest, OneSaysWhatIsDoneToWhomAndWhatShowsIt) {
  const Episode episode = Begun();
  const http::Response response = OneExperiment(*engine_, Request("", Path(episode)));
  ASSERT_EQ(response.status, 200) << response.body;
  const Json one = Of(response);
  EXPECT_EQ(one["id"], episode.id);
  EXPECT_EQ(one["target"]["domain"], "web-2");
  EXPECT_EQ(one["phase"], "injecting");
  EXPECT_EQ(one["rung"], 0);
  EXPECT_EQ(one["severities"], Json::parse(R"({"predicted":0.5,"injected":0.1})"));
  EXPECT_EQ(one["symptoms"], Json::parse(R"({"calm":1.0,"shown":null,"eased":null})"));
  EXPECT_EQ(one["signal"], "symptom{domain=\"web-2\"}");
  EXPECT_TRUE(one["verdict"].is_null());
  EXPECT_EQ(one["events"][0]["what"], "announced");
  EXPECT_EQ(one["changes"][0]["injection"], true);
  EXPECT_TRUE(one["changes"][0]["times"]["intended"].is_number());
  EXPECT_EQ(one["open"], true);
}

TEST_F(ExperimentsTest, AreFilteredAndNoMitigations) {
  Begun();
  http::Request all = Request("");
  EXPECT_EQ(Json::parse(ListExperiments(*engine_, all).body)["data"]["experiments"].size(), 1u);
  for (const auto& [key, value] :
       std::map<std::string, std::string>{{"domain", "web-2"}, {"fault", "MemoryLeak"}, {"open", "false"}}) {
    http::Request filtered;
    filtered.query[key] = value;
    EXPECT_TRUE(Json::parse(ListExperiments(*engine_, filtered).body)["data"]["experiments"].empty()) << key;
  }
  all.query["limit"] = "0";
  EXPECT_EQ(ListExperiments(*engine_, all).status, 400);
  all.query = {{"open", "1"}};
  EXPECT_EQ(ListExperiments(*engine_, all).status, 400);
}

TEST_F(ExperimentsTest, AreAskedForOnceAndRememberWhoAsked) {
  const http::Response first = AskForExperiment(*engine_, Request(kWanted), "ann");
  ASSERT_EQ(first.status, 202) << first.body;
  EXPECT_EQ(Of(first)["name"], "mild");
  EXPECT_EQ(Of(first)["started_by"], "ann");
  EXPECT_EQ(Of(AskForExperiment(*engine_, Request(kWanted), "ann"))["id"], Of(first)["id"]);
  std::string other = kWanted;
  other.replace(other.find("r1"), 2, "r2");
  EXPECT_EQ(AskForExperiment(*engine_, Request(other), "ann").status, 409);
  other.replace(other.find("r2"), 2, "r1");
  other.replace(other.find("web-1"), 5, "web-2");
  EXPECT_EQ(AskForExperiment(*engine_, Request(other), "ann").status, 409);
  EXPECT_EQ(AskForExperiment(*engine_, Request("{}"), "ann").status, 400);
}

TEST_F(ExperimentsTest, ADryRunTouchesNothing) {
  const http::Response response = ExperimentPlan(*engine_, Request(kWanted));
  ASSERT_EQ(response.status, 200) << response.body;
  const Json plan = Json::parse(response.body)["data"];
  EXPECT_EQ(plan["target"]["domain"], "web-2");
  EXPECT_EQ(plan["severities"]["injected"], 0.1);
  EXPECT_EQ(plan["changes"][0]["injection"], true);
  EXPECT_EQ(plan["refusals"][0]["rail"], "not_steady");
  EXPECT_TRUE(journal_->Find({})->empty());
}

TEST_F(ExperimentsTest, ADryRunNeedsLessThanARealOne) {
  Access access;
  const auto routes = Routes({*engine_, access, {}, {}}, "/metrics");
  const auto ask = [&](const std::string& dry_run) {
    http::Request request = Request(kWanted);
    request.peer = "192.0.2.1";
    request.query["dry_run"] = dry_run;
    for (const http::Route& route : routes) {
      if (route.method == "POST" && route.path == request.path) return route.handler(request).status;
    }
    return 0;
  };
  EXPECT_EQ(ask("1"), 200);
  EXPECT_EQ(ask("0"), 403);
  EXPECT_EQ(ask("yes"), 403);
  EXPECT_TRUE(journal_->Find({})->empty());
}

TEST_F(ExperimentsTest, AreAbortedWhileThereIsSomethingToUndo) {
  Episode episode = Begun();
  const auto abort = [&] { return AbortExperiment(*engine_, Request("", Path(episode, "/abort")), "ann").status; };
  EXPECT_EQ(abort(), 202);
  EXPECT_EQ(abort(), 202);
  episode.experiment->phase = Phase::kSettling;
  ASSERT_TRUE(journal_->Save(episode));
  ASSERT_TRUE(engine_->parts().claims.Ask(episode.id, journal::Wish::kNone, ""));
  EXPECT_EQ(abort(), 409);
  episode.experiment->verdict = journal::Verdict::kAborted;
  episode.decided_by = "ann";
  ASSERT_TRUE(journal_->Save(episode));
  EXPECT_EQ(abort(), 202);
  EXPECT_EQ(AbortExperiment(*engine_, Request("", "/api/v1/experiments/77/abort"), "ann").status, 404);
  const Episode mitigation = Open("web-3");
  EXPECT_EQ(AbortExperiment(*engine_, Request("", Path(mitigation, "/abort")), "ann").status, 404);
  EXPECT_EQ(OneExperiment(*engine_, Request("", Path(mitigation))).status, 404);
}

}  // namespace
}  // namespace forewarn::api

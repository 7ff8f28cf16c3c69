// SPDX-License-Identifier: Apache-2.0
#include "webhook/api/experiments.h"

#include "webhook/api/asks.h"
#include "webhook/api/envelope.h"
#include "webhook/api/filter.h"
#include "webhook/api/people.h"
#include "webhook/api/render.h"

namespace forewarn::api {
namespace {

using base::Error;
using base::ErrorCode;
using engine::Engine;
using journal::Episode;
using journal::Wish;

http::Response Shown(const std::vector<Episode>& episodes, int status) {
  nlohmann::json experiments = nlohmann::json::array();
  for (const Episode& episode : episodes) experiments.push_back(ExperimentJson(episode));
  return Success({{"experiments", std::move(experiments)}}, status);
}

base::Result<Episode> FindExperiment(Engine& engine, std::int64_t id) {
  auto found = FindOne(engine, id);
  if (!found || found->purpose == alerts::kExperiment) return found;
  return Error{ErrorCode::kNotFound, "no such experiment: " + std::to_string(id)};
}

base::Result<Engine::Asked> AskedOf(const http::Request& request, const std::string& by) {
  auto wanted = ParseWantedExperiment(request.body);
  if (!wanted) return wanted.error();
  return Engine::Asked{wanted->domain,    wanted->fault, by, wanted->request_id, std::string(alerts::kExperiment),
                       wanted->experiment};
}

// Whether it has been granted already.
bool Aborted(const Episode& episode) {
  if (episode.wish == Wish::kRevert) return true;
  const bool aborted = episode.experiment && episode.experiment->verdict == journal::Verdict::kAborted;
  return aborted && !episode.decided_by.empty();
}

bool TooLate(const Episode& episode) {
  return episode.closed || (episode.experiment && episode.experiment->phase >= journal::Phase::kReverting);
}

}  // namespace

base::Result<Episode> Abort(Engine& engine, std::int64_t id, const std::string& by) {
  auto episode = FindExperiment(engine, id);
  if (!episode || Aborted(*episode)) return episode;
  if (TooLate(*episode)) return Error{ErrorCode::kConflict, "the experiment is undone, or being undone"};
  if (auto left = engine.Ask(id, Wish::kRevert, by); !left) {
    const bool closed = left.error().code == ErrorCode::kNotFound;  // meanwhile
    return closed ? Error{ErrorCode::kConflict, "the experiment is over"} : left.error();
  }
  return FindExperiment(engine, id);
}

http::Response ListExperiments(Engine& engine, const http::Request& request) {
  auto filter = FilterOf(request);
  if (!filter) return Failure(filter.error());
  filter->purpose = alerts::kExperiment;
  const auto episodes = engine.parts().journal.Find(*filter);
  return episodes ? Shown(*episodes, 200) : http::Problem(503, episodes.error().message);
}

http::Response OneExperiment(Engine& engine, const http::Request& request) {
  const auto action = ParseExperimentAction(request.path);
  if (!action) return Failure(action.error());
  if (action->wish != Wish::kNone) return NeedsPost();
  const auto episode = FindExperiment(engine, action->id);
  return episode ? Shown({*episode}, 200) : Failure(episode.error());
}

http::Response AskForExperiment(Engine& engine, const http::Request& request, const std::string& by) {
  const auto asked = AskedOf(request, by);
  if (!asked) return Failure(asked.error());
  const auto episode = Ask(engine, *asked);
  return episode ? Shown({*episode}, kAccepted) : Failure(episode.error());
}

http::Response ExperimentPlan(Engine& engine, const http::Request& request) {
  const auto asked = AskedOf(request, "");
  return asked ? Success(ExperimentPlanJson(engine.Look(*asked))) : Failure(asked.error());
}

http::Response AbortExperiment(Engine& engine, const http::Request& request, const std::string& by) {
  const auto action = ParseExperimentAction(request.path);
  if (!action) return Failure(action.error());
  if (action->wish == Wish::kNone) return http::Problem(404, "no such action: abort");
  const auto episode = Abort(engine, action->id, by);
  return episode ? Shown({*episode}, kAccepted) : Failure(episode.error());
}

}  // namespace forewarn::api

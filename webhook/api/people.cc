// SPDX-License-Identifier: Apache-2.0
#include "webhook/api/people.h"

#include "webhook/api/asks.h"
#include "webhook/api/envelope.h"
#include "webhook/api/render.h"

namespace forewarn::api {
namespace {

using base::Error;
using base::ErrorCode;
using journal::Approval;
using journal::Episode;
using journal::State;
using journal::Wish;

constexpr int kAccepted = 202;

http::Response Shown(const Episode& episode, int status) {
  nlohmann::json mitigations = nlohmann::json::array();
  AppendMitigations(episode, mitigations);
  return Success({{"mitigations", std::move(mitigations)}}, status);
}

base::Result<Episode> FindOne(engine::Engine& engine, std::int64_t id) {
  journal::Filter filter;
  filter.id = id;
  auto found = engine.parts().journal.Find(filter);
  if (!found) return found.error();
  if (found->empty()) return Error{ErrorCode::kNotFound, "no such mitigation: " + std::to_string(id)};
  return found->front();
}

// Whether it has been granted already.
bool Has(const Episode& episode, Wish wish) {
  if (episode.wish == wish) return true;
  if (wish == Wish::kApprove) return episode.approval == Approval::kGranted;
  return wish == Wish::kRefuse && episode.approval == Approval::kRefused;
}

// Why it can no longer be had.
std::optional<std::string> TooLate(const Episode& episode, Wish wish) {
  if (episode.closed) return "the mitigation is closed";
  if (wish != Wish::kRevert && episode.state != State::kWaiting) return "the mitigation does not wait for a person";
  return std::nullopt;
}

std::string Parameter(const http::Request& request, const char* name) {
  const auto found = request.query.find(name);
  return found == request.query.end() ? std::string() : found->second;
}

}  // namespace

http::Response OneMitigation(engine::Engine& engine, const http::Request& request) {
  auto action = ParseAction(request.path);
  if (!action) return Failure(action.error());
  if (action->wish != Wish::kNone) {
    http::Response refusal = http::Problem(405, "This endpoint requires a POST request.");
    refusal.headers["Allow"] = "POST";
    return refusal;
  }
  const auto episode = FindOne(engine, action->id);
  return episode ? Shown(*episode, 200) : Failure(episode.error());
}

http::Response AskForMitigation(engine::Engine& engine, const http::Request& request, const std::string& by) {
  const auto wanted = ParseWanted(request.body);
  if (!wanted) return Failure(wanted.error());
  const engine::Engine::Asked asked{wanted->domain, wanted->fault, by, wanted->request_id};
  auto episode = engine.Request(asked);
  // Of two that come together one is told of a conflict with the other.
  if (!episode && episode.error().code == ErrorCode::kConflict) episode = engine.Request(asked);
  if (!episode) return Failure(episode.error());
  if (episode->domain != wanted->domain || episode->fault != wanted->fault) {
    return http::Problem(409, "request_id: was used for another mitigation");
  }
  return Shown(*episode, kAccepted);
}

http::Response LeaveWish(engine::Engine& engine, const http::Request& request, const std::string& by) {
  const auto action = ParseAction(request.path);
  if (!action) return Failure(action.error());
  if (action->wish == Wish::kNone) return http::Problem(404, "no such action: approve, refuse or revert");
  const auto episode = FindOne(engine, action->id);
  if (!episode) return Failure(episode.error());
  if (Has(*episode, action->wish)) return Shown(*episode, kAccepted);
  if (const auto late = TooLate(*episode, action->wish)) return http::Problem(409, *late);
  if (auto asked = engine.Ask(action->id, action->wish, by); !asked) {
    const bool closed = asked.error().code == ErrorCode::kNotFound;  // meanwhile
    return closed ? http::Problem(409, "the mitigation is closed") : Failure(asked.error());
  }
  const auto after = FindOne(engine, action->id);
  return after ? Shown(*after, kAccepted) : Failure(after.error());
}

http::Response PlanResponse(engine::Engine& engine, const http::Request& request) {
  const std::string domain = Parameter(request, "domain"), fault = Parameter(request, "fault");
  if (auto checked = CheckNames(domain, fault); !checked) return Failure(checked.error());
  return Success(PlanJson(engine.Look({domain, fault, "", ""})));
}

}  // namespace forewarn::api

// SPDX-License-Identifier: Apache-2.0
#include "webhook/api/people.h"

#include "common/log/log.h"
#include "webhook/api/envelope.h"
#include "webhook/api/filter.h"
#include "webhook/api/render.h"

namespace forewarn::api {
namespace {

using base::Error;
using base::ErrorCode;
using journal::Approval;
using journal::Episode;
using journal::State;
using journal::Wish;

http::Response Shown(const Episode& episode, int status) {
  nlohmann::json mitigations = nlohmann::json::array();
  AppendMitigations(episode, mitigations);
  return Success({{"mitigations", std::move(mitigations)}}, status);
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

}  // namespace

base::Result<Episode> FindOne(engine::Engine& engine, std::int64_t id) {
  journal::Filter filter;
  filter.id = id;
  auto found = engine.parts().journal.Find(filter);
  if (!found) return found.error();
  if (found->empty()) return Error{ErrorCode::kNotFound, "no such episode: " + std::to_string(id)};
  return found->front();
}

base::Result<Episode> Leave(engine::Engine& engine, const Action& action, const std::string& by) {
  auto episode = FindOne(engine, action.id);
  if (!episode || Has(*episode, action.wish)) return episode;
  if (const auto late = TooLate(*episode, action.wish)) return Error{ErrorCode::kConflict, *late};
  if (auto asked = engine.Ask(action.id, action.wish, by); !asked) {
    const bool closed = asked.error().code == ErrorCode::kNotFound;  // meanwhile
    return closed ? Error{ErrorCode::kConflict, "the mitigation is closed"} : asked.error();
  }
  return FindOne(engine, action.id);
}

base::Result<void> Turn(engine::Engine& engine, KillSwitch to, const std::string& by) {
  const bool engage = to == KillSwitch::kEngage;
  const auto& kill_switch = engine.parts().kill_switch;
  auto set = engage ? kill_switch.Engage() : kill_switch.Disengage();
  if (!set) return set;
  log::Warn("kill switch", {{"engaged", engage ? "true" : "false"}, {"by", by}});
  engine.Hurry();
  return {};
}

base::Result<Episode> Ask(engine::Engine& engine, const engine::Engine::Asked& asked) {
  auto episode = engine.Request(asked);
  // Of two that come together one is told of a conflict with the other.
  if (!episode && episode.error().code == ErrorCode::kConflict) episode = engine.Request(asked);
  if (!episode) return episode.error();
  const bool same = episode->domain == asked.domain && episode->fault == asked.fault;
  if (same && episode->purpose == asked.purpose) return episode;
  return Error{ErrorCode::kConflict, "request_id: was used for something else"};
}

http::Response OneMitigation(engine::Engine& engine, const http::Request& request) {
  auto action = ParseAction(request.path);
  if (!action) return Failure(action.error());
  if (action->wish != Wish::kNone) return NeedsPost();
  const auto episode = FindOne(engine, action->id);
  return episode ? Shown(*episode, 200) : Failure(episode.error());
}

http::Response AskForMitigation(engine::Engine& engine, const http::Request& request, const std::string& by) {
  const auto wanted = ParseWanted(request.body);
  if (!wanted) return Failure(wanted.error());
  const auto episode = Ask(engine, {wanted->domain, wanted->fault, by, wanted->request_id});
  return episode ? Shown(*episode, kAccepted) : Failure(episode.error());
}

http::Response LeaveWish(engine::Engine& engine, const http::Request& request, const std::string& by) {
  const auto action = ParseAction(request.path);
  if (!action) return Failure(action.error());
  if (action->wish == Wish::kNone) return http::Problem(404, "no such action: approve, refuse or revert");
  const auto episode = Leave(engine, *action, by);
  return episode ? Shown(*episode, kAccepted) : Failure(episode.error());
}

http::Response PlanResponse(engine::Engine& engine, const http::Request& request) {
  const std::string domain = Parameter(request, "domain"), fault = Parameter(request, "fault");
  if (auto checked = CheckNames(domain, fault); !checked) return Failure(checked.error());
  return Success(PlanJson(engine.Look({domain, fault, "", ""})));
}

}  // namespace forewarn::api

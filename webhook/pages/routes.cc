// SPDX-License-Identifier: Apache-2.0
#include "webhook/pages/routes.h"

#include <nlohmann/json.hpp>

#include "webhook/api/asks.h"
#include "webhook/api/experiments.h"
#include "webhook/pages/episode.h"
#include "webhook/pages/kill_switch.h"
#include "webhook/pages/overview.h"
#include "webhook/pages/refusal.h"

namespace forewarn::pages {
namespace {

using api::KillSwitch;
using api::Need;
using http::Request;
using http::Response;

constexpr std::size_t kFormLimit = 4u << 10;  // bytes

// What all of the routes share.
struct House {
  explicit House(const Ground& of)
      : ground(of),
        site{"Forewarn webhook",
             of.paths.links,
             {{"/#waiting", "Waiting"},
              {"/#running", "Running"},
              {"/#experiments", "Experiments"},
              {"/#journal", "Journal"},
              {"/kill-switch", "Kill switch"},
              {of.telemetry_path, "Metrics"},
              {"/api/v1/mitigations", "Mitigations as JSON"},
              {"/api/v1/experiments", "Experiments as JSON"},
              {"https://github.com/forewarn/forewarn/tree/main/docs", "Documents"}}},
        forms(of.paths.origin) {}

  const Ground ground;
  const html::Site site;
  const http::FormGuard forms;
};
using Shared = std::shared_ptr<const House>;

// The API's refusal is for programs: a page says the same to people.
std::string DetailOf(const Response& problem) {
  const auto json = nlohmann::json::parse(problem.body, nullptr, /*allow_exceptions=*/false);
  const auto detail = json.find("detail");  // of what is no object: the end
  return detail != json.end() && detail->is_string() ? detail->get<std::string>() : problem.body;
}

std::optional<Response> Refuse(const House& house, const Request& request, Need need) {
  const auto refusal = house.ground.access.Refuse(request, need);
  if (!refusal) return std::nullopt;
  const std::string more = refusal->status == 401 ? " (a browser has none: let it in as a user of the web config)" : "";
  Response page = Refusal(house.site, refusal->status, DetailOf(*refusal) + more);
  for (const auto& [name, value] : refusal->headers) page.headers[name] = value;
  return page;
}

View ViewOf(const House& house, const Request& request) {
  const auto& [engine, access, paths, telemetry_path] = house.ground;
  View view{house.site, engine, house.forms, access.Who(request), {}, base::ToSeconds(engine.parts().clock.Now())};
  if (const auto refusal = access.Refuse(request, Need::kAct)) view.may_not = DetailOf(*refusal);
  return view;
}

using Show = Response (*)(const View&, const Request&);

http::Route Page(const Shared& house, std::string path, Show show) {
  const auto handler = [house, show](const Request& request) {
    if (auto refusal = Refuse(*house, request, Need::kRead)) return *refusal;
    return show(ViewOf(*house, request), request);
  };
  return {"GET", std::move(path), handler, "", 0};
}

using Do = std::function<Response(const View&, const Request&)>;

http::Route Deed(const Shared& house, std::string path, Need need, Do act) {
  const auto handler = [house, need, act = std::move(act)](const Request& request) {
    if (auto refusal = Refuse(*house, request, need)) return *refusal;
    const View view = ViewOf(*house, request);
    if (auto why = house->forms.Refuse(request, view.who, request.path)) return Refusal(house->site, 403, *why);
    return act(view, request);
  };
  return {"POST", std::move(path), handler, "application/x-www-form-urlencoded", kFormLimit};
}

Response LeaveWish(const View& view, const Request& request) {
  const auto action = api::ParseEpisodeAction(request.path);
  if (!action) return Refusal(view.site, action.error());
  if (action->wish == journal::Wish::kNone) return Refusal(view.site, 404, "no such deed");
  const bool aborts = request.path.ends_with("/abort");
  const auto episode =
      aborts ? api::Abort(view.engine, action->id, view.who) : api::Leave(view.engine, *action, view.who);
  if (!episode) return Refusal(view.site, episode.error());
  const std::string done = aborts ? "abort" : std::string(Name(action->wish));
  return html::SeeOther(view.site, "/episodes/" + std::to_string(action->id) + "?done=" + done);
}

Do Turning(KillSwitch to) {
  return [to](const View& view, const Request& request) { return TurnKillSwitch(view, request, to); };
}

}  // namespace

std::vector<http::Route> Routes(const Ground& ground) {
  const Shared house = std::make_shared<const House>(ground);
  const std::string one = std::string(api::kEpisodesPath) + "*";
  return {Page(house, "/", Overview),
          Page(house, one, EpisodePage),
          Deed(house, one, Need::kAct, LeaveWish),
          Page(house, "/kill-switch", KillSwitchPage),
          Deed(house, kEngagePath, Need::kStop, Turning(KillSwitch::kEngage)),
          Deed(house, kDisengagePath, Need::kAct, Turning(KillSwitch::kDisengage)),
          html::StyleRoute()};
}

}  // namespace forewarn::pages

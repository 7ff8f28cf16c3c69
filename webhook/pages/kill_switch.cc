// SPDX-License-Identifier: Apache-2.0
#include "webhook/pages/kill_switch.h"

#include "webhook/api/filter.h"
#include "webhook/pages/refusal.h"

namespace forewarn::pages {
namespace {

using html::Element;
using html::Markup;
using html::Text;

constexpr char kConfirmed[] = "confirmed";

// What engaging would undo, or is undoing.
std::string InForce(const View& view) {
  journal::Filter filter;
  filter.in_force = true;
  const auto episodes = view.engine.parts().journal.Find(filter);
  if (!episodes) return "what is in force cannot be told: " + episodes.error().message;
  if (episodes->empty()) return "nothing is in force";
  return std::to_string(episodes->size()) + (episodes->size() == 1 ? " episode has" : " episodes have") +
         " changes in force";
}

Markup Confirmation(std::string_view text) {
  return Element("label", {{"class", "check"}},
                 html::Void("input", {{"type", "checkbox"}, {"name", kConfirmed}, {"value", "yes"}, {"required", ""}}) +
                     Text(" " + std::string(text)));
}

Markup EngageForm(const View& view) {
  return Element("p",
                 "Engaging it stops everything that Forewarn does, undoes every change that is in force, and aborts "
                 "experiments. It stays engaged over a restart. Now " +
                     InForce(view) + ".") +
         Form(view, {kEngagePath, "Engage the kill switch", "stop everything", "danger"},
              Confirmation("Yes: stop everything, and undo what is in force."));
}

Markup DisengageForm(const View& view) {
  if (view.may_not) return Notice(Tone::kInfo, Text("You may not disengage it: " + *view.may_not + "."));
  return Element("p", "Disengaging it lets policies act again, each as its mode says.") +
         Form(view, {kDisengagePath, "Disengage the kill switch", "let policies act again", "main"},
              Confirmation("Yes: let policies act again."));
}

Markup State(const View& view, const guard::KillSwitch::State& state, std::string_view done) {
  const std::string what = done == "engage" && state.engaged       ? "Done. "
                           : done == "disengage" && !state.engaged ? "Done. "
                                                                   : "";
  if (!state.engaged) return Notice(Tone::kGood, Text(what + "The kill switch is off: policies may act."));
  return Notice(Tone::kBad, Element("strong", what + "The kill switch is engaged: nothing acts") +
                                Text(" (" + state.why + "). Now " + InForce(view) + ", and is undone."));
}

}  // namespace

http::Response KillSwitchPage(const View& view, const http::Request& request) {
  const auto state = view.engine.parts().kill_switch.Read();
  return html::Answer(view.site, {200, "Kill switch",
                                  State(view, state, api::Parameter(request, "done")) +
                                      (state.engaged ? DisengageForm(view) : EngageForm(view))});
}

http::Response TurnKillSwitch(const View& view, const http::Request& request, api::KillSwitch to) {
  if (!http::FormOf(request).contains(kConfirmed)) {
    return Refusal(view.site, 400, "the box that confirms it was not ticked");
  }
  if (auto turned = api::Turn(view.engine, to, view.who); !turned) return Refusal(view.site, turned.error());
  return html::SeeOther(view.site,
                        to == api::KillSwitch::kEngage ? "/kill-switch?done=engage" : "/kill-switch?done=disengage");
}

}  // namespace forewarn::pages

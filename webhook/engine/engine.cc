// SPDX-License-Identifier: Apache-2.0
#include "webhook/engine/engine.h"

#include <algorithm>
#include <utility>

#include "common/log/log.h"
#include "webhook/engine/pipe.h"
#include "webhook/engine/telemetry.h"

namespace forewarn::engine {

using journal::Episode;
using journal::State;

namespace {

constexpr int kThreads = 4;
constexpr base::Duration kLookAround = std::chrono::milliseconds(250);
constexpr std::size_t kMaxOpen = 20'000;  // episodes; more is overload

// Of those with the same key one is worked on at a time.
std::string KeyOf(const Episode& episode) { return episode.purpose + " " + episode.domain; }

}  // namespace

Engine::Engine(Parts parts, Rules rules)
    : parts_(std::move(parts)), rules_(std::make_shared<const Rules>(std::move(rules))), scheduler_(kThreads) {}

// The series of what these rules may lead to.
void Engine::Expect(const Rules& rules) {
  parts_.metrics.Expect(rules.policies);
  for (const auto& [fault, policy] : rules.policies.by_fault()) {
    for (const plan::Step& step : policy.steps) {
      for (const std::string& actuator : step.actuators) {
        parts_.metrics.Believed(fault, actuator, parts_.memory.experience.Success(fault, actuator));
      }
    }
  }
}

base::Result<std::unique_ptr<Engine>> Engine::Start(Parts parts, Rules rules) {
  auto engine = std::unique_ptr<Engine>(new Engine(std::move(parts), std::move(rules)));
  auto left = engine->parts_.claims.Claim();
  if (!left) return left.error();
  journal::Filter past;
  past.open = false;
  if (auto known = engine->parts_.journal.Find(past)) engine->parts_.memory.experience.Learn(*known);
  engine->Expect(*engine->rules_);
  engine->Resume(std::move(*left));
  engine->scheduler_.Add("kill switch", [e = engine.get()] { return e->WatchKillSwitch(); });
  engine->scheduler_.Add("claims", [e = engine.get()] { return e->Sweep(); });
  return engine;
}

void Engine::Resume(std::vector<Episode> episodes) {
  for (Episode& episode : episodes) {
    if (episode.state == State::kIntent) episode.state = State::kPlanned;
    for (const journal::Change& change : episode.changes) {
      if (change.InForce() && !episode.experiment) parts_.metrics.Began(episode.domain, change.actuator);
    }
    log::Info("taken up", {{"episode", std::to_string(episode.id)},
                           {"domain", episode.domain},
                           {"epoch", std::to_string(episode.epoch)},
                           {"state", std::string(Name(episode.state))}});
    Schedule(std::move(episode));
  }
}

// What must not stand without us is undone before we go.
Engine::~Engine() {
  scheduler_.Stop();
  for (const auto& [id, episode] : open_) {
    if (!CourseOf(*episode)->Leave(*episode)) {
      log::Error("left behind; the reverter undoes it", {{"episode", std::to_string(id)}});
    }
  }
}

std::unique_ptr<Course> Engine::CourseOf(const Episode& episode) const {
  const auto other = parts_.courses.find(episode.purpose);
  if (other == parts_.courses.end()) return std::make_unique<Pipe>(parts_, rules());
  return other->second(parts_, rules());
}

// Whoever engages it, from whichever process, is heard within this time.
base::Duration Engine::WatchKillSwitch() {
  const bool engaged = parts_.kill_switch.Read().engaged;
  if (std::exchange(engaged_, engaged) != engaged) scheduler_.Hurry();
  return kLookAround;
}

base::Duration Engine::Sweep() {
  auto taken = parts_.claims.Claim();
  if (taken) {
    if (!parts_.journal.Dead()) parts_.metrics.JournalUp(1);
    Resume(std::move(*taken));
  } else if (parts_.journal.Dead()) {
    parts_.metrics.JournalUp(0);
  }
  journal::Filter wished;
  wished.open = true;
  wished.wished = true;
  if (auto found = parts_.journal.Find(wished)) {
    for (const Episode& episode : *found) Heed(episode);
  }
  if (parts_.looked_around) parts_.looked_around();
  return kLookAround;
}

void Engine::Heed(const Episode& wished) {
  std::shared_ptr<Episode> episode;
  {
    std::lock_guard lock(mutex_);
    auto found = open_.find(wished.id);
    if (found == open_.end()) return;  // another process's
    episode = found->second;
  }
  scheduler_.Add(KeyOf(wished),
                 [this, episode, wish = wished.wish, by = wished.wished_by]() -> std::optional<base::Duration> {
                   if (!parts_.claims.Check(*episode)) return std::nullopt;  // for whoever holds it now
                   // Taken back first: a wish that kills us is not one to be repeated.
                   if (!parts_.claims.Ask(episode->id, journal::Wish::kNone, by)) return std::nullopt;
                   static_cast<void>(CourseOf(*episode)->Heed(*episode, wish, by));
                   scheduler_.Hurry();
                   return std::nullopt;
                 });
}

base::Result<void> Engine::Ask(std::int64_t episode, journal::Wish wish, const std::string& by) {
  return parts_.claims.Ask(episode, wish, by);
}

base::Result<Episode> Engine::Request(const Asked& asked) {
  alerts::Alert alert;
  alert.domain = asked.domain;
  alert.fault = asked.fault;
  alert.purpose = asked.purpose;
  alert.fingerprint = journal::kRequested + asked.request_id;
  alert.starts_at = parts_.clock.Now();
  journal::Filter same;
  same.fingerprint = alert.fingerprint;
  auto before = parts_.journal.Find(same);
  if (!before) return before.error();
  if (!before->empty()) return before->front();
  auto admitted = parts_.journal.Admit({alert}, alert.starts_at);
  if (!admitted) return admitted.error();
  const journal::Admission& admission = admitted->front();
  if (admission.what != journal::Admitted::kOpened) {
    return base::Error{base::ErrorCode::kConflict,
                       "an episode of that purpose about " + asked.fault + " of " + asked.domain + " is open"};
  }
  log::Info("requested",
            {{"purpose", asked.purpose}, {"domain", asked.domain}, {"fault", asked.fault}, {"by", asked.by}});
  Episode episode = admission.episode;
  if (asked.purpose == alerts::kExperiment) {
    episode.experiment.emplace().name = asked.experiment;
    episode.experiment->started_by = asked.by;
    if (auto saved = parts_.journal.Save(episode); !saved) return saved.error();
  }
  TakeUp({episode});
  return episode;
}

Preview Engine::Look(const Asked& asked) {
  Episode episode;
  episode.domain = asked.domain;
  episode.fault = asked.fault;
  episode.purpose = asked.purpose;
  episode.fingerprint = journal::kRequested + asked.request_id;
  episode.alerted = parts_.clock.Now();
  if (!asked.experiment.empty()) episode.experiment.emplace().name = asked.experiment;
  const auto course = CourseOf(episode);
  return course->Look(std::move(episode));
}

base::Result<void> Engine::Submit(std::string_view body) {
  auto notification = alerts::Parse(body);
  if (!notification) return notification.error();
  if (scheduler_.size() > kMaxOpen) return base::Error{base::ErrorCode::kUnavailable, "too many open episodes"};
  const base::WallTime now = parts_.clock.Now();
  auto admitted = parts_.journal.Admit(notification->alerts, now);
  if (!admitted) {
    if (parts_.journal.Dead()) parts_.metrics.JournalUp(0);
    return base::Error{base::ErrorCode::kUnavailable, admitted.error().message};
  }
  parts_.metrics.Received(*notification, now);
  for (const std::string& rejected : notification->rejected) log::Warn("alert rejected", {{"reason", rejected}});
  std::vector<Episode> opened;
  for (journal::Admission& admission : *admitted) {
    if (admission.what == journal::Admitted::kDuplicate) parts_.metrics.Deduplicated();
    if (admission.what == journal::Admitted::kLate) parts_.metrics.Late();
    if (admission.what == journal::Admitted::kOpened) opened.push_back(std::move(admission.episode));
  }
  if (!opened.empty()) TakeUp(std::move(opened));
  return {};
}

// One question to telemetry for all that came together.
void Engine::TakeUp(std::vector<Episode> episodes) {
  const std::string key = "batch of " + std::to_string(episodes.front().id);
  auto batch = std::make_shared<std::vector<Episode>>(std::move(episodes));
  scheduler_.Add(key, [this, batch]() -> std::optional<base::Duration> {
    std::vector<Episode*> asked;
    for (Episode& episode : *batch) asked.push_back(&episode);
    if (auto confirmed = Confirm(parts_.telemetry, asked); !confirmed) {
      log::Warn("telemetry cannot be asked", {{"error", confirmed.error().message}});
    }
    for (Episode& episode : *batch) Schedule(std::move(episode));
    return std::nullopt;
  });
}

void Engine::Schedule(Episode episode) {
  std::string key = KeyOf(episode);
  auto shared = std::make_shared<Episode>(std::move(episode));
  {
    std::lock_guard lock(mutex_);
    open_[shared->id] = shared;
  }
  scheduler_.Add(std::move(key), [this, shared] {
    auto again = CourseOf(*shared)->Advance(*shared);
    parts_.metrics.Stands(shared->id, again ? shared->state : State::kClosed);
    if (!again) {
      std::lock_guard lock(mutex_);
      const auto held = open_.find(shared->id);  // it may have been dropped, and taken up again since
      if (held != open_.end() && held->second == shared) open_.erase(held);
    }
    return again;
  });
}

void Engine::Reload(Rules rules) {
  auto next = std::make_shared<const Rules>(std::move(rules));
  Expect(*next);
  std::lock_guard lock(mutex_);
  rules_ = std::move(next);
}

std::shared_ptr<const Rules> Engine::rules() const {
  std::lock_guard lock(mutex_);
  return rules_;
}

}  // namespace forewarn::engine

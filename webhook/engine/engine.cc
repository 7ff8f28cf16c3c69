// SPDX-License-Identifier: Apache-2.0
#include "webhook/engine/engine.h"

#include <algorithm>
#include <utility>

#include "common/log/log.h"
#include "webhook/engine/telemetry.h"

namespace forewarn::engine {

using journal::Episode;
using journal::State;

namespace {

constexpr int kThreads = 4;
constexpr base::Duration kLookAround = std::chrono::milliseconds(250);
constexpr std::size_t kMaxOpen = 20'000;  // episodes; more is overload

}  // namespace

Engine::Engine(Parts parts, Rules rules)
    : parts_(std::move(parts)), rules_(std::make_shared<const Rules>(std::move(rules))), scheduler_(kThreads) {
  parts_.metrics.Expect(rules_->policies);
}

base::Result<std::unique_ptr<Engine>> Engine::Start(Parts parts, Rules rules) {
  auto engine = std::unique_ptr<Engine>(new Engine(std::move(parts), std::move(rules)));
  auto left = engine->parts_.claims.Claim();
  if (!left) return left.error();
  journal::Filter past;
  past.open = false;
  if (auto known = engine->parts_.journal.Find(past)) engine->parts_.memory.experience.Learn(*known);
  engine->Resume(std::move(*left));
  engine->scheduler_.Add("kill switch", [e = engine.get()] { return e->WatchKillSwitch(); });
  engine->scheduler_.Add("claims", [e = engine.get()] { return e->Sweep(); });
  return engine;
}

void Engine::Resume(std::vector<Episode> episodes) {
  for (Episode& episode : episodes) {
    if (episode.state == State::kIntent) episode.state = State::kPlanned;
    for (const journal::Change& change : episode.changes) {
      if (change.InForce()) parts_.metrics.Began(episode.domain, change.actuator);
    }
    log::Info("taken up", {{"episode", std::to_string(episode.id)},
                           {"domain", episode.domain},
                           {"epoch", std::to_string(episode.epoch)},
                           {"state", std::string(Name(episode.state))}});
    Schedule(std::move(episode));
  }
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
  scheduler_.Add(wished.domain,
                 [this, episode, wish = wished.wish, by = wished.wished_by]() -> std::optional<base::Duration> {
                   if (!parts_.claims.Check(*episode)) return std::nullopt;  // for whoever holds it now
                   // Taken back first: a wish that kills us is not one to be repeated.
                   if (!parts_.claims.Ask(episode->id, journal::Wish::kNone, by)) return std::nullopt;
                   static_cast<void>(Pipe(parts_, rules()).Heed(*episode, wish, by));
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
  alert.purpose = alerts::kMitigate;
  alert.fingerprint = "request:" + asked.request_id;
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
                       "an episode about " + asked.fault + " of " + asked.domain + " is open"};
  }
  log::Info("mitigation requested", {{"domain", asked.domain}, {"fault", asked.fault}, {"by", asked.by}});
  TakeUp({admission.episode});
  return admission.episode;
}

Preview Engine::Look(const std::string& domain, const std::string& fault) {
  Episode episode;
  episode.domain = domain;
  episode.fault = fault;
  episode.purpose = alerts::kMitigate;
  episode.alerted = parts_.clock.Now();
  return Pipe(parts_, rules()).Look(std::move(episode));
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
  std::string domain = episode.domain;
  auto shared = std::make_shared<Episode>(std::move(episode));
  {
    std::lock_guard lock(mutex_);
    open_[shared->id] = shared;
  }
  scheduler_.Add(std::move(domain), [this, shared] {
    auto again = Pipe(parts_, rules()).Advance(*shared);
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
  parts_.metrics.Expect(next->policies);
  std::lock_guard lock(mutex_);
  rules_ = std::move(next);
}

std::shared_ptr<const Rules> Engine::rules() const {
  std::lock_guard lock(mutex_);
  return rules_;
}

}  // namespace forewarn::engine

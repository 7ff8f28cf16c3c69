// SPDX-License-Identifier: Apache-2.0
#include "webhook/engine/engine.h"

#include <algorithm>

#include "common/log/log.h"
#include "webhook/engine/telemetry.h"

namespace forewarn::engine {

using journal::Episode;
using journal::State;

namespace {

constexpr int kThreads = 4;
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
  for (Episode& episode : *left) {
    if (episode.state == State::kIntent) episode.state = State::kPlanned;
    for (const journal::Change& change : episode.changes) {
      if (change.InForce()) engine->parts_.metrics.Began(episode.domain, change.actuator);
    }
    log::Info("taken up", {{"episode", std::to_string(episode.id)},
                           {"domain", episode.domain},
                           {"state", std::string(Name(episode.state))}});
    engine->Schedule(std::move(episode));
  }
  return engine;
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
  scheduler_.Add(std::move(domain), [this, shared] { return Pipe(parts_, rules()).Advance(*shared); });
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

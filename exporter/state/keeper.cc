// SPDX-License-Identifier: Apache-2.0
#include "exporter/state/keeper.h"

#include "common/log/log.h"
#include "exporter/state/record.h"

namespace forewarn::state {

Settings Decode(const config::Map& map) {
  Settings settings;
  if (const auto directory = map.Require("directory")) {
    settings.directory = directory->String();
    if (settings.directory.empty()) directory->Fail("empty");
  }
  if (const auto every = map.Find("every")) {
    settings.every = every->Duration();
    if (settings.every < std::chrono::seconds(1)) every->Fail("must be at least 1s");
  }
  return settings;
}

Keeper::Keeper(std::string directory, Observer observer)
    : observer_(std::move(observer)),
      store_(std::move(directory)),
      writer_([this](const std::stop_token& stop) { Write(stop); }) {}

Keeper::~Keeper() = default;

void Keeper::RestoreFailed(const std::string& reason, const std::string& what) {
  observer_.restore_failed(reason);
  log::Error("the saved state is not used; everything is learned anew", {{"reason", reason}, {"error", what}});
}

std::optional<double> Keeper::Restore(double now, predictor::Predictor& predictor, signals::Roster& roster) {
  const std::lock_guard lock(files_);
  std::optional<Failure> failure;
  auto bytes = store_.Read(failure);
  if (failure) RestoreFailed(failure->reason, failure->what);
  if (!bytes) return std::nullopt;
  Head head;
  auto rejection = Unseal(*bytes);
  if (!rejection) rejection = Decode(std::move(*bytes), now, predictor, roster, head);
  if (rejection) {
    RestoreFailed(rejection->reason, rejection->what);
    store_.Reject();
    return std::nullopt;
  }
  observer_.restored(head.time);
  log::Info(
      "state restored",
      {{"instances", std::to_string(head.slots.instances.size())},
       {"age", config::FormatDuration(std::chrono::seconds(static_cast<long long>(std::max(now - head.time, 0.0))))}});
  return head.time;
}

bool Keeper::Due(base::Duration every, const base::Clock& clock) const {
  const std::lock_guard lock(mutex_);
  return clock.Steady() - last_ >= every && !writing_ && !waiting_;
}

void Keeper::Save(double time, const predictor::Predictor& predictor, const signals::Roster& roster) {
  std::string content = Encode({time, roster.Current()}, predictor);
  const std::lock_guard lock(mutex_);
  last_ = base::SystemClock().Steady();
  waiting_ = std::move(content);
  changed_.notify_all();
}

// What waits when it is to stop is still written.
void Keeper::Write(const std::stop_token& stop) {
  std::unique_lock lock(mutex_);
  while (changed_.wait(lock, stop, [this] { return waiting_.has_value(); })) {
    const std::string content = std::move(*waiting_);
    waiting_.reset();
    writing_ = true;
    lock.unlock();
    WriteOne(content);
    lock.lock();
    writing_ = false;
  }
}

void Keeper::WriteOne(const std::string& content) {
  const std::lock_guard lock(files_);
  if (const auto failure = store_.Write({Seal(content), content})) {
    observer_.save_failed(failure->reason);
    log::Error("state not saved; the last one that was stays", {{"reason", failure->reason}, {"error", failure->what}});
    return;
  }
  observer_.saved(content.size());
  log::Debug("state saved", {{"bytes", std::to_string(content.size())}});
}

}  // namespace forewarn::state

// SPDX-License-Identifier: Apache-2.0
#include "webhook/actuators/pulses.h"

#include <charconv>
#include <cmath>
#include <condition_variable>
#include <thread>
#include <utility>

#include "webhook/actuators/change.h"
#include "webhook/actuators/marker.h"

namespace forewarn::actuators {
namespace {

using std::chrono::milliseconds;

constexpr auto kCallTime = std::chrono::seconds(2);
constexpr auto kRetry = milliseconds(200);
constexpr int kLastTries = 3;  // to switch off, where somebody waits for the end

base::Deadline Soon() { return base::Deadline::After(kCallTime); }

}  // namespace

Beat BeatOf(double severity) {
  return {milliseconds(std::lround((1 - StressFactor(severity)) * static_cast<double>(kPeriod.count())))};
}

std::string ToText(std::string_view verb, Beat beat) {
  return std::string(verb) + " " + std::to_string(beat.on.count()) + "/" + std::to_string(kPeriod.count());
}

std::optional<Beat> BeatFromText(std::string_view verb, std::string_view text) {
  if (!text.starts_with(verb)) return std::nullopt;
  std::int64_t on = 0;
  const std::string_view rest = text.substr(std::min(text.size(), verb.size() + 1));
  std::from_chars(rest.data(), rest.data() + rest.size(), on);
  const Beat beat{milliseconds(on)};
  if (on <= 0 || beat.on >= kPeriod || ToText(verb, beat) != text) return std::nullopt;
  return beat;
}

struct Pulses::Run {
  Run(const Beat& a_beat, Pulse a_pulse, Setting a_shown, base::Duration longest)
      : beat(a_beat), pulse(std::move(a_pulse)), shown(std::move(a_shown)), end(base::Deadline::After(longest)) {}

  const Beat beat;
  const Pulse pulse;
  const Setting shown;
  const base::Deadline end;
  std::mutex mutex;
  std::condition_variable changed;
  bool stopping = false, over = false;
  std::thread thread;

  // Whether to go on.
  bool Wait(base::Duration duration) {
    std::unique_lock lock(mutex);
    changed.wait_for(lock, duration, [&] { return stopping; });
    return !stopping;
  }
  bool GoesOn() {
    std::lock_guard lock(mutex);
    return !stopping && !end.Passed();
  }
  // Once more and again: what is on must not stay so. Where somebody waits for the end, not for ever.
  void SwitchOff() {
    for (int left = kLastTries; left > 0;) {
      const auto off = pulse.off(Soon());
      if (off || off.error().code == base::ErrorCode::kNotFound || off.error().code == base::ErrorCode::kConflict)
        return;
      if (Wait(kRetry)) continue;
      --left;
      std::this_thread::sleep_for(kRetry);
    }
  }
  // Begins where `on` has just been called.
  void Beats() {
    for (bool is_on = true;;) {
      if (is_on) {
        Wait(beat.on);
        SwitchOff();
      }
      if (!Wait(kPeriod - beat.on) || !GoesOn() || (pulse.wanted && !pulse.wanted(Soon()))) return;
      const auto on = pulse.on(Soon());
      is_on = on || on.error().code != base::ErrorCode::kConflict;  // after any other error nobody knows
    }
  }
  void Loop() {
    Beats();
    std::lock_guard lock(mutex);
    over = true;
  }
  void End() {
    {
      std::lock_guard lock(mutex);
      stopping = true;
    }
    changed.notify_all();
    if (thread.joinable()) thread.join();
  }
};

Pulses::~Pulses() {
  for (auto& [key, run] : runs_) run->End();
}

base::Result<void> Pulses::Start(const std::string& key, const Beat& beat, Pulse pulse, Setting shown) {
  Stop(key);
  const auto run = std::make_shared<Run>(beat, std::move(pulse), std::move(shown), longest_);
  if (auto on = run->pulse.on(Soon()); !on) {
    if (on.error().code != base::ErrorCode::kConflict) static_cast<void>(run->pulse.off(Soon()));
    return on;
  }
  run->thread = std::thread([raw = run.get()] { raw->Loop(); });
  std::shared_ptr<Run> other;  // somebody else has begun meanwhile
  {
    std::lock_guard lock(mutex_);
    other = std::exchange(runs_[key], run);
  }
  if (other) other->End();
  return {};
}

void Pulses::Stop(const std::string& key) {
  std::shared_ptr<Run> run;
  {
    std::lock_guard lock(mutex_);
    if (const auto found = runs_.extract(key)) run = found.mapped();
  }
  if (run) run->End();
}

Setting Pulses::Shown(const std::string& key) const {
  std::lock_guard lock(mutex_);
  const auto found = runs_.find(key);
  if (found == runs_.end()) return {};
  std::lock_guard of_run(found->second->mutex);
  return found->second->over ? Setting{} : found->second->shown;
}

std::function<bool(base::Deadline)> WhileMarked(hypervisor::Inventory* inventory, const Target& target,
                                                const std::string& actuator, base::Deadline deadline) {
  const auto first = Markers(inventory).Get(target, actuator, deadline);
  if (!first || !*first) return {};
  return [=](base::Deadline soon) {
    const auto marker = Markers(inventory).Get(target, actuator, soon);
    if (!marker) return true;
    return marker->has_value() && base::SystemClock().Now() < (*marker)->expiry;
  };
}

}  // namespace forewarn::actuators

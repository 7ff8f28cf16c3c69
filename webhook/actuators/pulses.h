// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>

#include "common/base/clock.h"
#include "common/base/result.h"
#include "webhook/actuators/actuator.h"
#include "webhook/hypervisor/hypervisor.h"

// An injection that is on for a part of each second, and off for the rest of it.
namespace forewarn::actuators {

// In a setting: "180/1000", milliseconds on, of each second.
struct Beat {
  std::chrono::milliseconds on{0};
  bool operator==(const Beat&) const = default;
};
inline constexpr std::chrono::milliseconds kPeriod{1000};
// 180 ms at 0.2, 540 ms at 0.6, 900 ms at most: the part that StressFactor takes away.
Beat BeatOf(double severity);
// "flap 180/1000" for the verb "flap"; nullopt for anything else.
std::string ToText(std::string_view verb, Beat beat);
std::optional<Beat> BeatFromText(std::string_view verb, std::string_view text);

// What is switched on and off. Both are called by one thread, never at once.
struct Pulse {
  std::function<base::Result<void>(base::Deadline)> on;  // kConflict: it is on already, and not by us; nothing was done
  std::function<base::Result<void>(base::Deadline)> off;  // tried until it succeeds, or is kNotFound or kConflict
  std::function<bool(base::Deadline)> wanted = {};        // asked before each; false ends them. None: always
};

// Pulses by target, each in a thread of its own, which ends when it is told to, when nobody wants it any longer, by
// itself after `longest`, and with this object: always after `off`. Each period is a little longer than a second, by
// what the calls take, so no more of it is on than the beat says. Thread-safe.
class Pulses {
 public:
  static constexpr base::Duration kLongest = std::chrono::minutes(10);
  explicit Pulses(base::Duration longest = kLongest) : longest_(longest) {}
  ~Pulses();

  // Ends those of that key, and begins: the first `on` is called at once, and its error is this one's. `shown` is what
  // Shown gives for as long as they last.
  base::Result<void> Start(const std::string& key, const Beat& beat, Pulse pulse, Setting shown);
  // Returns when it is off, or when that could not be reached a few times.
  void Stop(const std::string& key);
  Setting Shown(const std::string& key) const;  // empty: there are none

 private:
  struct Run;
  const base::Duration longest_;
  mutable std::mutex mutex_;
  std::map<std::string, std::shared_ptr<Run>> runs_;
};

// Pulse::wanted of a change with a marker: whether it is still there, and has not expired; who undid it elsewhere took
// it away. Where there is none at first, or it cannot be read, it is no reason to end.
std::function<bool(base::Deadline)> WhileMarked(hypervisor::Inventory* inventory, const Target& target,
                                                const std::string& actuator, base::Deadline deadline);

}  // namespace forewarn::actuators

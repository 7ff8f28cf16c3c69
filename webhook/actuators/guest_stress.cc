// SPDX-License-Identifier: Apache-2.0
#include "webhook/actuators/guest_stress.h"

#include <algorithm>
#include <array>
#include <chrono>
#include <cstdio>
#include <utility>

#include "webhook/actuators/change.h"
#include "webhook/actuators/marker.h"
#include "webhook/actuators/pulses.h"

namespace forewarn::actuators {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

constexpr const char* kPart = "cpu";
constexpr const char* kBurn = "burn";
constexpr const char* kNone = "none";
constexpr auto kLongest = std::chrono::minutes(10);
constexpr int kGrain = 10;  // ms: what an exit code and the guest's clock can tell

// Any POSIX shell, busybox' too. The file says for how much of a second (in 10 ms), until when (10 ms since boot), and
// in which boot; nothing that runs is ever killed by its number.
constexpr const char* kCommon = R"(
f=/run/forewarn-stress; [ -w /run ] || f=/tmp/forewarn-stress
boot=$(cat /proc/sys/kernel/random/boot_id)
now() { read t rest < /proc/uptime; t=${t%.*}${t#*.}; }
)";
// Exits with that part, 0 where nothing burns.
constexpr const char* kRead = R"(
[ -f $f ] || exit 0
read part end of < $f; now
[ "$of" = "$boot" ] && [ "$t" -lt "$end" ] || exit 0
exit $part
)";
constexpr const char* kStop = R"(
[ -f $f ] || exit 0
rm -f $f && { sleep 1.2 || sleep 2; }
)";
// $1: the part, $2: how long in 10 ms, $3: the rest of a second as `sleep` takes it.
constexpr const char* kStart = R"(
now; end=$((t + $2))
echo "$1 $end $boot" > $f || exit 100
burn() {
  while [ -f $f ]; do
    now; [ $t -lt $end ] || { rm -f $f; break; }
    until=$((t + $1))
    while [ $t -lt $until ]; do i=0; while [ $i -lt 300 ]; do i=$((i + 1)); done; now; done
    sleep $2 || break
  done
}
n=$(grep -c ^processor /proc/cpuinfo)
while [ $n -gt 0 ]; do burn $1 $3 < /dev/null > /dev/null 2>&1 & n=$((n - 1)); done
exit 0
)";

base::Error NotASetting() { return {base::ErrorCode::kInvalid, "not a setting of guest_stress"}; }

std::string SleepText(milliseconds time) {
  std::array<char, 16> text{};
  std::snprintf(text.data(), text.size(), "%.2f", static_cast<double>(time.count()) / 1000);
  return text.data();
}

class GuestStress : public Actuator {
 public:
  explicit GuestStress(hypervisor::Inventory* inventory) : inventory_(inventory) {}

  // Where nobody answers now there may be no way back later.
  base::Result<Setting> Read(const Target& target, base::Deadline deadline) override {
    auto now = Ask(target, deadline);
    if (!now && now.error().code == base::ErrorCode::kUnavailable) return NoAgent(now.error());
    return now;
  }

  base::Result<Setting> Propose(const Target& target, const Setting& now, Direction direction,
                                double severity) const override {
    if (direction == Direction::kRelieve) return Refusal("no_relief", "what burns in a guest relieves nothing");
    if (now != Setting{{{kPart, kNone}}})
      return Refusal("at_limit", "something burns in " + target.domain + " already");
    const auto on = BeatOf(severity).on / kGrain * kGrain;
    return Setting{{{kPart, ToText(kBurn, {on})}}};
  }

  base::Result<void> Apply(const Target& target, const Setting& setting, base::Deadline deadline) override {
    const auto wanted = setting.values.find(kPart);
    if (wanted == setting.values.end()) return NotASetting();
    const auto beat = BeatFromText(kBurn, wanted->second);
    if ((!beat && wanted->second != kNone) || (beat && beat->on.count() % kGrain != 0)) return NotASetting();
    const auto before = Ask(target, deadline);
    if (!before) return before.error();
    if (*before == setting) return {};
    if (auto stopped = Succeed(target, kStop, {}, deadline); !stopped || !beat) return stopped;
    return Succeed(target, kStart, Arguments(target, *beat, deadline), deadline);
  }

 private:
  base::Result<Setting> Ask(const Target& target, base::Deadline deadline) {
    const auto part = Run(target, kRead, {}, deadline);
    if (!part) return part.error();
    const Beat beat{milliseconds(*part * kGrain)};
    return Setting{{{kPart, *part == 0 ? kNone : ToText(kBurn, beat)}}};
  }

  static base::Error NoAgent(const base::Error& error) {
    return Refusal("no_guest_agent", "nobody in the guest can be asked: " + error.message);
  }

  std::vector<std::string> Arguments(const Target& target, const Beat& beat, base::Deadline deadline) {
    base::Duration longest = kLongest;
    if (const auto marker = Markers(inventory_).Get(target, "guest_stress", deadline); marker && *marker) {
      longest = std::clamp<base::Duration>((*marker)->expiry - base::SystemClock().Now(), seconds(1), kLongest);
    }
    const auto ticks = std::chrono::duration_cast<milliseconds>(longest).count() / kGrain;
    return {std::to_string(beat.on.count() / kGrain), std::to_string(ticks), SleepText(kPeriod - beat.on)};
  }

  base::Result<void> Succeed(const Target& target, const char* script, std::vector<std::string> arguments,
                             base::Deadline deadline) {
    const auto code = Run(target, script, std::move(arguments), deadline);
    if (!code) return code.error();
    if (*code == 0) return {};
    return base::Error{base::ErrorCode::kUnavailable, "the guest's shell ended with " + std::to_string(*code)};
  }

  // Its exit code.
  base::Result<int> Run(const Target& target, const char* script, std::vector<std::string> arguments,
                        base::Deadline deadline) {
    auto host = HypervisorOf(*inventory_, target, deadline);
    if (!host) return host.error();
    std::vector<std::string> argv{"/bin/sh", "-c", std::string(kCommon) + script, "forewarn-stress"};
    argv.insert(argv.end(), arguments.begin(), arguments.end());
    auto code = (*host)->RunInGuest(target.uuid, argv, deadline);
    if (!code && code.error().code == base::ErrorCode::kUnsupported) return NoAgent(code.error());
    return code;
  }

  hypervisor::Inventory* inventory_;
};

}  // namespace

std::unique_ptr<Actuator> MakeGuestStress(hypervisor::Inventory* inventory) {
  return std::make_unique<GuestStress>(inventory);
}

}  // namespace forewarn::actuators

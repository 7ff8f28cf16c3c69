// SPDX-License-Identifier: Apache-2.0
#include "tests/campaigns/undo/campaign.h"

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <random>
#include <thread>

#include "tests/campaigns/kills/victim.h"
#include "tests/campaigns/stops/configuration.h"
#include "tests/campaigns/stops/send.h"
#include "tests/campaigns/undo/ground.h"

namespace forewarn::undo {

using base::Error;
using base::ErrorCode;
using base::Result;
using Driver = crash::Subjects::Driver;

namespace {

constexpr std::chrono::seconds kPatience{60};
constexpr std::chrono::milliseconds kTtl{3000};

base::SteadyTime Now() { return base::SystemClock().Steady(); }

struct Draw {
  bool real = false, webhook = false, libvirtd = false, back = false;  // is killed; starts again at once
  std::chrono::milliseconds wait{};                                    // from the first effect on
  std::string Name() const {
    std::string what = webhook && libvirtd ? "both" : webhook ? "the webhook" : "libvirtd";
    if (webhook && back) what += ", which starts again";
    return (real ? "QEMU: " : "test driver: ") + what;
  }
};

// Half of them on the test driver, whose domains live in libvirtd: there it's the webhook that is killed.
Draw Next(int number, bool with_real, std::mt19937_64& random) {
  Draw draw;
  draw.real = with_real && number % 2 == 1;
  draw.webhook = !draw.real || number % 6 != 1;
  draw.libvirtd = draw.real && number % 6 != 3;
  draw.back = random() % 2 == 0;
  draw.wait = std::chrono::milliseconds(random() % static_cast<std::uint64_t>(kTtl.count()));
  return draw;
}

class Injection {
 public:
  Injection(Ground& ground, const Draw& draw)
      : ground_(ground), draw_(draw), victim_(ground.telemetry().url(), ground.subjects().uri()) {}

  Result<void> Run(Figures& figures) {
    auto before = ground_.Reset();
    if (!before) return before.error();
    if (auto begun = Begin(); !begun) return begun;
    std::this_thread::sleep_for(draw_.wait);
    if (auto killed = Kill(); !killed) return killed;
    base::SteadyTime due = begun_ + kTtl;
    const bool undone = testbed::WaitUntil(kPatience, [&] {
      const auto view = ground_.subjects().Look(stops::kTarget);
      if (view && !answered_) answered_ = Now();
      return view && *view == *before;
    });
    if (!undone) {
      figures.broken.push_back(draw_.Name() + ": it isn't as it was\n" + victim_.Log());
      return {};
    }
    due = std::max(due, answered_.value_or(due));
    figures.late.push_back(std::max(0.0, base::ToSeconds(Now() - due)));
    return {};
  }

 private:
  // Until something is set.
  Result<void> Begin() {
    const std::string folder = std::filesystem::path(victim_.config()).parent_path();
    const crash::Addresses addresses{folder, ground_.telemetry().url(), ground_.subjects().uri()};
    std::ofstream(victim_.config()) << stops::Configuration(addresses, "window: 100ms, show_deadline: 1s, ttl: 3s");
    if (auto started = victim_.Start(); !started) return started;
    if (!testbed::WaitUntil(kPatience, [&] { return victim_.Serves(); })) return Stuck("it does not serve");
    if (auto sent = stops::SendAlert(victim_, "alpha", "Tight"); !sent) return sent;
    if (!testbed::WaitUntil(kPatience, [&] { return victim_.Said("steady, and visible") > 0; })) {
      return Stuck("nothing is begun");
    }
    begun_ = Now();
    if (testbed::WaitUntil(kPatience, [&] { return victim_.Said("injection action=applied") > 0; })) return {};
    return Stuck("nothing is injected");
  }

  Result<void> Kill() {
    if (draw_.webhook) victim_.Kill();
    if (draw_.libvirtd) ground_.KillLibvirtd();
    return draw_.webhook && draw_.back ? victim_.Start() : Result<void>();
  }

  Error Stuck(const std::string& what) const {
    return {ErrorCode::kTimeout, draw_.Name() + ": " + what + ":\n" + victim_.Log()};
  }

  Ground& ground_;
  const Draw& draw_;
  crash::Victim victim_;
  base::SteadyTime begun_;
  std::optional<base::SteadyTime> answered_;  // libvirtd, after the kill
};

}  // namespace

Result<Figures> Run(const Options& options, const std::function<void(const Figures&)>& progress) {
  auto fake = Ground::Make(Driver::kTest);
  if (!fake) return fake.error();
  auto real = Ground::Make(Driver::kQemu);
  if (!real && real.error().code != ErrorCode::kUnavailable) return real.error();
  Figures figures;
  if (!real) figures.without = real.error().message;
  std::mt19937_64 random(options.seed);
  while (figures.injections < options.n) {
    const Draw draw = Next(figures.injections, real.ok(), random);
    if (auto tried = Injection(draw.real ? **real : **fake, draw).Run(figures); !tried) {
      return Error{tried.error().code,
                   "injection " + std::to_string(figures.injections + 1) + ": " + tried.error().message};
    }
    ++figures.injections;
    ++figures.of[draw.Name()];
    progress(figures);
  }
  return figures;
}

}  // namespace forewarn::undo

// SPDX-License-Identifier: Apache-2.0
#include "tests/campaigns/kills/campaign.h"

#include <algorithm>
#include <optional>
#include <random>
#include <set>
#include <thread>

#include "tests/campaigns/kills/telemetry.h"
#include "tests/campaigns/kills/verdict.h"
#include "tests/campaigns/realkills/service.h"

// Random kills on real libvirtd and QEMU: the webhook in all, libvirtd too in half of them, and in half of each the
// webhook stays away until the reverter has undone what is past its expiry.
namespace forewarn::crash {

using base::Error;
using base::ErrorCode;
using base::Result;

namespace {

constexpr std::chrono::seconds kPatience{60};
constexpr std::chrono::milliseconds kLongestWait{2500};

struct Draw {
  std::vector<const Plan*> plans;
  std::chrono::milliseconds wait;
  bool daemon = false, reverter = false;
  std::string Name() const {
    return std::string("webhook") + (daemon ? " and libvirtd" : "") + (reverter ? ", reverter runs" : "");
  }
};

class Campaign {
 public:
  explicit Campaign(const Options& options) : options_(options), random_(options.seed) {}

  Result<Figures> Run(const std::function<void(const Figures&)>& progress) {
    if (auto started = service_.Start(); !started) return started.error();
    subjects_.emplace(Subjects::Driver::kQemu, service_.uri());
    telemetry_.emplace(*subjects_);
    for (const char* domain : kDomains) {
      if (auto added = subjects_->Add(domain); !added) return added.error();
    }
    while (figures_.points < options_.n) {
      const Draw draw = Next(figures_.points);
      auto tried = Try(draw);
      if (!tried)
        return Error{tried.error().code, "kill " + std::to_string(figures_.points + 1) + " of " + draw.Name() + ": " +
                                             tried.error().message};
      ++figures_.points;
      ++figures_.at[draw.Name()];
      progress(figures_);
    }
    return figures_;
  }

 private:
  static constexpr const char* kDomains[] = {"realA", "realB"};

  Draw Next(int number) {
    static const std::vector<const Plan*> real{FindPlan("Relieved"), FindPlan("Expiring"), FindPlan("Ineffective")};
    Draw draw;
    draw.daemon = number % 2 == 1;
    draw.reverter = number / 2 % 2 == 1;
    for (std::size_t i = 0; i < std::size(kDomains); ++i) draw.plans.push_back(real[random_() % real.size()]);
    if (draw.reverter) draw.plans[0] = FindPlan("Expiring");
    draw.wait = std::chrono::milliseconds(random_() % kLongestWait.count());
    return draw;
  }

  Result<void> Try(const Draw& draw) {
    Evidence evidence;
    for (std::size_t i = 0; i < draw.plans.size(); ++i) {
      if (auto reset = Again([&] { return subjects_->Reset(kDomains[i]); }); !reset) return reset;
      telemetry_->Expect(kDomains[i], draw.plans[i]);
      evidence.alerts.push_back({kDomains[i], draw.plans[i]});
      auto view = subjects_->Look(kDomains[i]);
      if (!view) return view.error();
      evidence.histories[kDomains[i]].push_back(view->settings);
    }
    Victim victim(telemetry_->url(), service_.uri());
    if (auto killed = StartAndKill(victim, draw, evidence.alerts); !killed) return killed;
    if (draw.reverter) {
      if (auto undone = LeaveToReverter(victim, draw); !undone) return undone;
    }
    if (auto over = Finish(victim, evidence.alerts); !over) return over;
    return Conclude(victim, draw, evidence);
  }

  // What libvirtd's end interrupts is simply done again.
  static Result<void> Again(const std::function<Result<void>()>& call) {
    Result<void> done;
    testbed::WaitUntil(kPatience, [&] { return (done = call()).ok(); });
    return done;
  }

  Result<void> StartAndKill(Victim& victim, const Draw& draw, std::vector<Sent>& alerts) {
    if (auto started = victim.Start(); !started) return started;
    if (!testbed::WaitUntil(kPatience, [&] { return victim.Serves(); }))
      return Error{ErrorCode::kTimeout, victim.Log()};
    victim.Send(alerts);
    std::this_thread::sleep_for(draw.wait);
    if (draw.daemon && random_() % 2 == 0) service_.Kill();
    victim.Kill();
    if (draw.daemon) service_.Kill();
    return {};
  }

  // The webhook is away: an expired change goes back all the same.
  Result<void> LeaveToReverter(Victim& victim, const Draw& draw) {
    auto reverter =
        testbed::Process::Start({.argv = {FOREWARN_REVERTER, "--config.file=" + victim.config(), "--grace=500ms",
                                          "--interval=200ms", "--web.listen-address=127.0.0.1:0"}});
    if (!reverter) return reverter.error();
    const bool undone = testbed::WaitUntil(kPatience, [&] {
      for (std::size_t i = 0; i < draw.plans.size(); ++i) {
        if (draw.plans[i]->expiry != "1s") continue;
        const auto view = subjects_->Look(kDomains[i]);
        if (!view || !view->markers.empty() || view->iops != kIops) return false;
      }
      return true;
    });
    return undone ? Result<void>() : Error{ErrorCode::kTimeout, "the reverter does not undo what has expired"};
  }

  Result<void> Finish(Victim& victim, std::vector<Sent>& alerts) {
    base::SteadyTime begin = base::SystemClock().Steady();
    if (auto started = victim.Start(); !started) return started;
    if (!subjects_->Look(kDomains[0])) {  // the way back begins when libvirtd can be reached
      testbed::WaitUntil(kPatience, [&] { return subjects_->Look(kDomains[0]).ok(); });
      begin = base::SystemClock().Steady();
    }
    const std::set<std::string> rest{"applied", "held", "closed"};
    const bool recovered = testbed::WaitUntil(kPatience, [&] {
      const auto states = victim.States();
      return states && std::all_of(states->begin(), states->end(),
                                   [&](const auto& state) { return rest.contains(state.second); });
    });
    if (!recovered) return Error{ErrorCode::kTimeout, "no recovery:\n" + victim.Log()};
    figures_.recoveries.push_back(base::ToSeconds(base::SystemClock().Steady() - begin));
    victim.Send(alerts);
    if (testbed::WaitUntil(kPatience, [&] { return victim.IsOver(alerts); })) return {};
    return Error{ErrorCode::kTimeout, "it does not come to rest:\n" + victim.Log()};
  }

  Result<void> Conclude(Victim& victim, const Draw& draw, Evidence& evidence) {
    victim.Kill();
    for (const char* domain : kDomains) {
      auto view = subjects_->Look(domain);
      if (!view) return view.error();
      evidence.views[domain] = *view;
    }
    auto journal = journal::OpenSqlite(victim.journal());
    if (!journal) return journal.error();
    auto episodes = (*journal)->Find({});
    if (!episodes) return episodes.error();
    evidence.episodes = *episodes;
    for (const std::string& broken : Judge(evidence)) {
      figures_.broken.push_back("kill " + std::to_string(figures_.points + 1) + " (" + draw.Name() + "): " + broken);
    }
    return {};
  }

  const Options& options_;
  std::mt19937_64 random_;
  Service service_;
  std::optional<Subjects> subjects_;
  std::optional<Telemetry> telemetry_;
  Figures figures_;
};

}  // namespace

Options Defaults() { return {.n = 100, .what = "random kills on real libvirtd and QEMU"}; }

Result<Figures> Run(const Options& options, const std::function<void(const Figures&)>& progress) {
  return Campaign(options).Run(progress);
}

}  // namespace forewarn::crash

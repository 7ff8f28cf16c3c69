// SPDX-License-Identifier: Apache-2.0
#include "tests/campaigns/storms/storm.h"

#include <atomic>
#include <fstream>
#include <map>
#include <thread>

#include "common/config/yaml.h"
#include "tests/campaigns/storms/telemetry.h"
#include "tests/campaigns/storms/weather.h"
#include "tests/campaigns/storms/witness.h"
#include "webhook/actuators/memory.h"
#include "webhook/engine/pipe.h"
#include "webhook/engine/telemetry.h"
#include "webhook/host_domains.h"

namespace forewarn::storms {
namespace {

using journal::Episode;

constexpr int kWorkers = 4;

void WriteDomains(const std::filesystem::path& file, const std::string& host, int domains) {
  std::ofstream xml(file);
  xml << "<node>\n";
  for (int domain = 0; domain < domains; ++domain) {
    if (HostOf(domain) != host) continue;
    xml << "<domain type='test'><name>" << NameOf(domain)
        << "</name><memory unit='MiB'>512</memory><currentMemory unit='MiB'>256</currentMemory><vcpu>1</vcpu>"
           "<os><type>hvm</type></os></domain>\n";
  }
  xml << "</node>\n";
}

engine::Rules RulesFor(const Weather& weather) {
  auto document = config::Document::Parse("storm", Configuration(weather));
  const config::Map root = document->Root().AsMap();
  engine::Rules rules;
  rules.policies = plan::Policies::Decode(*root.Find("policies"));
  rules.targets = plan::Targets::Decode(*root.Find("targets"), {});
  rules.guard = guard::DecodeSettings(root.Find("guard")->AsMap());
  return rules;
}

// Decisions are made in simulated time; the calls to libvirt take real time.
class StormClock : public base::Clock {
 public:
  base::WallTime Now() const override { return now_.load(); }
  base::SteadyTime Steady() const override { return base::SystemClock().Steady(); }
  void Advance(base::Duration duration) {
    now_ = now_.load() + std::chrono::duration_cast<base::WallTime::duration>(duration);
  }

 private:
  std::atomic<base::WallTime> now_ = base::FromSeconds(1'700'000'000);
};

// Everything that one storm needs; the engine's parts are the real ones but telemetry and time.
class Storm {
 public:
  Storm(Fleet& fleet, const std::filesystem::path& directory, std::uint64_t seed)
      : weather_(Forecast(seed, fleet.domains())),
        fleet_(fleet),
        rules_(std::make_shared<const engine::Rules>(RulesFor(weather_))),
        telemetry_(weather_, clock_, seed),
        memory_(actuators::MakeMemory(&fleet.inventory(),
                                      [this](const std::string& d) { return rules_->targets.Find(d); })),
        witness_(*memory_, weather_, telemetry_),
        domains_(&fleet.inventory()),
        kill_switch_(directory / "kill-switch"),
        journal_(journal::OpenSqlite(directory / ("storm" + std::to_string(seed) + ".db")).value()),
        parts_{telemetry_,   *journal_, *journal_, domains_, {{"memory", &witness_}},
               kill_switch_, clock_,    metrics_,  shared_} {}

  base::Result<Outcome> Run();

 private:
  void Begin(const Weather::Wave& wave);
  void Work();  // all that is due now, by several workers
  base::Result<void> AllAsBefore();

  const Weather weather_;
  Fleet& fleet_;
  StormClock clock_;
  std::shared_ptr<const engine::Rules> rules_;
  Telemetry telemetry_;
  std::unique_ptr<actuators::Actuator> memory_;
  Witness witness_;
  webhook::HostDomains domains_;
  guard::KillSwitch kill_switch_;
  std::unique_ptr<journal::Store> journal_;
  prometheus::Registry registry_;
  engine::Metrics metrics_{registry_};
  engine::Memory shared_;
  engine::Parts parts_;
  std::mutex mutex_;
  std::multimap<base::WallTime, std::shared_ptr<Episode>> due_;
  Outcome outcome_;
};

void Storm::Begin(const Weather::Wave& wave) {
  telemetry_.Strike(wave.struck);
  std::vector<alerts::Alert> all;
  for (const int domain : wave.struck) {
    alerts::Alert alert;
    alert.domain = NameOf(domain);
    alert.fault = "MemoryLeak";
    alert.purpose = alerts::kMitigate;
    alert.fingerprint = NameOf(domain);
    alert.starts_at = clock_.Now();
    all.push_back(alert);
  }
  outcome_.alerts += static_cast<int>(all.size());
  auto admitted = journal_->Admit(all, clock_.Now()).value();
  for (journal::Admission& admission : admitted) {
    if (admission.what != journal::Admitted::kOpened) continue;
    ++outcome_.episodes;
    admission.episode.state = journal::State::kPlanned;
    due_.emplace(clock_.Now(), std::make_shared<Episode>(admission.episode));
  }
}

void Storm::Work() {
  const base::WallTime now = clock_.Now();
  const auto work = [&] {
    for (;;) {
      std::shared_ptr<Episode> episode;
      {
        std::lock_guard lock(mutex_);
        if (due_.empty() || due_.begin()->first > now) return;
        episode = due_.begin()->second;
        due_.erase(due_.begin());
      }
      const auto again = engine::Pipe(parts_, rules_).Advance(*episode);
      if (!again) continue;
      const auto later = std::max<base::Duration>(*again, std::chrono::milliseconds(1));
      std::lock_guard lock(mutex_);
      due_.emplace(now + std::chrono::duration_cast<base::WallTime::duration>(later), std::move(episode));
    }
  };
  std::vector<std::jthread> workers;
  for (int i = 0; i < kWorkers; ++i) workers.emplace_back(work);
}

base::Result<void> Storm::AllAsBefore() {
  journal::Filter open;
  open.open = true;
  if (const auto left = journal_->Find(open).value(); !left.empty()) {
    return base::Error{base::ErrorCode::kInternal, left.front().domain + " is still being worked on"};
  }
  for (const auto& [uuid, original] : witness_.originals()) {
    const actuators::Target host_a{"", uuid, "host-a"}, host_b{"", uuid, "host-b"};
    auto now = memory_->Read(host_a, base::Deadline::After(std::chrono::seconds(5)));
    if (!now) now = memory_->Read(host_b, base::Deadline::After(std::chrono::seconds(5)));
    if (!now || *now != original) return base::Error{base::ErrorCode::kInternal, uuid + " is not as it was"};
  }
  return {};
}

base::Result<Outcome> Storm::Run() {
  const base::WallTime start = clock_.Now();
  std::size_t wave = 0;
  while (wave < weather_.waves.size() || !due_.empty()) {
    const base::WallTime next_wave =
        wave < weather_.waves.size()
            ? start + std::chrono::duration_cast<base::WallTime::duration>(weather_.waves[wave].at)
            : base::WallTime::max();
    if (due_.empty() || next_wave <= due_.begin()->first) {
      if (next_wave > clock_.Now()) clock_.Advance(next_wave - clock_.Now());
      // What the rails knew before the wave is forgotten: the witness counts by what is true now.
      clock_.Advance(std::chrono::seconds(3));
      Begin(weather_.waves[wave++]);
      continue;
    }
    if (due_.begin()->first > clock_.Now()) clock_.Advance(due_.begin()->first - clock_.Now());
    Work();
    if (!witness_.breaches().empty()) return base::Error{base::ErrorCode::kInternal, witness_.breaches().front()};
    if (clock_.Now() - start > std::chrono::hours(2)) return base::Error{base::ErrorCode::kInternal, "has no end"};
  }
  if (auto restored = AllAsBefore(); !restored) return restored.error();
  outcome_.effects = witness_.effects();
  outcome_.most_at_once = witness_.most_at_once();
  return outcome_;
}

}  // namespace

Fleet::Fleet(const std::filesystem::path& directory, int domains) : domains_(domains) {
  std::vector<hypervisor::Location> locations;
  for (const std::string host : {"host-a", "host-b"}) {
    const std::filesystem::path file = directory / (host + ".xml");
    WriteDomains(file, host, domains);
    locations.push_back({host, "test://" + file.string()});
  }
  inventory_ = hypervisor::ConnectInventory(locations);
}

base::Result<Outcome> Run(Fleet& fleet, const std::filesystem::path& directory, std::uint64_t seed) {
  return Storm(fleet, directory, seed).Run();
}

}  // namespace forewarn::storms

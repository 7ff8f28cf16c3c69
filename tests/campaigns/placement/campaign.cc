// SPDX-License-Identifier: Apache-2.0
#include "tests/campaigns/placement/campaign.h"

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <future>
#include <random>
#include <sstream>

#include "tests/testbed/guest.h"
#include "tests/testbed/libvirt.h"
#include "tests/testbed/net.h"
#include "webhook/actuators/placement.h"

namespace forewarn::migration {
namespace {

using actuators::Setting;
using hypervisor::DomainState;
using std::chrono::milliseconds;
using std::chrono::seconds;
using testbed::Host;

constexpr const char* kGuest = "traveller";
constexpr const char* kKinds[] = {"none", "abort", "kill destination", "kill destination's libvirtd",
                                  "kill source's libvirtd"};
constexpr seconds kTime{30};      // of one migration
constexpr int kLatest = 2500;     // ms after its begin, when it is disturbed: an undisturbed one takes less
constexpr seconds kSettling{20};  // until both libvirtds have cleaned up

// The independent witness: processes, whatever libvirt says of them.
int Processes() {
  int count = 0;
  std::error_code gone;
  for (const auto& entry : std::filesystem::directory_iterator("/proc", gone)) {
    std::ifstream file(entry.path() / "cmdline", std::ios::binary);
    std::string line((std::istreambuf_iterator<char>(file)), std::istreambuf_iterator<char>());
    if (line.find("qemu-system") != std::string::npos &&
        line.find(std::string("guest=") + kGuest) != std::string::npos) {
      ++count;
    }
  }
  return count;
}

class Travels {
 public:
  Travels(std::vector<Host>& hosts, testbed::Guest& guest, const Options& options)
      : hosts_(hosts), guest_(guest), dice_(options.seed) {
    std::vector<hypervisor::Location> locations;
    for (Host& host : hosts) locations.push_back({host.name(), host.uri(), "tcp://127.0.0.1", true});
    inventory_ = hypervisor::ConnectInventory(std::move(locations));
    placement_ = actuators::MakePlacement(inventory_.get());
    const auto domain = inventory_->Resolve(kGuest, Soon());
    if (domain) target_ = {kGuest, domain->uuid, domain->hypervisor};
  }

  base::Result<void> Once(int number, Figures& figures) {
    const auto at = Place();
    if (!at) return at.error();
    Host& source = hosts_[*at];
    Host& destination = hosts_[1 - *at];
    // All kinds in turn, in the order of the dice's moments.
    const std::string kind = kKinds[static_cast<std::size_t>(number) % std::size(kKinds)];
    const milliseconds when(std::uniform_int_distribution<int>(0, kLatest)(dice_));
    const auto begin = base::SystemClock().Steady();
    auto moving = std::async(std::launch::async, [this, to = destination.name()] {
      return placement_->Apply(target_, Setting{{{"hypervisor", to}}}, base::Deadline::After(kTime));
    });
    const bool in_time = moving.wait_for(when) == std::future_status::timeout;
    const bool killed = in_time && Disturb(kind, source, destination);
    const bool late = !in_time || (kind == "kill destination" && !killed);
    const auto moved = moving.get();
    const base::Duration took = base::SystemClock().Steady() - begin;
    ++figures.done;
    ++figures.disturbed[late ? "came too late" : kind];
    if (kind == "none" && moved) figures.undisturbed.push_back(base::ToSeconds(took));
    if (!moved && moved.error().message.starts_with(actuators::kSplitPlacement)) ++figures.paged;
    const std::string what = std::to_string(number) + " (" + kind + " after " + std::to_string(when.count()) + " ms): ";
    figures.last = what + (moved ? "moved" : moved.error().message);
    Judge(what + (moved ? "moved" : moved.error().message), {*at, killed}, figures);
    return {};
  }

 private:
  struct Trial {
    std::size_t from;
    bool destination_killed;
  };

  static base::Deadline Soon() { return base::Deadline::After(seconds(10)); }

  // Whether the destination lost its guests.
  bool Disturb(const std::string& kind, Host& source, Host& destination) {
    if (kind == "abort") Abort(source);
    // A host that dies after the guest has come takes it along: that would be no failure of the migration.
    const bool still_there = ActiveOn(source);
    if (kind == "kill destination" && still_there) destination.PowerOff();
    if (kind == "kill destination's libvirtd") destination.KillDaemon();
    if (kind == "kill source's libvirtd") source.KillDaemon();
    for (Host* host : {&source, &destination}) {
      if (kind.starts_with("kill") && !testbed::Connect(host->uri()).ok()) static_cast<void>(host->RestartDaemon());
    }
    return kind == "kill destination" && still_there;
  }

  static bool ActiveOn(const Host& host) {
    const auto connection = testbed::Connect(host.uri());
    if (!connection) return false;
    const auto domain = testbed::FindDomain(*connection, kGuest);
    return domain && virDomainIsActive(domain->get()) == 1;
  }

  static void Abort(const Host& source) {
    const auto connection = testbed::Connect(source.uri());
    if (!connection) return;
    const auto domain = testbed::FindDomain(*connection, kGuest);
    if (domain) virDomainAbortJob(domain->get());
  }

  // On which of both it runs, alone.
  base::Result<std::size_t> Place() {
    const auto all = inventory_->Locate(target_.uuid, Soon());
    std::vector<std::string> active;
    for (const auto& domain : all.found) {
      if (hypervisor::IsActive(domain.state)) active.push_back(domain.hypervisor);
      if (domain.state != DomainState::kRunning && hypervisor::IsActive(domain.state))
        active.push_back("(not running)");
    }
    if (!all.silent.empty() || active.size() != 1) {
      std::string text = "active on:";
      for (const std::string& name : active) text += " " + name;
      for (const std::string& name : all.silent) text += ", no answer of " + name;
      return base::Error{base::ErrorCode::kConflict, text};
    }
    return active.front() == hosts_[0].name() ? 0u : 1u;
  }

  void Judge(const std::string& what, const Trial& trial, Figures& figures) {
    const bool alone = testbed::WaitUntil(kSettling, [this] { return Place().ok() && Processes() == 1; });
    if (!alone && trial.destination_killed && Processes() == 0) {
      ++figures.lost_with_host;  // its last host died with it
      for (Host& host : hosts_) static_cast<void>(inventory_->Find(host.name())->Start(target_.uuid, Soon()));
      static_cast<void>(guest_.WaitReady());
      return;
    }
    const auto place = Place();
    if (!alone) {
      figures.broken.push_back(what + "; " + (place ? "active on one" : place.error().message) + ", " +
                               std::to_string(Processes()) + " processes");
      return;
    }
    ++(*place == trial.from ? figures.stayed : figures.moved);
    const auto serves = [this] { return testbed::HttpGet(guest_.endpoints().service, "/healthz").status == 200; };
    if (!testbed::WaitUntil(kSettling, serves)) figures.broken.push_back(what + "; it doesn't serve");
  }

  std::vector<Host>& hosts_;
  testbed::Guest& guest_;
  std::mt19937_64 dice_;
  std::unique_ptr<hypervisor::Inventory> inventory_;
  std::unique_ptr<actuators::Actuator> placement_;
  actuators::Target target_;
};

}  // namespace

base::Result<Figures> Run(const Options& options, const std::string& kernel, const std::string& initrd,
                          const std::function<void(const Figures&)>& progress) {
  std::vector<Host> hosts;
  for (const char* name : {"host1", "host2"}) {
    auto host = Host::Start(name, testbed::DefaultCacheDir());
    if (!host) return host.error();
    hosts.push_back(std::move(*host));
  }
  auto guest = testbed::Guest::Create(hosts[0], {kernel, initrd}, {.name = kGuest, .number = 1});
  if (!guest) return guest.error();
  if (auto ready = guest->WaitReady(); !ready) return ready.error();
  for (const char* load : {"cpu 40", "disk 60 60 0", "net 1"}) {
    if (auto loaded = guest->Command(load); !loaded) return loaded.error();
  }
  Travels travels(hosts, *guest, options);
  Figures figures;
  for (int i = 0; i < options.n && figures.broken.empty(); ++i) {
    if (auto done = travels.Once(i, figures); !done) return done.error();
    progress(figures);
  }
  return figures;
}

}  // namespace forewarn::migration

// SPDX-License-Identifier: Apache-2.0
#include "tests/campaigns/two_writers/trial.h"

#include <algorithm>
#include <chrono>
#include <memory>
#include <thread>

#include "tests/campaigns/two_writers/writer.h"
#include "webhook/actuators/fence.h"
#include "webhook/actuators/replica.h"

namespace forewarn::two_writers {
namespace {

using fakes::PrivatePostgres;
using std::chrono::milliseconds;
using std::chrono::seconds;

constexpr base::Duration kApplyTime = seconds(10);
constexpr base::Duration kMaxLag = seconds(60);
constexpr auto kBefore = milliseconds(300), kAfter = milliseconds(500);
constexpr const char* kNowhere = "host=/nonexistent user=forewarn dbname=postgres";
const actuators::Setting kPromoted{{{"role", "primary"}}};

// The two servers, and the hypervisors as the plan wants them.
class Scene {
 public:
  Scene(const Plan& plan, fakes::PrivateLibvirtd& libvirtd) : plan_(plan), libvirtd_(libvirtd) {}
  ~Scene() { libvirtd_.Continue(); }

  base::Result<void> SetUp() {
    auto primary = PrivatePostgres::Start();
    if (!primary) return primary.error();
    primary_ = std::move(*primary);
    auto table = primary_->Ask("CREATE TABLE sequence (side text, n bigint)");
    if (!table) return table.error();
    auto standby = PrivatePostgres::Follow(*primary_);
    if (!standby) return standby.error();
    standby_ = std::move(*standby);
    Place();
    return {};
  }

  void Place() {
    host_ = std::make_unique<Host>(*primary_, plan_.fault);
    if (plan_.effective) host_->LoseAnswersOnly();
    const bool moved = plan_.fault == Fault::kMovedAway;
    target_ = {"db-1",
               host_->Add("db-1", moved ? hypervisor::DomainState::kShutOff : hypervisor::DomainState::kRunning),
               "host1"};
    other_.Add("db-1", hypervisor::DomainState::kRunning);
    if (moved) other_.Break({base::ErrorCode::kUnavailable, "no connection"});
    std::map<std::string, fakes::FakeHypervisor*> hosts{{"host1", host_.get()}};
    if (moved) hosts["host2"] = &other_;
    inventory_ = std::make_unique<fakes::FakeInventory>(hosts);
    if (plan_.fault == Fault::kLibvirtdHung) {
      inventory_ = hypervisor::ConnectInventory({{"real", libvirtd_.uri()}});
      target_ = {libvirtd_.domain(), libvirtd_.uuid(), "real"};
    }
  }

  base::Result<void> Cut() {
    if (plan_.fault == Fault::kLibvirtdHung) libvirtd_.Stop();
    if (plan_.link == Link::kHung) primary_->Stop();
    if (plan_.link != Link::kCutFromAll) return {};
    for (const char* sql : {"ALTER SYSTEM SET primary_conninfo = ''", "SELECT pg_reload_conf()"}) {
      if (auto done = standby_->Ask(sql); !done) return done.error();
    }
    return {};
  }

  base::Result<void> Promote() {
    const bool seen = plan_.link == Link::kWhole || plan_.link == Link::kHung;
    actuators::TargetConfig config;
    config.replica = {{seen ? primary_->conninfo() : kNowhere, ""}, {standby_->conninfo(), ""}, {{}, kMaxLag}, {}};
    const auto replica = actuators::MakeReplica(inventory_.get(), [&](const std::string&) { return config; });
    return replica->Apply(target_, kPromoted, base::Deadline::After(kApplyTime));
  }

  PrivatePostgres& primary() { return *primary_; }
  PrivatePostgres& standby() { return *standby_; }

 private:
  const Plan plan_;
  fakes::PrivateLibvirtd& libvirtd_;
  std::unique_ptr<PrivatePostgres> primary_, standby_;
  std::unique_ptr<Host> host_;
  fakes::FakeHypervisor other_{"host2"};
  std::unique_ptr<hypervisor::Inventory> inventory_;
  actuators::Target target_;
};

void Compare(const std::vector<std::int64_t>& primary, const std::vector<std::int64_t>& standby, Verdict& verdict) {
  verdict.primary = primary.size();
  verdict.standby = standby.size();
  if (standby.empty()) return;
  const std::int64_t first = *std::min_element(standby.begin(), standby.end());
  verdict.overlap = static_cast<std::size_t>(
      std::count_if(primary.begin(), primary.end(), [&](std::int64_t time) { return time > first; }));
}

std::int64_t Lost(PrivatePostgres& standby, std::size_t confirmed) {
  auto kept = standby.Ask("SELECT count(*) FROM sequence WHERE side = 'primary'");
  // One that was written, but not confirmed any more, may be there as well.
  return kept ? std::max<std::int64_t>(0, static_cast<std::int64_t>(confirmed) - std::stoll(*kept)) : -1;
}

}  // namespace

const char* Name(Link link) {
  switch (link) {
    case Link::kWhole:
      return "whole";
    case Link::kCutFromUs:
      return "cut_from_us";
    case Link::kCutFromAll:
      return "cut_from_all";
    case Link::kHung:
      return "hung";
  }
  return "";
}

base::Result<Verdict> RunTrial(const Plan& plan, fakes::PrivateLibvirtd& libvirtd) {
  Scene scene(plan, libvirtd);
  if (auto set = scene.SetUp(); !set) return set.error();
  Writer on_primary(scene.primary().conninfo(), "primary"), on_standby(scene.standby().conninfo(), "standby");
  std::this_thread::sleep_for(kBefore);  // how long they write before
  if (auto cut = scene.Cut(); !cut) return cut.error();
  const auto since = std::chrono::steady_clock::now();
  const auto promoted = scene.Promote();
  Verdict verdict;
  verdict.seconds = base::ToSeconds(base::Duration(std::chrono::steady_clock::now() - since));
  verdict.promoted = promoted.ok();
  if (!promoted) verdict.refusal = promoted.error().message;
  scene.primary().Continue();
  std::this_thread::sleep_for(kAfter);  // and after
  Compare(on_primary.Finish(), on_standby.Finish(), verdict);
  if (verdict.promoted) verdict.lost = Lost(scene.standby(), verdict.primary);
  return verdict;
}

std::optional<std::string> Broken(const Plan& plan, const Verdict& verdict) {
  const bool provable = plan.fault == Fault::kNone || plan.fault == Fault::kSlow;
  if (verdict.overlap > 0) return std::to_string(verdict.overlap) + " writes of the primary beside the standby's";
  if (verdict.primary == 0) return "the primary never wrote";
  if (!provable && (verdict.promoted || verdict.standby > 0)) return "promoted without a proof";
  if (!provable && !verdict.refusal.starts_with(actuators::kNoFenceProof)) return "refused as " + verdict.refusal;
  if (provable && !verdict.promoted) return "not promoted: " + verdict.refusal;
  if (provable && verdict.standby == 0) return "promoted, but it took no writes";
  return std::nullopt;
}

}  // namespace forewarn::two_writers

// SPDX-License-Identifier: Apache-2.0
#include "tests/campaigns/two_writers/campaign.h"

#include <array>
#include <iterator>
#include <random>

namespace forewarn::two_writers {
namespace {

// A hypervisor that lies about a primary that nobody hears of any more cannot be caught (fence.h says so).
Link DrawLink(Fault fault, std::mt19937_64& dice) {
  if (fault == Fault::kLies) return std::array{Link::kWhole, Link::kCutFromUs, Link::kHung}[dice() % 3];
  return std::array{Link::kWhole, Link::kCutFromUs, Link::kCutFromAll, Link::kHung}[dice() % 4];
}

void Count(const Plan& plan, const Verdict& verdict, Figures& figures) {
  const std::string situation = std::string(Name(plan.fault)) + "/" + Name(plan.link);
  ++figures.trials;
  ++(verdict.promoted ? figures.promoted : figures.refused);
  ++figures.situations[situation];
  figures.primary += verdict.primary;
  figures.standby += verdict.standby;
  figures.overlap += verdict.overlap;
  figures.lost += verdict.lost;
  if (verdict.promoted && plan.fault == Fault::kNone && plan.link != Link::kHung) {
    figures.promotions.push_back(verdict.seconds);
  }
  if (auto broken = Broken(plan, verdict)) {
    figures.broken.push_back("trial " + std::to_string(figures.trials) + " (" + situation + "): " + *broken);
  }
}

}  // namespace

base::Result<Figures> Run(const Options& options, const std::function<void(const Figures&)>& progress) {
  auto libvirtd = fakes::PrivateLibvirtd::Start(fakes::PrivateLibvirtd::Driver::kTest);
  if (!libvirtd) return libvirtd.error();
  std::mt19937_64 dice(options.seed);
  Figures figures;
  for (int trial = 0; trial < options.n; ++trial) {
    const Fault fault = kFaults[static_cast<std::size_t>(trial) % std::size(kFaults)];
    const Plan plan{fault, DrawLink(fault, dice), dice() % 2 == 0};
    auto verdict = RunTrial(plan, **libvirtd);
    if (!verdict) return verdict.error();
    Count(plan, *verdict, figures);
    progress(figures);
  }
  return figures;
}

}  // namespace forewarn::two_writers

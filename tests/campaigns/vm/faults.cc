// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <cmath>
#include <iterator>
#include <map>

#include "tests/campaigns/vm/timeline.h"

namespace forewarn::campaign {
namespace {

// From `from` to `to` by equal factors.
double Between(double from, double to, double grown) { return from * std::pow(to / from, grown); }

double RampSeconds(Timeline& t) { return t.dice().Between(20, 40); }

void DiskContention(Timeline& t) {
  const double ramp = RampSeconds(t), base = t.base().disk;
  if (t.dice().Chance(0.6)) {  // it asks for more
    const double target = t.size().iops_limit * t.dice().Between(1.05, 1.7);
    t.plan().detail = "guest asks for more";
    return t.Command(Words("disk", {t.gradual() ? base : target, target, t.gradual() ? ramp : 0}));
  }
  const double target = std::max(5.0, base * t.dice().Between(0.4, 0.95));
  t.plan().detail = "host gives less";
  t.Grow(ramp, [&](double grown, double after) {
    t.Set(Lever::kIops, std::round(Between(t.size().iops_limit, target, grown)), after);
  });
}

void DiskFull(Timeline& t) {
  t.plan().detail = "a file grows";
  const double seconds = t.gradual() ? t.dice().Between(20, 50) : t.dice().Between(2, 5);
  t.Command(Words("fill", {t.size().data_mib / seconds}));
}

void MemoryLeak(Timeline& t) {
  t.plan().detail = "the service leaks";
  const double seconds = t.gradual() ? t.dice().Between(20, 55) : t.dice().Between(3, 6);
  t.Command(Words("leak", {t.AvailableMib() / seconds}));
}

void CpuSaturation(Timeline& t) {
  t.plan().detail = "guest computes";
  t.plan().heavy = true;
  const double ramp = RampSeconds(t), target = t.dice().Between(150, 400);
  t.Grow(ramp, [&](double grown, double after) {
    t.Command(Words("cpu", {t.base().cpu + grown * (target - t.base().cpu)}), after);
  });
}

void CpuDenied(Timeline& t) {
  constexpr double kOwn = 12;  // percent: what the guest itself takes
  t.plan().detail = "host gives less";
  const double ramp = RampSeconds(t), demand = (kOwn + t.base().cpu) / 100,
               target = demand * t.dice().Between(0.3, 0.7);
  t.Grow(ramp, [&](double grown, double after) { t.Set(Lever::kQuota, Between(1, target, grown), after); });
}

void FlapLink(Timeline& t, double ramp) {
  constexpr double kPeriod = 4;  // s
  const double worst = t.dice().Between(1.2, 3);
  for (double after = 0; after + kPeriod < t.left(); after += kPeriod) {
    const double grown = t.gradual() ? std::min(1.0, (after + kPeriod) / ramp) : 1;
    t.Set(Lever::kLink, 0, after);
    t.Set(Lever::kLink, 1, after + worst * grown);
  }
}

void NetworkDegradation(Timeline& t) {
  const double ramp = RampSeconds(t);
  if (t.dice().Chance(0.25)) {
    t.plan().detail = "the link flaps";
    return FlapLink(t, ramp);
  }
  if (!t.gradual() && t.dice().Chance(0.25)) {
    t.plan().detail = "the link is down";
    return t.Set(Lever::kLink, 0);
  }
  t.plan().detail = "packets come late and not at all";
  const double delay = t.dice().Between(60, 400), loss = t.dice().Between(8, 35);
  t.Grow(ramp, [&](double grown, double after) { t.Command(Words("impair", {delay * grown, loss * grown}), after); });
}

void ErrorBurst(Timeline& t) {
  t.plan().detail = "the service fails";
  const double ramp = RampSeconds(t), errors = t.dice().Between(5, 20), failures = t.dice().Between(20, 70);
  t.Grow(ramp, [&](double grown, double after) {
    t.Command(Words("errors", {std::max(0.2, errors * grown)}), after);
    t.Command(Words("fail", {failures * grown}), after);
  });
}

void Storm(Timeline& t) {
  t.plan().detail = "processes come and go, memory is held";
  const double ramp = RampSeconds(t), storm = t.dice().Between(10, 30),
               held = t.AvailableMib() * t.dice().Between(0.25, 0.45);
  t.Grow(ramp, [&](double grown, double after) {
    t.Command(Words("storm", {storm * grown}), after);
    t.Command(Words("hold", {held * grown}), after);
  });
}

void Miner(Timeline& t) {
  t.plan().detail = "computes and sends";
  t.plan().heavy = true;
  const double ramp = RampSeconds(t), cpu = t.dice().Between(45, 75), net = t.dice().Between(0.5, 1.5);
  t.Grow(ramp, [&](double grown, double after) {
    t.Command(Words("cpu", {t.base().cpu + grown * (cpu - t.base().cpu)}), after);
    t.Command(Words("net", {t.base().net + grown * net}), after);
  });
}

void Copy(Timeline& t) {
  t.plan().detail = "reads and sends";
  const double ramp = RampSeconds(t), net = t.dice().Between(0.8, 2),
               disk = t.base().disk + t.size().iops_limit * t.dice().Between(0.15, 0.3);
  t.Command(Words("disk", {t.gradual() ? t.base().disk : disk, disk, t.gradual() ? ramp : 0}));
  t.Grow(ramp, [&](double grown, double after) { t.Command(Words("net", {t.base().net + grown * net}), after); });
}

void Hang(Timeline& t) {
  t.plan().manner = "abrupt";
  t.plan().detail = "the service hangs, its work ends";
  t.Command("hang 1");
  for (const char* load : {"stop cpu", "stop disk", "stop net"}) t.Command(load);
}

void Unknown(Timeline& t) {
  constexpr void (*kKinds[])(Timeline&) = {Storm, Miner, Copy, Hang};
  kKinds[t.dice().Index(std::size(kKinds))](t);
}

}  // namespace

void AddFault(Timeline& timeline) {
  static const std::map<std::string, void (*)(Timeline&)> faults = {
      {"disk_contention", DiskContention}, {"disk_full", DiskFull},   {"memory_leak", MemoryLeak},
      {"cpu_saturation", CpuSaturation},   {"cpu_denied", CpuDenied}, {"network_degradation", NetworkDegradation},
      {"error_burst", ErrorBurst},         {"unknown", Unknown},
  };
  faults.at(timeline.plan().fault)(timeline);
}

}  // namespace forewarn::campaign

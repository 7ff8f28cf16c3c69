// SPDX-License-Identifier: Apache-2.0
// What null runs hold: nothing, another base load, short bursts, a slow drift. The service bears all of it.
#include <iterator>

#include "tests/campaigns/vm/timeline.h"

namespace forewarn::campaign {
namespace {

void Steady(Timeline& t) { t.plan().manner = "steady"; }

void Step(Timeline& t) {
  t.plan().manner = "step";
  const double factor = t.dice().Chance(0.5) ? t.dice().Between(1.3, 1.8) : t.dice().Between(0.4, 0.7);
  const Base& base = t.base();
  switch (t.dice().Index(3)) {
    case 0:
      return t.Command(Words("cpu", {base.cpu * factor}));
    case 1:
      return t.Command(Words("disk", {base.disk, base.disk * factor, 2}));
    default:
      return t.Command(Words("net", {base.net * factor}));
  }
}

// One load for some seconds, and then as before.
void Burst(Timeline& t, double after) {
  const double seconds = t.dice().Between(2, 5);
  const Base& base = t.base();
  const auto both = [&](const std::string& burst, const std::string& before) {
    t.Command(burst, after);
    t.Command(before, after + seconds);
  };
  const double disk = t.size().iops_limit * t.dice().Between(0.35, 0.5);
  switch (t.dice().Index(6)) {
    case 0:
      return both(Words("cpu", {t.dice().Between(35, 65)}), Words("cpu", {base.cpu}));
    case 1:
      return both(Words("disk", {disk, disk, 0}), Words("disk", {base.disk, base.disk, 0}));
    case 2:
      return both(Words("net", {t.dice().Between(0.3, 0.8)}), Words("net", {base.net}));
    case 3:
      return both(Words("hold", {t.dice().Between(10, 20)}), "stop hold");
    case 4:
      return both(Words("fill", {t.dice().Between(0.5, 1)}), "stop fill");
    default:
      return both(Words("errors", {t.dice().Between(0.8, 1.6)}),
                  base.errors > 0 ? Words("errors", {base.errors}) : "stop errors");
  }
}

void Bursts(Timeline& t) {
  t.plan().manner = "bursts";
  for (double after = 0; after < t.left() - 6; after += t.dice().Between(12, 30)) Burst(t, after);
}

void Drift(Timeline& t) {
  t.plan().manner = "gradual";  // as long as it takes
  const double more = t.dice().Between(8, 15), seconds = t.dice().Between(25, 45);
  t.Grow(seconds, [&](double grown, double after) { t.Command(Words("cpu", {t.base().cpu + more * grown}), after); });
  t.plan().manner = "drift";
}

}  // namespace

void AddOrdinary(Timeline& timeline) {
  constexpr void (*kKinds[])(Timeline&) = {Steady, Step, Bursts, Drift};
  kKinds[timeline.dice().Index(std::size(kKinds))](timeline);
}

}  // namespace forewarn::campaign

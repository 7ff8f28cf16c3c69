// SPDX-License-Identifier: Apache-2.0
#include "exporter/state/record.h"

#include <utility>

namespace forewarn::state {
namespace {

constexpr double kClockSlack = 60;  // s that a clock may have been set back meanwhile

using base::Result;
using detectors::Archive;

Result<void> TakeInstances(Archive& archive, signals::Slots& slots) {
  std::uint64_t count = 0;
  if (auto taken = archive.Take(count); !taken) return taken;
  for (std::uint64_t i = 0; i < count; ++i) {
    auto& instance = slots.instances.emplace_back();
    if (auto taken = archive.TakeText(instance.name); !taken) return taken;
    if (auto taken = archive.Take(instance.last_seen); !taken) return taken;
  }
  return {};
}

Result<void> TakeSignals(Archive& archive, signals::Slots& slots) {
  std::uint64_t count = 0;
  if (auto taken = archive.Take(count); !taken) return taken;
  for (std::uint64_t i = 0; i < count; ++i) {
    auto& signal = slots.signals.emplace_back();
    if (auto taken = archive.TakeText(signal.name); !taken) return taken;
    if (auto taken = archive.TakeText(signal.expr); !taken) return taken;
  }
  return {};
}

Result<void> TakeHead(Archive& archive, Head& head) {
  auto taken = archive.Take(head.time);
  if (taken) taken = TakeInstances(archive, head.slots);
  if (taken) taken = TakeSignals(archive, head.slots);
  return taken;
}

// Leaves the instances that are kept; the saved slots of those.
std::vector<std::uint32_t> Drop(double now, signals::Slots& slots) {
  std::vector<std::uint32_t> kept;
  for (std::uint32_t slot = 0; slot < slots.instances.size(); ++slot) {
    auto& instance = slots.instances[slot];
    if (instance.name.empty() || !(now - instance.last_seen < kForgotten)) continue;
    std::swap(slots.instances[kept.size()], instance);
    kept.push_back(slot);
  }
  slots.instances.resize(kept.size());
  return kept;
}

}  // namespace

std::string Encode(const Head& head, const predictor::Predictor& predictor) {
  Archive archive;
  archive.Put(head.time);
  archive.Put<std::uint64_t>(head.slots.instances.size());
  for (const auto& instance : head.slots.instances) {
    archive.PutText(instance.name);
    archive.Put(instance.last_seen);
  }
  archive.Put<std::uint64_t>(head.slots.signals.size());
  for (const auto& signal : head.slots.signals) {
    archive.PutText(signal.name);
    archive.PutText(signal.expr);
  }
  predictor.Save(archive);
  return archive.Release();
}

std::optional<Rejection> Decode(std::string content, double now, predictor::Predictor& predictor,
                                signals::Roster& roster, Head& head) {
  Archive archive(std::move(content));
  if (auto taken = TakeHead(archive, head); !taken) return Rejection{"damaged", taken.error().message};
  if (!(head.time <= now + kClockSlack)) return Rejection{"future", "it was saved later than now"};
  archive.KeepInstances(Drop(now, head.slots));
  // The checksum is right: what does not fit was written by another release.
  if (auto restored = predictor.Restore(archive); !restored) return Rejection{"version", restored.error().message};
  roster.Prime(head.slots);
  return std::nullopt;
}

}  // namespace forewarn::state

// SPDX-License-Identifier: Apache-2.0
#include "predictor/experiments/value.h"

#include <algorithm>
#include <tuple>

namespace forewarn::experiments {
namespace {

using knowledge::Symptom;

// One fault's signals in one tick.
class Sight {
 public:
  Sight(const Lesson& lesson, const Scene& scene) : signature_(*lesson.signature), scene_(scene) {
    for (const auto& signal : signature_.signals) slots_.push_back(scene.snapshot.signals->Find(signal));
    most_ = Share([&](const auto& of) { return IsMeasured(of.signal); });
  }

  // How much of what is measured of the signature anywhere is seen on the instance, 0 to 1.
  double Of(std::uint32_t instance) const {
    return most_ > 0 ? Share([&](const auto& of) { return Measures(of.signal, instance); }) / most_ : 0;
  }

 private:
  template <class Measured>
  double Share(const Measured& measured) const {
    if (std::none_of(signature_.manifestations.begin(), signature_.manifestations.end(), measured)) return 0;
    double seen = 0, all = 0;
    for (const Symptom& symptom : signature_.symptoms) {
      all += symptom.weight;
      if (std::any_of(symptom.any.begin(), symptom.any.end(), measured)) seen += symptom.weight;
    }
    return all > 0 ? seen / all : 0;
  }

  bool IsMeasured(std::uint32_t signal) const {
    const auto& columns = scene_.snapshot.columns;
    const std::int64_t slot = slots_[signal];
    return slot >= 0 && static_cast<std::size_t>(slot) < columns.size() &&
           !columns[static_cast<std::size_t>(slot)].empty();
  }
  // There is a value, and enough is known to judge it.
  bool Measures(std::uint32_t signal, std::uint32_t instance) const {
    if (slots_[signal] < 0) return false;
    const auto slot = static_cast<std::uint32_t>(slots_[signal]);
    if (slot >= scene_.anomalies.size() || instance >= scene_.anomalies[slot].size()) return false;
    return !telemetry::IsMissing(scene_.anomalies[slot][instance].score) &&
           !telemetry::IsMissing(scene_.snapshot.At(slot, instance));
  }

  const knowledge::Signature& signature_;
  const Scene& scene_;
  std::vector<std::int64_t> slots_;  // of its signals; -1: none
  double most_ = 0;                  // of the signature: what is measured anywhere
};

double UncertaintyOf(const Lesson& lesson) {
  return 1 - (1 - lesson.accuracy.Uncertainty()) * (1 - lesson.mitigation.Uncertainty());
}

double CalmOf(float unrest) { return std::clamp(2 - 2 * static_cast<double>(unrest), 0.0, 1.0); }

bool IsWorthMore(const Value& a, const Value& b) {
  return std::tuple(-a.value, a.lesson, a.instance) < std::tuple(-b.value, b.lesson, b.instance);
}

// Of one fault, the first that are worth most.
std::vector<Value> BestOf(const Lesson& lesson, std::size_t index, const Scene& scene, std::size_t most) {
  const Sight sight(lesson, scene);
  const double uncertainty = UncertaintyOf(lesson);
  std::vector<Value> values;
  std::size_t best_there_are = 0;
  for (std::uint32_t instance = 0; instance < scene.unrest.size() && best_there_are < most; ++instance) {
    const double calm = CalmOf(scene.unrest[instance]);
    const double relevance = calm > 0 ? calm * sight.Of(instance) : 0;
    if (!(uncertainty * relevance > 0)) continue;
    values.push_back({instance, index, uncertainty * relevance});
    best_there_are += relevance >= 1 ? 1 : 0;
  }
  const auto kept = values.begin() + static_cast<std::ptrdiff_t>(std::min(most, values.size()));
  std::partial_sort(values.begin(), kept, values.end(), IsWorthMore);
  values.erase(kept, values.end());
  return values;
}

}  // namespace

std::vector<Value> MostWorth(const std::vector<Lesson>& lessons, const Scene& scene, std::size_t most) {
  std::vector<std::vector<Value>> best;
  for (std::size_t i = 0; i < lessons.size(); ++i) best.push_back(BestOf(lessons[i], i, scene, most));
  std::vector<Value> chosen;
  for (std::size_t rank = 0; rank < most && chosen.size() < most; ++rank) {
    const auto before = static_cast<std::ptrdiff_t>(chosen.size());
    for (const auto& values : best) {
      if (rank < values.size()) chosen.push_back(values[rank]);
    }
    std::sort(chosen.begin() + before, chosen.end(), IsWorthMore);
  }
  chosen.resize(std::min(chosen.size(), most));
  return chosen;
}

}  // namespace forewarn::experiments

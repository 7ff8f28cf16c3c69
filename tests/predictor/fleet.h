// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "predictor/predictor.h"

namespace forewarn::predictor {

// Several instances under a predictor, with the slots that a reader would give them. What a signal gives as kMissing
// for an instance is not there; the names of instances that were never there are not known.
class Fleet {
 public:
  using Signal = std::function<double(double now, const std::string& instance)>;
  explicit Fleet(double step = 1, std::unique_ptr<Predictor> predictor = Predictor::Create({}).value())
      : step_(step), predictor_(std::move(predictor)) {}

  Fleet& With(const std::string& signal, Signal value) {
    signals_.SlotOf(signal);
    values_.push_back(std::move(value));
    return *this;
  }
  void Add(const std::string& instance) { instances_.SlotOf(instance); }
  // What a reader does with one that was away for long.
  void BeginAnew(const std::string& instance) {
    instances_.Forget(instance);
    instances_.SlotOf(instance);
  }

  const Output& Tick() {
    telemetry::Snapshot snapshot{kStart + now_, &instances_, &signals_, {}};
    for (const auto& value : values_) {
      auto& column = snapshot.columns.emplace_back(instances_.size(), telemetry::kMissing);
      for (std::uint32_t i = 0; i < instances_.size(); ++i) {
        if (instances_.Find(instances_.NameOf(i)) == i) column[i] = value(now_, instances_.NameOf(i));
      }
    }
    now_ += step_;
    return predictor_->Tick(snapshot);
  }
  // Ticks until `until` s after the start; `each` sees every output.
  void Run(double until, const std::function<void(const Output&)>& each = nullptr) {
    while (now_ < until) {
      const Output& output = Tick();
      if (each) each(output);
    }
  }

  // Another fleet's state, of the instances that are kept, from which this one goes on.
  base::Result<void> Continue(const Fleet& other, const std::vector<std::uint32_t>& kept) {
    detectors::Archive saved;
    other.predictor_->Save(saved);
    detectors::Archive archive(saved.bytes());
    archive.KeepInstances(kept);
    for (const auto slot : kept) instances_.SlotOf(other.instances_.NameOf(slot));
    now_ = other.now_;
    return predictor_->Restore(archive);
  }

  std::map<std::string, double> ScoresOf(const Output& output) const {
    std::map<std::string, double> scores;
    for (const auto& state : output.instances) scores[instances_.NameOf(state.instance)] = state.score;
    return scores;
  }
  // [instance/signal] → score
  std::map<std::string, double> SignalsOf(const Output& output) const {
    std::map<std::string, double> scores;
    for (std::uint32_t s = 0; s < output.signals.size(); ++s) {
      for (std::uint32_t i = 0; i < output.signals[s].size(); ++i) {
        const double score = output.signals[s][i].score;
        if (!telemetry::IsMissing(score)) scores[instances_.NameOf(i) + "/" + signals_.NameOf(s)] = score;
      }
    }
    return scores;
  }
  // [instance/fault] → confidence
  std::map<std::string, double> FaultsOf(const Output& output) const {
    std::map<std::string, double> confidences;
    for (const auto& prediction : output.predictions) {
      confidences[instances_.NameOf(prediction.instance) + "/" + prediction.fault] = prediction.confidence;
    }
    return confidences;
  }
  double now() const { return now_; }
  Predictor& predictor() { return *predictor_; }

  static constexpr double kStart = 1.7e9;

 private:
  double step_, now_ = 0;
  telemetry::Names instances_, signals_;
  std::vector<Signal> values_;
  std::unique_ptr<Predictor> predictor_;
};

// Noise that depends on nothing but the time and the name.
inline double Jitter(double now, const std::string& of) {
  const std::size_t mixed =
      std::hash<std::string>{}(of + "@" + std::to_string(static_cast<long long>(now))) * 0x9e3779b97f4a7c15ull;
  return static_cast<double>(mixed >> 40) / static_cast<double>(1ull << 23) - 1;
}

}  // namespace forewarn::predictor

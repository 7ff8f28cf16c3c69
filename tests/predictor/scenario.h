// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cmath>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <random>
#include <string>

#include "predictor/predictor.h"

namespace forewarn::predictor {

// One instance under a predictor: each signal is a function of the time since the start, sampled every `step` seconds.
class Scenario {
 public:
  using Signal = std::function<double(double)>;
  explicit Scenario(double step = 1) : step_(step), predictor_(Predictor::Create({}).value()) {
    instances_.SlotOf("vm1");
  }

  Scenario& With(const std::string& signal, Signal value) {
    signals_.SlotOf(signal);
    values_.push_back(std::move(value));
    return *this;
  }

  // What is known beside telemetry from now on.
  Scenario& Under(Circumstances circumstances) {
    circumstances_ = std::move(circumstances);
    return *this;
  }
  const Predictor& predictor() const { return *predictor_; }

  // Ticks until `until` s after the start; `each` sees every output.
  void Run(double until, const std::function<void(double, const Output&)>& each = nullptr) {
    for (; now_ <= until; now_ += step_) {
      telemetry::Snapshot snapshot{kStart + now_, &instances_, &signals_, {}};
      for (const auto& value : values_) snapshot.columns.push_back({value(now_)});
      const Output& output = predictor_->Tick(snapshot, circumstances_);
      if (each) each(now_, output);
    }
  }

  static const Prediction* Find(const Output& output, const std::string& fault) {
    for (const auto& prediction : output.predictions) {
      if (prediction.fault == fault) return &prediction;
    }
    return nullptr;
  }

  // Seconds from the start until the confidence first reaches `threshold`, while running until `until`.
  std::optional<double> Reaches(const std::string& fault, double threshold, double until) {
    std::optional<double> when;
    Run(until, [&](double now, const Output& output) {
      const Prediction* prediction = Find(output, fault);
      if (!when && prediction != nullptr && prediction->confidence >= threshold) when = now;
    });
    return when;
  }

  static constexpr double kStart = 1.7e9;
  telemetry::Names instances_, signals_;

 private:
  double step_, now_ = 0;
  std::vector<Signal> values_;
  std::unique_ptr<Predictor> predictor_;
  Circumstances circumstances_;
};

// Noise that depends on nothing but its seed and the number of draws.
inline Scenario::Signal Noisy(Scenario::Signal value, double deviation, std::uint32_t seed = 1) {
  auto random = std::make_shared<std::mt19937>(seed);
  return [value = std::move(value), deviation, random](double t) {
    return value(t) + std::normal_distribution<double>(0, deviation)(*random);
  };
}

inline Scenario::Signal Constant(double value) {
  return [value](double) { return value; };
}

inline Scenario::Signal Ramp(double from, double to, double start, double end) {
  return [=](double t) { return from + (to - from) * std::fmin(std::fmax((t - start) / (end - start), 0), 1); };
}

inline Scenario::Signal StepAt(double from, double to, double when) {
  return [=](double t) { return t < when ? from : to; };
}

}  // namespace forewarn::predictor

// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <memory>
#include <utility>
#include <vector>

#include "predictor/detectors/fleet.h"
#include "predictor/detectors/linear_code.h"
#include "predictor/detectors/quantile_tail.h"

namespace forewarn::detectors {

// What the signals of an instance say of each other: what an autoencoder of its group cannot reconstruct is the
// evidence, signal by signal. Two clocks: a residual that lasts becomes usual within hours, so that a new level does
// not alarm for ever, while the model takes it in within days, so that the instance is seen to stand apart until then.
//
// Missing values are not judged and not invented: the code is then that of the others. An instance with one signal has
// nothing to say here.
class Autoencoder final : public Detector {
 public:
  explicit Autoencoder(std::shared_ptr<Fleet> fleet = std::make_shared<Fleet>()) : fleet_(std::move(fleet)) {}
  void Score(const telemetry::Snapshot& snapshot, AnomalyColumns& columns) override;
  void Learn(const telemetry::Snapshot& snapshot, const Mask& mask) override;
  void Save(Archive& archive) const override;
  base::Result<void> Restore(Archive& archive) override;

 private:
  struct Series {
    float usual = 0;                          // level of the residual, in scales of the baseline
    float spread = 1;                         // mean absolute distance from it
    float one_sided = 0;                      // ticks that it has been far to one side, with the sign of the side
    QuantileTail tail;                        // of the logarithm of that distance, since tails of telemetry are heavy
    double Deviation(double residual) const;  // in spreads
    void Learn(double residual, double slow, double fast);
  };
  struct Instance {
    float seen = 0;      // ticks that the model has reconstructed, capped
    float standing = 0;  // smoothed mean absolute residual of clipped values
    QuantileTail tail;   // of the strangeness of its residuals together
  };
  struct Model {
    LinearCode code;
    float ticks = 0;            // learned, capped
    float since_fit = 0;        // ticks
    std::uint32_t teacher = 0;  // the member whose turn it is
    void Save(Archive& archive) const;
    base::Result<void> Restore(Archive& archive, std::size_t signals);
  };
  using Group = Groups<Model>::Group;
  // One instance now, by the signals of its group; kMissing where there is no value. `rebuilt` is whole.
  struct Sight {
    Eigen::VectorXd normalised, clipped, rebuilt;
    std::size_t present = 0;
  };

  bool Look(std::uint32_t instance, Sight& sight) const;
  void Gather(std::uint32_t instance, const Group& group, Sight& sight) const;
  void ScoreInstance(std::uint32_t instance, const Sight& sight, AnomalyColumns& columns) const;
  void LearnInstance(std::uint32_t instance, const Sight& sight);
  void LearnModel(const Mask& mask, Group& group);

  std::shared_ptr<Fleet> fleet_;
  std::vector<std::vector<Series>> series_;  // [signal slot][instance slot]
  std::vector<Instance> instances_;
  Groups<Model> groups_;
};

}  // namespace forewarn::detectors

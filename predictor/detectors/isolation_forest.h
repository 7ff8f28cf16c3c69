// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <memory>
#include <utility>
#include <vector>

#include "predictor/detectors/fleet.h"
#include "predictor/detectors/isolation_tree.h"
#include "predictor/detectors/quantile_tail.h"

namespace forewarn::detectors {

// How alone an instance is, as a whole, among the recent ticks of its group: an isolation forest (Liu, Ting and Zhou,
// ICDM 2008) over its vector of normalised signals. The forest grows from a reservoir in which every tick of the memory
// is equally likely, one tree per tick at most, so that it follows drift. A missing signal is a state of its own. The
// score is how rarely the instance's own path through the trees is so short, since a path has a least length.
//
// Its columns say nothing, since a forest has no expectation of a value: it scores instances only.
class IsolationForest final : public Detector {
 public:
  explicit IsolationForest(std::shared_ptr<Fleet> fleet = std::make_shared<Fleet>()) : fleet_(std::move(fleet)) {}
  void Score(const telemetry::Snapshot& snapshot, AnomalyColumns& columns) override;
  void Learn(const telemetry::Snapshot& snapshot, const Mask& mask) override;
  void Save(Archive& archive) const override;
  base::Result<void> Restore(Archive& archive) override;

 private:
  static constexpr std::size_t kTrees = 32;

  struct Instance {
    float seen = 0;                       // ticks that a forest has scored, capped
    float usual = 0;                      // level of the path
    float spread = 0;                     // mean absolute distance from it
    QuantileTail tail;                    // of the distance below what is usual
    float absent = 0;                     // signals that are usually missing
    double Deviation(double path) const;  // in spreads; 0 above what is usual
  };
  // One instance in this tick.
  struct Sight {
    float path = 0;     // mean number of splits until it is alone; kMissing: it is not judged
    float missing = 0;  // signals
  };
  struct Model {
    std::vector<float> rows;  // the reservoir, one row after the other
    std::vector<IsolationTree> trees;
    Random random;
    float ticks = 0;           // learned, capped
    float since_growth = 0;    // ticks
    std::uint32_t oldest = 0;  // tree
    void Keep(const std::vector<float>& row, double memory);
    void Refresh(std::size_t width);
    void Save(Archive& archive) const;
    base::Result<void> Restore(Archive& archive, std::size_t signals);
  };
  using Group = Groups<Model>::Group;

  bool Gather(std::uint32_t instance, const Group& group, std::vector<float>& row) const;
  void Look(const telemetry::Snapshot& snapshot);
  static double Path(const Model& model, const std::vector<float>& row);
  void LearnInstance(Instance& state, const Sight& sight) const;
  void LearnModel(const Mask& mask, Group& group);

  std::shared_ptr<Fleet> fleet_;
  std::vector<Instance> instances_;
  std::vector<Sight> sights_;  // by instance, from Score to Learn
  Groups<Model> groups_;
};

}  // namespace forewarn::detectors

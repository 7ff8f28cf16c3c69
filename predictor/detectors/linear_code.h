// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <Eigen/Core>
#include <vector>

#include "predictor/detectors/archive.h"

namespace forewarn::detectors {

// A linear autoencoder with a narrow code. Its optimum is spanned by the first principal components (Baldi and Hornik,
// 1989), so it is fitted as such, again and again, to a fading covariance of the rows that it has seen.
class LinearCode {
 public:
  // `row`: normalised values, no missing ones. `rate`: of what is known, that the row replaces.
  void Learn(const Eigen::VectorXd& row, double rate);
  void Fit();
  bool fitted() const { return decoder_.size() > 0; }
  // What the code of `row` says its values are; where they are kMissing, what they would be. Fitted only.
  void Rebuild(const Eigen::VectorXd& row, Eigen::VectorXd& rebuilt) const;

  void Save(Archive& archive) const;
  base::Result<void> Restore(Archive& archive, std::size_t width);  // kInvalid: cut off, or not as wide

 private:
  void RebuildFromSome(const Eigen::VectorXd& row, Eigen::VectorXd& rebuilt) const;

  Eigen::MatrixXd covariance_;  // width × width; empty before the first row
  Eigen::MatrixXd decoder_;     // width × code, orthonormal columns; empty before the first fit
};

}  // namespace forewarn::detectors

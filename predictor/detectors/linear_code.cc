// SPDX-License-Identifier: Apache-2.0
#include "predictor/detectors/linear_code.h"

#include <Eigen/Cholesky>
#include <Eigen/Eigenvalues>
#include <algorithm>
#include <cmath>

namespace forewarn::detectors {
namespace {

using Eigen::Index;
using Eigen::MatrixXd;
using Eigen::VectorXd;

constexpr double kRidge = 1e-3;  // of the code where values are missing

// Narrow: a code as wide as the row would reconstruct everything.
Index CodeOf(Index width) { return std::max<Index>(std::lround(std::sqrt(static_cast<double>(width)) / 2), 1); }

void PutMatrix(const MatrixXd& matrix, Archive& archive) {
  archive.Put(std::vector<double>(matrix.data(), matrix.data() + matrix.size()));
}

// Empty, or `width` rows of finite numbers.
base::Result<void> TakeMatrix(Archive& archive, Index width, MatrixXd& matrix) {
  std::vector<double> values;
  if (auto taken = archive.Take(values); !taken) return taken;
  const auto size = static_cast<Index>(values.size());
  if (size % width != 0 || size > width * width ||
      !std::all_of(values.begin(), values.end(), [](double value) { return std::isfinite(value); })) {
    return base::Error{base::ErrorCode::kInvalid, "the saved autoencoder has another shape"};
  }
  matrix = Eigen::Map<const MatrixXd>(values.data(), size == 0 ? 0 : width, size / width);
  return {};
}

}  // namespace

void LinearCode::Learn(const VectorXd& row, double rate) {
  if (covariance_.size() == 0) covariance_ = MatrixXd::Zero(row.size(), row.size());
  covariance_ *= 1 - rate;
  covariance_.noalias() += rate * row * row.transpose();
}

void LinearCode::Fit() {
  const Eigen::SelfAdjointEigenSolver<MatrixXd> solver(covariance_);
  decoder_ = solver.eigenvectors().rightCols(CodeOf(covariance_.rows()));
}

void LinearCode::Rebuild(const VectorXd& row, VectorXd& rebuilt) const {
  if (row.hasNaN()) {
    RebuildFromSome(row, rebuilt);
  } else {
    rebuilt = decoder_ * (decoder_.transpose() * row).eval();
  }
}

// The code is that which fits best to the values that are there.
void LinearCode::RebuildFromSome(const VectorXd& row, VectorXd& rebuilt) const {
  MatrixXd decoder = decoder_;
  VectorXd values = row;
  for (Index j = 0; j < row.size(); ++j) {
    if (!std::isnan(row[j])) continue;
    decoder.row(j).setZero();
    values[j] = 0;
  }
  MatrixXd gram = decoder.transpose() * decoder;
  gram.diagonal().array() += kRidge;
  const VectorXd code = gram.llt().solve(decoder.transpose() * values);
  rebuilt = decoder_ * code;
}

void LinearCode::Save(Archive& archive) const {
  PutMatrix(covariance_, archive);
  PutMatrix(decoder_, archive);
}

base::Result<void> LinearCode::Restore(Archive& archive, std::size_t width) {
  if (width == 0) return base::Error{base::ErrorCode::kInvalid, "a saved autoencoder of nothing"};
  if (auto taken = TakeMatrix(archive, static_cast<Index>(width), covariance_); !taken) return taken;
  return TakeMatrix(archive, static_cast<Index>(width), decoder_);
}

}  // namespace forewarn::detectors

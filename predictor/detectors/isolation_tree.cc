// SPDX-License-Identifier: Apache-2.0
#include "predictor/detectors/isolation_tree.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numbers>

namespace forewarn::detectors {
namespace {

constexpr float kBeyond = 1;  // widths of a node's sample

}  // namespace

std::uint64_t Random::Next() {
  std::uint64_t z = state_ += 0x9e3779b97f4a7c15;
  z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9;
  z = (z ^ (z >> 27)) * 0x94d049bb133111eb;
  return z ^ (z >> 31);
}

// Rows of the sample that share a node.
struct IsolationTree::Part {
  std::span<std::uint32_t> rows;
  std::size_t node = 0, depth = 0;
};

double IsolationTree::ExpectedPath(double rows) {
  if (rows <= 1) return 0;
  return 2 * (std::log(std::max(rows - 1, 1.0)) + (rows > 2 ? std::numbers::egamma : 0.5)) - 2 * (rows - 1) / rows;
}

// A random column that tells the rows of the part apart, and where. False: none of those tried does.
bool IsolationTree::Split(const Rows& rows, Random& random, const Part& part, Node& node) const {
  constexpr int kTries = 8;
  for (int i = 0; i < kTries; ++i) {
    const std::size_t column = random.Below(rows.width);
    float low = std::numeric_limits<float>::infinity(), high = -low;
    std::size_t missing = 0;
    for (const std::uint32_t row : part.rows) {
      const float value = rows.At(row, column);
      if (std::isnan(value)) ++missing;
      low = std::fmin(low, value);
      high = std::fmax(high, value);
    }
    const bool mixed = missing > 0 && missing < part.rows.size();
    if (!mixed && !(low < high)) continue;
    node.column = static_cast<std::uint8_t>(column);
    node.least = low - kBeyond * (high - low);
    node.most = high + kBeyond * (high - low);
    const float between = low + static_cast<float>(random.Uniform()) * (high - low);
    node.split = mixed ? std::numeric_limits<float>::quiet_NaN() : between > low ? between : high;
    return true;
  }
  return false;
}

void IsolationTree::Grow(const Rows& rows, Random& random) {
  std::array<std::uint32_t, kSample> sample{};
  for (auto& row : sample) row = static_cast<std::uint32_t>(random.Below(rows.size()));
  std::array<Part, 2 * kSample> parts;
  std::size_t waiting = 0;
  parts[waiting++] = {sample, 0, 0};
  size_ = 1;
  while (waiting > 0) {
    const Part part = parts[--waiting];
    Node& node = nodes_[part.node];
    node = {};
    if (part.depth >= kDepth || part.rows.size() <= 1 || !Split(rows, random, part, node)) {
      node.split =
          static_cast<float>(static_cast<double>(part.depth) + ExpectedPath(static_cast<double>(part.rows.size())));
      continue;
    }
    const auto middle = std::partition(part.rows.begin(), part.rows.end(), [&](std::uint32_t row) {
      const float value = rows.At(row, node.column);
      return std::isnan(node.split) ? std::isnan(value) : value < node.split;
    });
    node.left = size_;
    size_ = static_cast<std::uint8_t>(size_ + 2);
    const auto count = static_cast<std::size_t>(middle - part.rows.begin());
    parts[waiting++] = {part.rows.first(count), node.left, part.depth + 1};
    parts[waiting++] = {part.rows.subspan(count), node.left + std::size_t{1}, part.depth + 1};
  }
}

bool IsolationTree::Fits(std::size_t width) const {
  if (size_ == 0 || size_ > nodes_.size()) return false;
  for (std::size_t i = 0; i < size_; ++i) {
    const Node& node = nodes_[i];
    if (node.column != kLeaf && (node.column >= width || node.left <= i || node.left + 1 >= size_)) return false;
  }
  return true;
}

double IsolationTree::PathLength(const float* row) const {
  std::size_t at = 0;
  for (double depth = 1;; ++depth) {
    const Node& node = nodes_[at];
    if (node.column == kLeaf) return node.split;
    const float value = row[node.column];
    if (std::isnan(node.split)) {
      at = node.left + (std::isnan(value) ? 0u : 1u);
    } else if (!(value >= node.least && value <= node.most)) {
      return depth;
    } else {
      at = node.left + (value < node.split ? 0u : 1u);
    }
  }
}

}  // namespace forewarn::detectors

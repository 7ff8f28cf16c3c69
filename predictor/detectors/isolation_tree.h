// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>

namespace forewarn::detectors {

// Numbers that look random and depend on nothing but the seed (splitmix64: Steele, Lea and Flood, 2014).
class Random {
 public:
  explicit Random(std::uint64_t seed = 1) : state_(seed) {}
  std::uint64_t Next();
  double Uniform() { return static_cast<double>(Next() >> 11) * 0x1p-53; }  // in [0, 1)
  std::size_t Below(std::size_t bound) { return static_cast<std::size_t>(Uniform() * static_cast<double>(bound)); }

 private:
  std::uint64_t state_;
};

// Rows of equal length one after the other; kMissing where there is no value.
struct Rows {
  std::span<const float> values;
  std::size_t width = 0;
  float At(std::size_t row, std::size_t column) const { return values[row * width + column]; }
  std::size_t size() const { return width == 0 ? 0 : values.size() / width; }
};

// One tree of an isolation forest (Liu, Ting and Zhou, ICDM 2008): random splits of a small sample; what is strange is
// alone after few of them. So that a value far beyond all that the tree has seen is not as deep as the farthest of
// them, it is alone at once where it lies further outside a node's sample than that is wide (the acceptable range of
// SCiForest; Liu, Ting and Zhou, ECML 2010). Missing is a state of its own: where it occurs in a node's sample the
// split is between it and all values, and where it never has it is alone at once.
class IsolationTree {
 public:
  static constexpr std::size_t kSample = 64;

  // Grows from a random sample (with replacement) of `rows`, which are at most 255 wide and not none.
  void Grow(const Rows& rows, Random& random);
  bool grown() const { return size_ > 0; }
  bool Fits(std::size_t width) const;  // whether rows of that width can be asked for: false for a damaged one
  // Splits until the row is alone, with what those of a larger rest are expected to be.
  double PathLength(const float* row) const;
  static double ExpectedPath(double rows);  // of an ordinary row among so many

 private:
  static constexpr std::uint8_t kLeaf = 255;
  static constexpr std::size_t kDepth = 6;  // log2(kSample)
  struct Node {
    float split = 0;            // of values: below goes left; kMissing: the missing go left. Of a leaf: the path length
    float least = 0, most = 0;  // what is beyond them is alone
    std::uint8_t column = kLeaf;
    std::uint8_t left = 0;  // node; the right one follows it
  };
  struct Part;
  bool Split(const Rows& rows, Random& random, const Part& part, Node& node) const;

  std::array<Node, 2 * kSample - 1> nodes_{};
  std::uint8_t size_ = 0;
};

}  // namespace forewarn::detectors

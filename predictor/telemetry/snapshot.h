// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cmath>
#include <cstdint>
#include <limits>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace forewarn::telemetry {

inline constexpr double kMissing = std::numeric_limits<double>::quiet_NaN();
inline bool IsMissing(double value) { return std::isnan(value); }

// Names and their slots. A slot is stable for the life of the table; state of detectors is indexed by it.
class Names {
 public:
  std::uint32_t SlotOf(std::string_view name);     // adds it where it is new
  std::int64_t Find(std::string_view name) const;  // -1 where unknown
  // From now on the name stands for something else and gets a new slot; the old one is never given again.
  void Forget(std::string_view name);
  const std::string& NameOf(std::uint32_t slot) const { return names_[slot]; }
  std::uint32_t size() const { return static_cast<std::uint32_t>(names_.size()); }

 private:
  struct Hash {
    using is_transparent = void;
    std::size_t operator()(std::string_view text) const { return std::hash<std::string_view>{}(text); }
  };
  std::vector<std::string> names_;
  std::unordered_map<std::string, std::uint32_t, Hash, std::equal_to<>> slots_;
};

// One tick: signals × instances, columnar: the column of a signal holds one value per instance slot.
// A value that was not measured is kMissing, never 0.
struct Snapshot {
  double time = 0;                           // s since the epoch: the samples' time
  const Names* instances = nullptr;          // slot → domain
  const Names* signals = nullptr;            // slot → signal
  std::vector<std::vector<double>> columns;  // [signal slot][instance slot]; a column may be shorter than instances

  double At(std::uint32_t signal, std::uint32_t instance) const {
    return signal < columns.size() && instance < columns[signal].size() ? columns[signal][instance] : kMissing;
  }
};

}  // namespace forewarn::telemetry

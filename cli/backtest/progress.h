// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <cstdio>
#include <mutex>
#include <string>

namespace forewarn::backtest {

// A bar on a terminal; nothing elsewhere. Thread-safe.
class Progress {
 public:
  explicit Progress(double total);  // in any unit; draws on stderr
  ~Progress();
  Progress(const Progress&) = delete;
  Progress& operator=(const Progress&) = delete;
  void Advance(double by);

 private:
  const double total_;
  const bool shown_;
  const std::chrono::steady_clock::time_point start_ = std::chrono::steady_clock::now();
  std::mutex mutex_;
  double done_ = 0;
  std::chrono::steady_clock::time_point drawn_{};
};

// `part` (0 to 1) as a bar, with what is left of the time if `seconds` have passed.
std::string BarText(double part, double seconds);

}  // namespace forewarn::backtest

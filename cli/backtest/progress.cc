// SPDX-License-Identifier: Apache-2.0
#include "cli/backtest/progress.h"

#include <unistd.h>

#include <algorithm>
#include <cmath>

namespace forewarn::backtest {

using std::chrono::steady_clock;

std::string BarText(double part, double seconds) {
  constexpr std::size_t kWidth = 30;
  part = std::clamp(part, 0.0, 1.0);
  const auto filled = static_cast<std::size_t>(part * kWidth);
  char numbers[64];
  std::snprintf(numbers, sizeof numbers, "] %3.0f %%", std::floor(100 * part));
  std::string text = "[" + std::string(filled, '#') + std::string(kWidth - filled, '.') + numbers;
  if (part > 0 && part < 1) {
    std::snprintf(numbers, sizeof numbers, ", %.0f s left", std::ceil(seconds / part * (1 - part)));
    text += numbers;
  }
  return text;
}

Progress::Progress(double total) : total_(total), shown_(isatty(STDERR_FILENO) == 1) { Advance(0); }

Progress::~Progress() {
  if (shown_) std::fputs("\r\033[K", stderr);
}

void Progress::Advance(double by) {
  constexpr auto kEvery = std::chrono::milliseconds(100);
  const std::lock_guard lock(mutex_);
  done_ += by;
  const auto now = steady_clock::now();
  if (!shown_ || now - drawn_ < kEvery) return;
  drawn_ = now;
  const double seconds = std::chrono::duration<double>(now - start_).count();
  std::fprintf(stderr, "\r%s\033[K", BarText(total_ > 0 ? done_ / total_ : 0, seconds).c_str());
}

}  // namespace forewarn::backtest

// SPDX-License-Identifier: Apache-2.0
#include "common/base/backoff.h"

#include <algorithm>

namespace forewarn::base {

Duration Backoff::Next() {
  Duration ceiling = std::min(initial_, max_);
  for (int i = 0; i < attempt_ && ceiling < max_; ++i) {
    ceiling = ceiling > max_ / 2 ? max_ : ceiling * 2;
  }
  if (ceiling < max_) {
    ++attempt_;
  }
  const auto longest = std::max<Duration::rep>(ceiling.count(), 1);
  return Duration(std::uniform_int_distribution<Duration::rep>(1, longest)(random_));
}

}  // namespace forewarn::base

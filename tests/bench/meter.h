// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <functional>
#include <vector>

namespace forewarn::bench {

// CPU time of this process, all its threads, s; servers are other processes.
double CpuSeconds();
double CpuSecondsOf(const std::function<void()>& work);
double WallSeconds();  // since some start

// What the allocator has given and not taken back, bytes.
std::size_t HeapBytes();

// The most memory that was resident since the last reset, bytes.
void ResetPeak();
std::size_t PeakBytes();
std::size_t ResidentBytes();

double Median(std::vector<double> values);

}  // namespace forewarn::bench

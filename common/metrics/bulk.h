// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "common/metrics/metrics.h"

// Series by the hundred thousand: those of one family that differ in their first label only share the rest of their
// text, so that nothing is kept, looked up or allocated per series, and each is three copies and a number.
namespace forewarn::metrics {

// Room for so many further bytes; of megabytes, on huge pages where the kernel has them: the series of small ones cost
// several times what is written to them.
void Reserve(std::size_t bytes, std::string& out);

// Values of one label by slot, escaped.
class LabelValues {
 public:
  void Add(std::string_view value);
  std::string_view At(std::size_t slot) const {
    return {text_.data() + begins_[slot], begins_[slot + 1] - begins_[slot]};
  }
  std::size_t size() const { return begins_.size() - 1; }
  std::size_t bytes() const { return begins_.back(); }  // of all values

 private:
  std::string text_;  // readable beyond its last value
  std::vector<std::uint32_t> begins_ = {0};
};

// Appends runs of samples to a text; the last ones when it goes.
class SampleWriter {
 public:
  explicit SampleWriter(std::string& out) : out_(out) {}
  ~SampleWriter() { Flush(); }
  SampleWriter(const SampleWriter&) = delete;
  SampleWriter& operator=(const SampleWriter&) = delete;

  void Header(const GaugeFamily& family);
  // What the samples to come have around the value of their first label.
  void Begin(const GaugeFamily::Parts& parts);
  // `first`: of LabelValues, which are readable beyond their end. The number is short (format.h): six significant
  // digits. One that is not finite makes no sample.
  void Append(std::string_view first, double value);

 private:
  void Flush();
  void AppendLong(std::string_view first, double value);

  static constexpr std::size_t kBuffer = 16 << 10;
  std::string& out_;
  std::string before_, after_;  // readable beyond their ends
  std::size_t before_size_ = 0, after_size_ = 0;
  std::size_t used_ = 0;
  std::array<char, kBuffer> buffer_;  // of what fits in a cache
};

}  // namespace forewarn::metrics

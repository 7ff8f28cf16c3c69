// SPDX-License-Identifier: Apache-2.0
#include "common/metrics/bulk.h"

#include <sys/mman.h>

#include <cmath>
#include <cstring>
#include <memory>

#include "common/metrics/format.h"

namespace forewarn::metrics {
namespace {

// Whole blocks are copied: a size that the compiler knows is several times faster than one that it does not.
constexpr std::size_t kBlock = 32;

char* Copy(const char* from, std::size_t size, char* to) {
  for (std::size_t at = 0; at < size; at += kBlock) std::memcpy(to + at, from + at, kBlock);
  return to + size;
}

constexpr std::size_t kPage = 4096, kWorthHugePages = 4 << 20;

}  // namespace

void Reserve(std::size_t bytes, std::string& out) {
  out.reserve(out.size() + bytes);
  if (bytes < kWorthHugePages) return;
  void* begin = out.data() + out.size();
  std::size_t room = out.capacity() - out.size();
  if (std::align(kPage, kPage, begin, room)) madvise(begin, room / kPage * kPage, MADV_HUGEPAGE);  // advice only
}

void LabelValues::Add(std::string_view value) {
  text_.resize(begins_.back());
  AppendLabelValue(value, text_);
  begins_.push_back(static_cast<std::uint32_t>(text_.size()));
  text_.append(kBlock, '\0');
}

void SampleWriter::Header(const GaugeFamily& family) {
  Flush();
  family.AppendHeader(out_);
}

void SampleWriter::Begin(const GaugeFamily::Parts& parts) {
  before_.assign(parts.before).append(kBlock, '\0');
  after_.assign(parts.after).append(kBlock, '\0');
  before_size_ = parts.before.size();
  after_size_ = parts.after.size();
}

void SampleWriter::Append(std::string_view first, double value) {
  if (!std::isfinite(value)) return;
  const std::size_t most = before_size_ + first.size() + after_size_ + kShortNumber + kBlock;
  if (most > kBuffer) return AppendLong(first, value);
  if (used_ + most > kBuffer) Flush();
  char* const begin = buffer_.data() + used_;
  char* at = Copy(before_.data(), before_size_, begin);
  at = Copy(first.data(), first.size(), at);
  at = Copy(after_.data(), after_size_, at);
  at = WriteShort(value, at);
  *at++ = '\n';
  used_ += static_cast<std::size_t>(at - begin);
}

void SampleWriter::AppendLong(std::string_view first, double value) {
  Flush();
  char number[kShortNumber];
  out_.append(before_, 0, before_size_).append(first).append(after_, 0, after_size_);
  out_.append(number, WriteShort(value, number)).append("\n");
}

void SampleWriter::Flush() {
  out_.append(buffer_.data(), used_);
  used_ = 0;
}

}  // namespace forewarn::metrics

// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <cstring>
#include <string>
#include <string_view>
#include <type_traits>
#include <vector>

#include "common/base/result.h"

namespace forewarn::detectors {

// The state of detectors as bytes, in the order in which it is put and taken. Little-endian machines only, as Debian's
// release architectures are; the file around it carries the version and the checksum.
class Archive {
 public:
  Archive() = default;
  explicit Archive(std::string bytes) : bytes_(std::move(bytes)) {}
  const std::string& bytes() const { return bytes_; }

  template <class T>
  void Put(const T& value) {
    static_assert(std::is_trivially_copyable_v<T>);
    bytes_.append(reinterpret_cast<const char*>(&value), sizeof value);
  }
  template <class T>
  void Put(const std::vector<T>& values) {
    static_assert(std::is_trivially_copyable_v<T>);
    Put<std::uint64_t>(values.size());
    bytes_.append(reinterpret_cast<const char*>(values.data()), values.size() * sizeof(T));
  }

  // kInvalid where the bytes end too early; what was taken into is then unchanged.
  template <class T>
  base::Result<void> Take(T& value) {
    static_assert(std::is_trivially_copyable_v<T>);
    if (bytes_.size() - at_ < sizeof value) return Short();
    std::memcpy(&value, bytes_.data() + at_, sizeof value);
    at_ += sizeof value;
    return {};
  }
  template <class T>
  base::Result<void> Take(std::vector<T>& values) {
    static_assert(std::is_trivially_copyable_v<T>);
    std::uint64_t count = 0;
    if (auto taken = Take(count); !taken) return taken;
    if (count > (bytes_.size() - at_) / sizeof(T)) return Short();
    values.resize(count);
    if (count > 0) std::memcpy(values.data(), bytes_.data() + at_, count * sizeof(T));
    at_ += count * sizeof(T);
    return {};
  }

 private:
  static base::Error Short() { return {base::ErrorCode::kInvalid, "the saved state ends too early"}; }
  std::string bytes_;
  std::size_t at_ = 0;
};

}  // namespace forewarn::detectors

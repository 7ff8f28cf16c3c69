// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

#include "common/base/result.h"

namespace forewarn::detectors {

// State as bytes, in the order in which it is put and taken. Little-endian machines only, as Debian's release
// architectures are; the file around it carries the version and the checksum. State that is indexed by instance slot
// goes by PutInstances and TakeInstances: whoever restores may have dropped instances, and slots then move up.
class Archive {
 public:
  Archive() = default;
  explicit Archive(std::string bytes) : bytes_(std::move(bytes)) {}
  const std::string& bytes() const { return bytes_; }
  std::string Release() { return std::move(bytes_); }

  // What TakeInstances takes from now on: the saved slots that are kept, ascending; the n-th becomes slot n.
  void KeepInstances(std::vector<std::uint32_t> slots) { kept_ = std::move(slots); }

  template <class T>
  void Put(const T& value) {
    static_assert(std::is_trivially_copyable_v<T>);
    bytes_.append(reinterpret_cast<const char*>(&value), sizeof value);
  }
  template <class T>
  void Put(const std::vector<T>& values) {
    static_assert(std::is_trivially_copyable_v<T>);
    Put<std::uint64_t>(values.size());
    Put<std::uint32_t>(sizeof(T));
    bytes_.append(reinterpret_cast<const char*>(values.data()), values.size() * sizeof(T));
  }
  void PutText(std::string_view text) {
    Put<std::uint64_t>(text.size());
    bytes_.append(text);
  }
  // One element per instance slot; shorter than instances: nothing of the rest.
  template <class T>
  void PutInstances(const std::vector<T>& values) {
    Put(values);
  }

  // kInvalid where the bytes end too early or were put as another type; what was taken into is then unchanged.
  template <class T>
  base::Result<void> Take(T& value) {
    static_assert(std::is_trivially_copyable_v<T>);
    return TakeBytes(&value, sizeof value);
  }
  template <class T>
  base::Result<void> Take(std::vector<T>& values) {
    static_assert(std::is_trivially_copyable_v<T>);
    std::uint64_t count = 0;
    std::uint32_t size = 0;
    if (auto taken = Take(count); !taken) return taken;
    if (auto taken = Take(size); !taken) return taken;
    if (size != sizeof(T)) return base::Error{base::ErrorCode::kInvalid, "the saved state has another layout"};
    if (count > Left() / sizeof(T)) return Short();
    values.resize(count);
    return TakeBytes(values.data(), count * sizeof(T));
  }
  base::Result<void> TakeText(std::string& text);
  template <class T>
  base::Result<void> TakeInstances(std::vector<T>& values) {
    if (auto taken = Take(values); !taken || !kept_) return taken;
    std::size_t count = 0;
    for (const std::uint32_t slot : *kept_) {
      if (slot < values.size()) values[count++] = values[slot];
    }
    values.resize(count);
    return {};
  }
  // [signal slot][instance slot]
  template <class T>
  void PutColumns(const std::vector<std::vector<T>>& columns) {
    Put<std::uint64_t>(columns.size());
    for (const auto& column : columns) PutInstances(column);
  }
  template <class T>
  base::Result<void> TakeColumns(std::vector<std::vector<T>>& columns) {
    std::uint64_t count = 0;
    if (auto taken = Take(count); !taken) return taken;
    columns.clear();
    for (std::uint64_t i = 0; i < count; ++i) {
      if (auto taken = TakeInstances(columns.emplace_back()); !taken) return taken;
    }
    return {};
  }
  // kInvalid: it is not `version` that was put here of what is called `what`.
  base::Result<void> TakeVersion(std::uint32_t version, std::string_view what);
  bool AtEnd() const { return Left() == 0; }

 private:
  static base::Error Short();
  std::size_t Left() const;
  base::Result<void> TakeBytes(void* to, std::size_t count);
  std::string bytes_;
  std::size_t at_ = 0;
  std::optional<std::vector<std::uint32_t>> kept_;  // nullopt: all
};

// Restores by `take(state)` a fresh state, which replaces `state` only if it is whole: `state` is fresh otherwise.
template <class T, class F>
base::Result<void> TakeWhole(T& state, const F& take) {
  T restored;
  auto taken = take(restored);
  state = taken ? std::move(restored) : T();
  return taken;
}

}  // namespace forewarn::detectors

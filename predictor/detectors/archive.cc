// SPDX-License-Identifier: Apache-2.0
#include "predictor/detectors/archive.h"

#include <cstring>

namespace forewarn::detectors {

base::Error Archive::Short() { return {base::ErrorCode::kInvalid, "the saved state ends too early"}; }

std::size_t Archive::Left() const { return bytes_.size() - at_; }

base::Result<void> Archive::TakeBytes(void* to, std::size_t count) {
  if (count > Left()) return Short();
  if (count > 0) std::memcpy(to, bytes_.data() + at_, count);
  at_ += count;
  return {};
}

base::Result<void> Archive::TakeText(std::string& text) {
  std::uint64_t count = 0;
  if (auto taken = Take(count); !taken) return taken;
  if (count > Left()) return Short();
  text.resize(count);
  return TakeBytes(text.data(), count);
}

base::Result<void> Archive::TakeVersion(std::uint32_t version, std::string_view what) {
  std::uint32_t saved = 0;
  if (auto taken = Take(saved); !taken) return taken;
  if (saved == version) return {};
  return base::Error{base::ErrorCode::kInvalid, "the saved " + std::string(what) + " is of another version"};
}

}  // namespace forewarn::detectors

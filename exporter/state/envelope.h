// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

// What a state file is known by: 8 bytes "FOREWARN", then little-endian the version (4 bytes, and 4 of 0), the size of
// the content and its CRC-64 (ECMA-182, reflected, as in xz), 8 bytes each; then the content.
namespace forewarn::state {

// Of the whole format: the envelope's and the content's. To be raised when either changes.
inline constexpr std::uint32_t kVersion = 1;

// The envelope, which goes before the content.
std::string Seal(std::string_view content);

// Why a file is not used; the words are label values.
struct Rejection {
  const char* reason;  // foreign, version, damaged, future
  std::string what;    // one line for a person
};

// Leaves the content in `bytes`, where they are whole and of this version.
std::optional<Rejection> Unseal(std::string& bytes);

}  // namespace forewarn::state

// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <optional>
#include <string>
#include <string_view>

#include "common/base/result.h"

// Bearer tokens: https://www.rfc-editor.org/rfc/rfc6750
namespace forewarn::http {

// What is kept of a token: its SHA-256.
using TokenDigest = std::array<unsigned char, 32>;
TokenDigest DigestOf(std::string_view token);
bool SameDigest(const TokenDigest& a, const TokenDigest& b);  // in constant time

// Of an Authorization header; nullopt where it is no bearer token.
std::optional<std::string> ParseBearer(std::string_view header);

// A token from a file of its own. Error: it cannot be read, others than its owner may read it, or it has less than
// 256 bits (43 characters of base64url, 64 hexadecimal digits). Never says what is in it.
base::Result<TokenDigest> ReadToken(const std::string& path);

}  // namespace forewarn::http

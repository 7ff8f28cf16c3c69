// SPDX-License-Identifier: Apache-2.0
#include "common/http/token.h"

#include <openssl/crypto.h>
#include <openssl/sha.h>
#include <sys/stat.h>

#include "common/http/text.h"

namespace forewarn::http {
namespace {

constexpr std::string_view kHexDigits = "0123456789abcdefABCDEF";
constexpr std::string_view kLetters = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-._~+/=";
constexpr std::size_t kHexLength = 64, kLength = 43, kMaxLength = 1024;

bool IsTokenText(std::string_view text) {
  return !text.empty() && text.size() <= kMaxLength && text.find_first_not_of(kLetters) == std::string_view::npos;
}

std::string_view WithoutEnd(std::string_view text) {
  while (!text.empty() && (text.back() == '\n' || text.back() == '\r')) text.remove_suffix(1);
  return text;
}

base::Error Refused(const std::string& path, const char* why) { return {base::ErrorCode::kInvalid, path + ": " + why}; }

}  // namespace

TokenDigest DigestOf(std::string_view token) {
  TokenDigest digest{};
  SHA256(reinterpret_cast<const unsigned char*>(token.data()), token.size(), digest.data());
  return digest;
}

bool SameDigest(const TokenDigest& a, const TokenDigest& b) { return CRYPTO_memcmp(a.data(), b.data(), a.size()) == 0; }

std::optional<std::string> ParseBearer(std::string_view header) {
  const auto space = header.find(' ');
  if (space == std::string_view::npos || !EqualIgnoringCase(header.substr(0, space), "Bearer")) return std::nullopt;
  const std::string_view token = Trim(header.substr(space));
  if (!IsTokenText(token)) return std::nullopt;
  return std::string(token);
}

base::Result<TokenDigest> ReadToken(const std::string& path) {
  struct stat status {};
  if (stat(path.c_str(), &status) != 0) return Refused(path, "cannot be read");
  if ((status.st_mode & (S_IRWXG | S_IRWXO)) != 0) return Refused(path, "others than its owner may read it: chmod 600");
  auto text = ReadFile(path);
  if (!text) return Refused(path, "cannot be read");
  const std::string_view token = WithoutEnd(*text);
  const bool hex = token.find_first_not_of(kHexDigits) == std::string_view::npos;
  const bool good = IsTokenText(token) && token.size() >= (hex ? kHexLength : kLength);
  const TokenDigest digest = DigestOf(token);
  OPENSSL_cleanse(text->data(), text->size());  // NOLINT(clang-analyzer-cplusplus.InnerPointer): nothing moves
  if (!good) return Refused(path, "must hold a token of at least 256 bits, as of `openssl rand -hex 32`");
  return digest;
}

}  // namespace forewarn::http

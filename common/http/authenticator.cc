// SPDX-License-Identifier: Apache-2.0
#include "common/http/authenticator.h"

#include <crypt.h>
#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <openssl/rand.h>

#include <array>
#include <memory>
#include <stdexcept>

#include "common/http/text.h"

namespace forewarn::http {
namespace {

constexpr std::size_t kMaxRemembered = 1024;
constexpr std::size_t kBcryptLength = 60;
// A setting of cost 10 with which the password of an unknown user is hashed, so that time does not tell who exists.
constexpr char kNobody[] = "$2y$10$abcdefghijklmnopqrstuuABCDEFGHIJKLMNOPQRSTUVWXYZ01234";

void AppendSized(std::string_view text, std::string& out) {
  out.append(std::to_string(text.size())).append(":").append(text);
}

bool Hashes(const std::string& password, const std::string& hash) {
  const auto data = std::make_unique<crypt_data>();
  const char* const computed = crypt_r(password.c_str(), hash.c_str(), data.get());
  const bool same = computed && std::string_view(computed).size() == hash.size() &&
                    CRYPTO_memcmp(computed, hash.data(), hash.size()) == 0;
  OPENSSL_cleanse(data.get(), sizeof(crypt_data));
  return same;
}

}  // namespace

std::optional<Credentials> ParseBasicAuth(std::string_view header) {
  const auto space = header.find(' ');
  if (space == std::string_view::npos || !EqualIgnoringCase(header.substr(0, space), "Basic")) return std::nullopt;
  const auto decoded = Base64Decode(Trim(header.substr(space)));
  const auto colon = decoded ? decoded->find(':') : std::string::npos;
  // crypt_r ends at a NUL: what stands behind it would not count.
  if (colon == std::string::npos || decoded->find('\0') != std::string::npos) return std::nullopt;
  return Credentials{decoded->substr(0, colon), decoded->substr(colon + 1)};
}

bool IsBcryptHash(const std::string& hash) {
  return hash.size() == kBcryptLength && hash.starts_with("$2") && crypt_checksalt(hash.c_str()) == CRYPT_SALT_OK;
}

Authenticator::Authenticator() : secret_(32, '\0') {
  if (RAND_bytes(reinterpret_cast<unsigned char*>(secret_.data()), static_cast<int>(secret_.size())) != 1) {
    throw std::runtime_error("no random bytes");
  }
}

bool Authenticator::IsRemembered(const Credentials& credentials, const Users& users) const {
  const auto user = users.find(credentials.user);
  if (user == users.end()) return false;
  const std::string key = KeyOf(credentials, user->second);
  const std::lock_guard lock(mutex_);
  return accepted_.count(key) > 0;
}

bool Authenticator::Verify(const Credentials& credentials, const Users& users) {
  const std::lock_guard one_at_a_time(verifying_);
  const auto user = users.find(credentials.user);
  if (user == users.end()) {
    (void)Hashes(credentials.password, kNobody);
    return false;
  }
  if (!Hashes(credentials.password, user->second)) return false;
  const std::string key = KeyOf(credentials, user->second);
  const std::lock_guard lock(mutex_);
  if (accepted_.size() >= kMaxRemembered) accepted_.clear();
  accepted_.insert(key);
  return true;
}

std::string Authenticator::KeyOf(const Credentials& credentials, const std::string& hash) const {
  std::string text;
  AppendSized(credentials.user, text);
  AppendSized(credentials.password, text);
  AppendSized(hash, text);
  std::array<unsigned char, EVP_MAX_MD_SIZE> digest{};
  unsigned size = 0;
  HMAC(EVP_sha256(), secret_.data(), static_cast<int>(secret_.size()),
       reinterpret_cast<const unsigned char*>(text.data()), text.size(), digest.data(), &size);
  OPENSSL_cleanse(text.data(), text.size());
  return {reinterpret_cast<const char*>(digest.data()), size};
}

}  // namespace forewarn::http

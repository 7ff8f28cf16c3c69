// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <map>
#include <mutex>
#include <optional>
#include <set>
#include <string>
#include <string_view>

namespace forewarn::http {

struct Credentials {
  std::string user, password;
};
// Of an Authorization header; nullopt where it is not basic authentication.
std::optional<Credentials> ParseBasicAuth(std::string_view header);

// A hash that Verify can judge: bcrypt as libxcrypt knows it.
bool IsBcryptHash(const std::string& hash);

// Basic authentication against bcrypt hashes. What was accepted once is remembered, keyed by user, password and hash
// together (CVE-2022-46146 came of a key that let them be mixed): bcrypt costs 46 ms, a scrape comes every second.
class Authenticator {
 public:
  Authenticator();

  using Users = std::map<std::string, std::string>;  // name → bcrypt hash
  bool IsRemembered(const Credentials& credentials, const Users& users) const;
  // Slow by intent, and as slow for a name that doesn't exist. One call at a time does its work.
  bool Verify(const Credentials& credentials, const Users& users);

 private:
  std::string KeyOf(const Credentials& credentials, const std::string& hash) const;

  std::string secret_;  // so that what is remembered says nothing of a password, even to who reads our memory later
  std::mutex verifying_;
  mutable std::mutex mutex_;  // guards accepted_
  std::set<std::string> accepted_;
};

}  // namespace forewarn::http

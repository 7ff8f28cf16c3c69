// SPDX-License-Identifier: Apache-2.0
#include "common/http/client_headers.h"

#include "common/http/text.h"

namespace forewarn::http {
namespace {

using base::Error;
using base::ErrorCode;
using base::Result;
using Headers = std::multimap<std::string, std::string>;

// A secret as configured, or as its file holds it now.
Result<std::string> Secret(const std::string& value, const std::string& file) {
  if (file.empty()) return value;
  auto text = ReadFile(file);
  if (!text) return Error{ErrorCode::kUnavailable, file + ": cannot be read"};
  while (!text->empty() && (text->back() == '\n' || text->back() == '\r')) text->pop_back();
  if (HasControlCharacters(*text)) return Error{ErrorCode::kInvalid, file + ": holds control characters"};
  return *text;
}

Result<void> AddCredentials(const ClientConfig& config, Headers& headers) {
  if (!config.basic_username.empty() || !config.basic_username_file.empty()) {
    const auto user = Secret(config.basic_username, config.basic_username_file);
    if (!user) return user.error();
    const auto password = Secret(config.basic_password, config.basic_password_file);
    if (!password) return password.error();
    headers.emplace("Authorization", "Basic " + Base64Encode(*user + ":" + *password));
  } else if (!config.authorization_credentials.empty() || !config.authorization_credentials_file.empty()) {
    const auto credentials = Secret(config.authorization_credentials, config.authorization_credentials_file);
    if (!credentials) return credentials.error();
    headers.emplace("Authorization", config.authorization_type + " " + *credentials);
  }
  return {};
}

}  // namespace

Result<Headers> HeadersFor(const ClientConfig& config, const ClientRequest& request) {
  Headers headers(config.headers.begin(), config.headers.end());
  for (const auto& [name, file] : config.header_files) {
    const auto value = Secret({}, file);
    if (!value) return value.error();
    headers.emplace(name, *value);
  }
  if (auto added = AddCredentials(config, headers); !added) return added.error();
  headers.insert(request.headers.begin(), request.headers.end());
  if (!request.content_type.empty()) headers.emplace("Content-Type", request.content_type);
  for (const auto& [name, value] : headers) {  // httplib writes what it is given (CVE-2026-21428)
    if (!IsToken(name) || HasControlCharacters(value)) {
      return Error{ErrorCode::kInvalid, "header " + name + ": holds what a header cannot"};
    }
  }
  return headers;
}

}  // namespace forewarn::http

// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>

// Small pieces of HTTP's grammar that the server and the client share.
namespace forewarn::http {

std::string ToLower(std::string_view text);                      // ASCII only
bool EqualIgnoringCase(std::string_view a, std::string_view b);  // ASCII only
std::string_view Trim(std::string_view text);                    // spaces and tabs
bool HasControlCharacters(std::string_view text);                // what must never be written into a header
bool IsToken(std::string_view text);                             // RFC 9110 §5.6.2: a header's name, a method

// %XX decoded; nullopt where an escape is broken.
std::optional<std::string> PercentDecode(std::string_view text);
// The same for application/x-www-form-urlencoded, where "+" is a space.
std::optional<std::string> FormDecode(std::string_view text);
// name=value&name=value, decoded; the last of equal names wins.
std::optional<std::map<std::string, std::string>> ParseForm(std::string_view text);

std::string Base64Encode(std::string_view bytes);
std::optional<std::string> Base64Decode(std::string_view text);

// The whole of a file's text, or nullopt where it cannot be read.
std::optional<std::string> ReadFile(const std::string& path);

}  // namespace forewarn::http

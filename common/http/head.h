// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <variant>

#include "common/http/server.h"

// The head of a request (request line and header lines): pure functions from bytes, stricter than Beast's parser, which
// takes every unknown Transfer-Encoding, repeated Content-Length, folded lines and a missing Host.
namespace forewarn::http {

inline constexpr std::size_t kHeadLimit = 8 << 10;  // bytes

struct Head {
  std::string method;
  std::string path;                            // decoded
  std::map<std::string, std::string> query;    // decoded
  std::map<std::string, std::string> headers;  // names in lower case; equal names joined by ", "
  std::size_t content_length = 0;              // bytes of the body
  bool undeclared = false;                     // may have a body, and doesn't say how long it is: none
  bool keep_alive = false;
  bool expect_continue = false;

  const std::string* Find(const std::string& name) const;  // a header, by its name in lower case
};

// How far a head has been received. `size` is its length with the blank line, 0 while more bytes are needed; a refusal
// is given as soon as what has come can no longer become a good head.
struct HeadEnd {
  std::size_t size = 0;
  std::optional<Response> refusal;
};
HeadEnd FindHeadEnd(std::string_view received);

// A complete head, or why the connection is answered with an error and closed.
std::variant<Head, Response> ParseHead(std::string_view head);

}  // namespace forewarn::http

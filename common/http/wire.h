// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "common/http/server.h"

// A response as bytes.
namespace forewarn::http {

enum class Connection { kKeepAlive, kClose };
enum class Body { kSend, kOmit };  // omitted in the answer to HEAD

struct WireOptions {
  Connection connection = Connection::kClose;
  Body body = Body::kSend;
  const std::vector<std::pair<std::string, std::string>>* extra_headers = nullptr;  // of the web config file
};

// Whether an Accept-Encoding header takes gzip (RFC 9110 §12.5.3).
bool AcceptsGzip(std::string_view accept_encoding);
// Compresses a body of more than 1 KiB.
void CompressIfWorthwhile(Response& response);
// A header that would split the response makes it a 500: a handler must not put what it was given into a header.
std::string Serialize(const Response& response, const WireOptions& options);

}  // namespace forewarn::http

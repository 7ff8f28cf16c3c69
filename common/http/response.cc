// SPDX-License-Identifier: Apache-2.0
#include <array>
#include <boost/beast/http/status.hpp>
#include <cstdio>

#include "common/base/utf8.h"
#include "common/http/server.h"

namespace forewarn::http {
namespace {

std::string EscapeJson(std::string_view text) {
  std::string out;
  for (const char c : text) {
    if (c == '"' || c == '\\') {
      out.append(1, '\\').append(1, c);
    } else if (static_cast<unsigned char>(c) < 0x20) {
      std::array<char, 8> escape{};
      std::snprintf(escape.data(), escape.size(), "\\u%04x", static_cast<unsigned>(c));
      out += escape.data();
    } else {
      out += c;
    }
  }
  return out;
}

}  // namespace

Response Text(int status, std::string body) {
  Response response;
  response.status = status;
  response.body = std::move(body);
  return response;
}

Response Html(std::string body) {
  Response response = Text(200, std::move(body));
  response.content_type = "text/html; charset=utf-8";
  return response;
}

Response Json(int status, std::string body) {
  Response response = Text(status, std::move(body));
  response.content_type = "application/json";
  return response;
}

Response Problem(int status, std::string_view detail) {
  const auto title = boost::beast::http::obsolete_reason(static_cast<boost::beast::http::status>(status));
  Response response = Text(status, "{\"type\":\"about:blank\",\"title\":\"" + std::string(title) +
                                       "\",\"status\":" + std::to_string(status) + ",\"detail\":\"" +
                                       EscapeJson(base::ToUtf8(detail)) + "\"}");
  response.content_type = "application/problem+json";
  return response;
}

}  // namespace forewarn::http

// SPDX-License-Identifier: Apache-2.0
#include <array>
#include <boost/beast/http/status.hpp>
#include <cstdio>

#include "common/base/utf8.h"
#include "common/http/server.h"

namespace forewarn::http {
namespace {

// The look of exporter-toolkit's landing page, so that Forewarn's sits well among its neighbours.
constexpr std::string_view kStyle =
    "body{font-family:-apple-system,BlinkMacSystemFont,Segoe UI,Roboto,Helvetica Neue,Arial,sans-serif;margin:0}"
    "header{background-color:#e6522c;color:#fff;font-size:1rem;padding:1rem}main{padding:1rem}";

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

std::string LandingPage(std::string_view name, std::string_view description, const std::vector<LandingLink>& links) {
  const std::string title = EscapeHtml(name);
  std::string page = "<!DOCTYPE html>\n<html lang=\"en\"><head><meta charset=\"UTF-8\"><title>" + title +
                     "</title><style>" + std::string(kStyle) + "</style></head>\n<body><header><h1>" + title +
                     "</h1></header>\n<main><h2>" + EscapeHtml(description) +
                     "</h2>\n<div>Version: " FOREWARN_VERSION "</div>\n<ul>\n";
  for (const auto& link : links) {
    page += "<li><a href=\"" + EscapeHtml(link.address) + "\">" + EscapeHtml(link.text) + "</a>";
    if (!link.description.empty()) page += ": " + EscapeHtml(link.description);
    page += "</li>\n";
  }
  return page + "</ul></main></body></html>\n";
}

}  // namespace forewarn::http

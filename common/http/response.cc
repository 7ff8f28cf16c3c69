// SPDX-License-Identifier: Apache-2.0
#include "common/http/server.h"

namespace forewarn::http {
namespace {

// The look of exporter-toolkit's landing page, so that Forewarn's sits well among its neighbours.
constexpr std::string_view kStyle =
    "body{font-family:-apple-system,BlinkMacSystemFont,Segoe UI,Roboto,Helvetica Neue,Arial,sans-serif;margin:0}"
    "header{background-color:#e6522c;color:#fff;font-size:1rem;padding:1rem}main{padding:1rem}";

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

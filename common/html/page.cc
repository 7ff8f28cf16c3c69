// SPDX-License-Identifier: Apache-2.0
#include "common/html/page.h"

#include <algorithm>
#include <cmath>
#include <functional>

#include "common/html/format.h"
#include "common/html/style.h"

namespace forewarn::html {
namespace {

constexpr std::string_view kStylePath = "/static/style.css";
constexpr std::string_view kIcon =
    "data:image/svg+xml,<svg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 16 16'><rect width='16' height='16' "
    "rx='3' "
    "fill='%23e6522c'/><path d='M2 12 L6 10 L9 11 L14 3' fill='none' stroke='white' stroke-width='2'/></svg>";
// Inline scripts and styles are not ours, whatever made its way into a page. `frame-ancestors` keeps others from laying
// our buttons under their own.
constexpr std::string_view kPolicy =
    "default-src 'none'; style-src 'self'; img-src data:; form-action 'self'; frame-ancestors 'none'; base-uri 'none'";

// Another program's pages ask for their own style sheet, whatever the browser has kept.
std::string StyleAddress(const Site& site) {
  static const std::size_t kEdition = std::hash<std::string_view>{}(kStyle);
  return site.At(kStylePath) + "?" + std::to_string(kEdition);
}

Markup Head(const Site& site, const Page& page) {
  return Element("head", Void("meta", {{"charset", "utf-8"}}) +
                             Void("meta", {{"name", "viewport"}, {"content", "width=device-width, initial-scale=1"}}) +
                             Void("meta", {{"name", "color-scheme"}, {"content", "light dark"}}) +
                             Element("title", page.title == site.name ? page.title : page.title + " · " + site.name) +
                             Void("link", {{"rel", "icon"}, {"href", std::string(kIcon)}}) +
                             Void("link", {{"rel", "stylesheet"}, {"href", StyleAddress(site)}}));
}

Markup Header(const Site& site) {
  Markup links;
  for (const Link& link : site.links) links += Element("li", Anchor(site, link.path, link.text));
  const Markup home = Element("p", Element("a", {{"href", site.At("/")}}, Text(site.name)));
  return Element("header", home + Element("nav", {{"aria-label", "Pages"}}, Element("ul", links)));
}

}  // namespace

http::Response Answer(const Site& site, const Page& page) {
  const Markup skip = Element("a", {{"class", "skip"}, {"href", "#main"}}, Text("Skip to the content"));
  const Markup main = Element("main", {{"id", "main"}, {"tabindex", "-1"}}, Element("h1", page.title) + page.main);
  const Markup footer = Element("footer", Element("p", site.name + " " FOREWARN_VERSION));
  http::Response response = http::Html(
      "<!DOCTYPE html>\n" +
      Element("html", {{"lang", "en"}}, Head(site, page) + Element("body", skip + Header(site) + main + footer)).str() +
      "\n");
  response.status = page.status;
  response.headers = {{"Cache-Control", "no-store"},
                      {"Content-Security-Policy", std::string(kPolicy)},
                      {"Referrer-Policy", "same-origin"},  // with none at all, forms would come with `Origin: null`
                      {"X-Content-Type-Options", "nosniff"}};
  return response;
}

http::Response SeeOther(const Site& site, std::string_view path) {
  http::Response response = http::Text(303, "");
  response.headers = {{"Cache-Control", "no-store"}, {"Location", site.At(path)}};
  return response;
}

http::Route StyleRoute() {
  const auto style = [](const http::Request&) {
    http::Response response = http::Text(200, std::string(kStyle));
    response.content_type = "text/css; charset=utf-8";
    response.headers = {{"Cache-Control", "max-age=86400"}, {"X-Content-Type-Options", "nosniff"}};
    return response;
  };
  return {"GET", std::string(kStylePath), style};
}

Markup Anchor(const Site& site, std::string_view path, std::string_view text) {
  return Element("a", {{"href", site.At(path)}}, Text(text));
}

Markup Section(std::string_view id, std::string_view heading, const Markup& content) {
  const std::string name = std::string(id) + "-heading";
  return Element("section", {{"id", std::string(id)}, {"aria-labelledby", name}},
                 Element("h2", {{"id", name}}, Text(heading)) + content) +
         Text("\n");
}

Markup Bar(double ratio, const std::vector<double>& levels) {
  if (!std::isfinite(ratio)) return Text(Percent(ratio));
  const auto x = [](double part) { return std::to_string(std::lround(64 * std::clamp(part, 0.0, 1.0))); };
  Markup bar = Element("rect", {{"class", "whole"}, {"width", "64"}, {"height", "8"}}, {}) +
               Element("rect", {{"class", "part"}, {"width", x(ratio)}, {"height", "8"}}, {});
  for (const double level : levels) {
    bar += Element("line", {{"class", "level"}, {"x1", x(level)}, {"x2", x(level)}, {"y1", "0"}, {"y2", "8"}}, {});
  }
  const Markup drawn = Element("svg", {{"class", "bar"}, {"viewBox", "0 0 64 8"}, {"aria-hidden", "true"}}, bar);
  return Element("span", {{"class", "measure"}}, drawn + Text(Percent(ratio)));
}

Markup Badge(std::string_view kind, std::string_view text) {
  return Element("span", {{"class", "badge " + std::string(kind)}}, Text(text));
}

Page LandingPage(const Site& site, std::string_view description) {
  Markup links;
  for (const Link& link : site.links) {
    const std::string more = link.description.empty() ? "" : ": " + link.description;
    links += Element("li", Anchor(site, link.path, link.text) + Text(more));
  }
  return {200, site.name, Element("p", description) + Element("ul", links)};
}

}  // namespace forewarn::html

// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "common/html/markup.h"
#include "common/http/server.h"

namespace forewarn::html {

struct Link {
  std::string path;  // below the site's prefix, with a leading slash; or an address elsewhere, https://…
  std::string text;
  std::string description = {};
};

// What the pages of one program share.
struct Site {
  std::string name;         // of the program
  std::string prefix;       // before each path, as a browser sees it: empty, or "/a/b"
  std::vector<Link> links;  // in every page's header
  std::string At(std::string_view path) const { return (path.starts_with('/') ? prefix : "") + std::string(path); }
};

struct Page {
  int status = 200;
  std::string title;
  Markup main;
};

// A whole page. It asks for nothing but its style sheet, runs no script, may not be framed, and is not kept by caches:
// its forms are for whom it was made.
http::Response Answer(const Site& site, const Page& page);
// After a form has done its work: reloading what comes then doesn't do it again.
http::Response SeeOther(const Site& site, std::string_view path);
// What every page needs beside itself.
http::Route StyleRoute();

Markup Anchor(const Site& site, std::string_view path, std::string_view text);
// A part of a page with a heading, which can be linked to.
Markup Section(std::string_view id, std::string_view heading, const Markup& content);
// A value from 0 to 1 as a bar, with ticks at the levels that matter, before its text in percent.
Markup Bar(double ratio, const std::vector<double>& levels);
// A short word as a badge: "good", "warn", "bad", "info", "quiet".
Markup Badge(std::string_view kind, std::string_view text);

// For programs without pages of their own.
Page LandingPage(const Site& site, std::string_view description);

}  // namespace forewarn::html

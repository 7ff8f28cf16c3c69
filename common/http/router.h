// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string_view>
#include <vector>

#include "common/http/head.h"
#include "common/http/server.h"

namespace forewarn::http {

// Which route a head belongs to, and whether its body may be read.
class Router {
 public:
  // `prefix`: of every path, as ServerOptions'.
  Router(std::vector<Route> routes, std::string prefix) : routes_(std::move(routes)), prefix_(std::move(prefix)) {}

  // The route, or the refusal (404, 405, 411, 413, 415) or the way to the prefix (302) in its place. The route lives as
  // long as the router.
  std::variant<const Route*, Response> Find(const Head& head) const;
  // A path as routes and handlers know it; empty where it is not below the prefix.
  std::string_view Below(std::string_view path) const;

 private:
  std::vector<Route> routes_;
  std::string prefix_;
};

}  // namespace forewarn::http

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
  explicit Router(std::vector<Route> routes) : routes_(std::move(routes)) {}

  // The route, or the refusal (404, 405, 411, 413, 415) in its place. The route lives as long as the router.
  std::variant<const Route*, Response> Find(const Head& head) const;

 private:
  std::vector<Route> routes_;
};

}  // namespace forewarn::http

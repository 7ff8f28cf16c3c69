// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "common/base/result.h"

namespace forewarn::http {

// Where a program is reached, in the sense of Prometheus' --web.external-url and --web.route-prefix: a proxy in front
// may serve it under a name and a path that it doesn't see itself.
struct WebPaths {
  std::string origin;  // scheme://host:port of the external URL; empty: not given
  std::string links;   // before the paths that a browser is to ask for: "" or "/a/b"
  std::string routes;  // before the paths that the server hears of
};

// Either may be empty: without an external URL links go to the routes, without a route prefix it is the path of the
// external URL ("/" stands for no prefix). kInvalid: no absolute http or https URL, or a prefix that isn't a path.
base::Result<WebPaths> ParseWebPaths(const std::string& external_url, const std::string& route_prefix);

}  // namespace forewarn::http

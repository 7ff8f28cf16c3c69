// SPDX-License-Identifier: Apache-2.0
#include "exporter/page/routes.h"

#include "common/base/clock.h"
#include "exporter/page/overview.h"

namespace forewarn::page {
namespace {

html::Site SiteOf(const Ground& ground) {
  return {"Forewarn exporter",
          ground.paths.links,
          {{"/#predictions", "Now"},
           {"/#evidence", "Evidence"},
           {"/#thresholds", "Thresholds"},
           {"/#models", "Models"},
           {ground.telemetry_path, "Metrics"},
           {"/api/v1/predictions", "Predictions as JSON"},
           {"/api/v1/thresholds", "Thresholds as JSON"},
           {"https://github.com/forewarn/forewarn/tree/main/docs", "Documents"}}};
}

std::string Parameter(const http::Request& request, const char* name) {
  const auto found = request.query.find(name);
  return found == request.query.end() ? "" : found->second;
}

}  // namespace

std::vector<http::Route> Routes(const Ground& ground) {
  const auto page = [ground, site = SiteOf(ground)](const http::Request& request) {
    const auto report = ground.publisher->Current();
    return html::Answer(site, Overview({site, report.get(), *ground.trails, ground.publisher->thresholds(),
                                        ground.look(), Parameter(request, "domain"), Parameter(request, "fault"),
                                        base::ToSeconds(base::SystemClock().Now())}));
  };
  return {{"GET", "/", page, "", 0}, html::StyleRoute()};
}

}  // namespace forewarn::page

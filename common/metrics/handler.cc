// SPDX-License-Identifier: Apache-2.0
#include "common/metrics/metrics.h"

namespace forewarn::metrics {

http::Handler MetricsHandler(std::vector<std::weak_ptr<const prometheus::Collectable>> collectables,
                             std::vector<std::weak_ptr<const BulkSource>> bulk) {
  return [collectables = std::move(collectables), bulk = std::move(bulk)](const http::Request& request) {
    const auto accept = request.headers.find("accept");
    const Exposition exposition = Negotiate(accept == request.headers.end() ? "" : accept->second);
    http::Response response;
    response.content_type = ContentType(exposition);
    for (const auto& weak : collectables) {
      if (const auto collectable = weak.lock()) {
        AppendFamilies(collectable->Collect(), exposition, response.body);
      }
    }
    for (const auto& weak : bulk) {
      if (const auto source = weak.lock()) {
        source->Append(exposition, response.body);
      }
    }
    if (exposition == Exposition::kOpenMetrics) {
      response.body += "# EOF\n";
    }
    return response;
  };
}

}  // namespace forewarn::metrics

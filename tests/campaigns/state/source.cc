// SPDX-License-Identifier: Apache-2.0
#include "tests/campaigns/state/source.h"

#include <utility>
#include <vector>

namespace forewarn::saves {
namespace {

http::Route Post(const std::string& path, http::Handler handler) {
  http::Route route;
  route.method = "POST";
  route.path = path;
  route.handler = std::move(handler);
  return route;
}

std::string Vector(int instances) {
  std::string rows;
  for (int i = 0; i < instances; ++i) {
    rows += (i == 0 ? "" : ",") + std::string(R"({"metric":{"domain":"vm)") + std::to_string(i) + R"("},"value":[1,")" +
            std::to_string(0.2 + 0.5 * i / instances) + "\"]}";
  }
  return R"({"status":"success","data":{"resultType":"vector","result":[)" + rows + "]}}";
}

}  // namespace

Source::Source(int instances) {
  const std::string none = R"({"status":"success","data":{"resultType":"matrix","result":[]}})";
  const auto vector = [body = Vector(instances)](const http::Request&) { return http::Json(200, body); };
  const auto matrix = [none](const http::Request&) { return http::Json(200, none); };
  http::ServerOptions options;
  options.listen = {"127.0.0.1:0"};
  auto server = http::Server::Start(options, {Post("/api/v1/query", vector), Post("/api/v1/query_range", matrix)});
  if (server) server_ = std::move(*server);
}

}  // namespace forewarn::saves

// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <nlohmann/json.hpp>
#include <string_view>

#include "common/http/server.h"

namespace forewarn::api {

// The envelope of Prometheus' API: https://prometheus.io/docs/prometheus/latest/querying/api/#format-overview
inline http::Response Success(nlohmann::json data) {
  const nlohmann::json body{{"status", "success"}, {"data", std::move(data)}};
  return http::Json(200, body.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace));
}

inline http::Response Failure(int status, std::string_view error) {
  const nlohmann::json body{
      {"status", "error"}, {"errorType", status < 500 ? "bad_data" : "unavailable"}, {"error", error}};
  return http::Json(status, body.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace));
}

}  // namespace forewarn::api

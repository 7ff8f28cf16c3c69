// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <nlohmann/json.hpp>
#include <string_view>

#include "common/base/result.h"
#include "common/http/server.h"

namespace forewarn::api {

// The envelope of Prometheus' API: https://prometheus.io/docs/prometheus/latest/querying/api/#format-overview
inline http::Response Success(nlohmann::json data, int status = 200) {
  const nlohmann::json body{{"status", "success"}, {"data", std::move(data)}};
  return http::Json(status, body.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace));
}

inline constexpr int kAccepted = 202;

inline http::Response NeedsPost() {
  http::Response refusal = http::Problem(405, "This endpoint requires a POST request.");
  refusal.headers["Allow"] = "POST";
  return refusal;
}

// What an error of ours is to a client. Invalid ones are its fault; Alertmanager tries again at once only after a 5xx.
inline http::Response Failure(const base::Error& error) {
  switch (error.code) {
    case base::ErrorCode::kInvalid:
      return http::Problem(400, error.message);
    case base::ErrorCode::kNotFound:
      return http::Problem(404, error.message);
    case base::ErrorCode::kConflict:
      return http::Problem(409, error.message);
    default:
      http::Response response = http::Problem(503, error.message);
      response.headers["Retry-After"] = "5";
      return response;
  }
}

}  // namespace forewarn::api

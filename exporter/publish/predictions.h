// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "common/http/server.h"
#include "exporter/publish/publisher.h"

namespace forewarn::publish {

// GET /api/v1/predictions[?domain=…&fault=…&min_confidence=0.5], in the envelope of Prometheus' API:
// {"status":"success","data":{"time":…,"predictions":[{"domain","hypervisor","fault","confidence","severity",
// "expected_time","horizon_seconds","evidence":[{"signal","value","expected","score","detector"}]}]}}
// Times are seconds since the epoch; what is unknown is null. The surest first. 400 for a filter that is no number, 503
// while there is no fresh report (nullptr).
http::Response PredictionsResponse(const Report* report, const http::Request& request);

}  // namespace forewarn::publish

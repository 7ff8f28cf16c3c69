// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <map>
#include <string>

#include "common/http/server.h"
#include "exporter/publish/report.h"

namespace forewarn::publish {

// GET /api/v1/predictions[?domain=…&fault=…&min_confidence=0.5], in the envelope of Prometheus' API:
// {"status":"success","data":{"time":…,"predictions":[{"domain","hypervisor","fault","confidence","severity",
// "expected_time","horizon_seconds","manifested","shared","evidence":[{"signal","value","expected","score","detector"}]}]}},
// beside "predictions", "hypervisors":[{"hypervisor","fault","confidence","severity","expected_time","horizon_seconds",
// "domains":[…]}]; "shared" is true where one of these stands for a prediction. The filters hold for both; a domain's
// are those that it is among. Times are seconds since the epoch; what is unknown is null. The surest first. 400 for a
// filter that is no number, 503 while there is no fresh report (nullptr).
http::Response PredictionsResponse(const Report* report, const http::Request& request);

// GET /api/v1/thresholds:
// {"status":"success","data":{"thresholds":[{"fault","notify","experiment","mitigate","knowledge"}]}}
http::Response ThresholdsResponse(const std::map<std::string, predictor::Thresholds>& thresholds);

}  // namespace forewarn::publish

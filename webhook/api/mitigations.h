// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "common/http/server.h"
#include "webhook/journal/journal.h"

namespace forewarn::api {

// GET /api/v1/mitigations[?domain=…&fault=…&limit=100], newest first, in the envelope of Prometheus' API:
// {"status":"success","data":{"mitigations":[{"episode","domain","hypervisor","fault","state","confidence","severity",
// "expected_time","evidence":[{"signal","score"}],"actuator","from","to","times":{"alerted","intended","applied",
// "verified","reverted"},"outcome","reason"}]}}: one per change; an episode that came to none is one without actuator.
// Times are seconds since the epoch; what is unknown is null. limit counts episodes.
http::Response MitigationsResponse(journal::Journal& journal, const http::Request& request);

}  // namespace forewarn::api

// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "common/http/server.h"
#include "webhook/journal/journal.h"

namespace forewarn::api {

// GET /api/v1/mitigations[?purpose=mitigate|experiment|any&…], filtered as FilterOf says, newest first, in the envelope
// of Prometheus' API: {"status":"success","data":{"mitigations":[…]}}. Without a purpose experiments are left out.
http::Response MitigationsResponse(journal::Journal& journal, const http::Request& request);

}  // namespace forewarn::api

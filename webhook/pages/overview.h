// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "common/http/server.h"
#include "webhook/pages/view.h"

namespace forewarn::pages {

// GET /: what waits, what runs, what was tried, and the journal, filtered and paged by the query.
http::Response Overview(const View& view, const http::Request& request);

}  // namespace forewarn::pages

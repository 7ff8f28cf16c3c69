// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "common/http/server.h"
#include "webhook/pages/view.h"

namespace forewarn::pages {

// GET /episodes/{id}: all that the journal knows of one, and what a person may still do about it. After a deed,
// ?done=approve|refuse|revert|abort: what came of it, by what is on record.
http::Response EpisodePage(const View& view, const http::Request& request);

}  // namespace forewarn::pages

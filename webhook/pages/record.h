// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "common/http/server.h"
#include "webhook/journal/journal.h"
#include "webhook/pages/view.h"

namespace forewarn::pages {

inline constexpr std::size_t kEpisodesPerPage = 25;

// ?domain=&fault=&outcome=&since=24h&before=ID: what is asked of the journal; one episode more than a page has, which
// says whether there is another page. kInvalid: one of them cannot be.
base::Result<journal::Filter> RecordFilter(const http::Request& request, double now);

// The journal: the form that filters it, and one page of it.
html::Markup Record(const View& view, const http::Request& request);

}  // namespace forewarn::pages

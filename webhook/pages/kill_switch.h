// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "common/http/server.h"
#include "webhook/api/people.h"
#include "webhook/pages/view.h"

namespace forewarn::pages {

inline constexpr char kEngagePath[] = "/kill-switch/engage", kDisengagePath[] = "/kill-switch/disengage";

// GET /kill-switch: how it stands, and the form that turns it, which asks for a confirmation. After a deed,
// ?done=engage|disengage: what came of it.
http::Response KillSwitchPage(const View& view, const http::Request& request);

// POST of that form, after it was judged to be ours. Without the confirmation nothing is done.
http::Response TurnKillSwitch(const View& view, const http::Request& request, api::KillSwitch to);

}  // namespace forewarn::pages

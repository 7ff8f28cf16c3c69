// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "common/base/result.h"
#include "common/html/page.h"

namespace forewarn::pages {

// A page that says that nothing was done, and why.
http::Response Refusal(const html::Site& site, int status, const std::string& why);
// With the status that the API has for it.
http::Response Refusal(const html::Site& site, const base::Error& error);

}  // namespace forewarn::pages

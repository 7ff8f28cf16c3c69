// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "common/http/server.h"
#include "webhook/journal/journal.h"

namespace forewarn::api {

// The value of a parameter, "" where it is absent.
std::string Parameter(const http::Request& request, const char* name);

// ?domain=…&fault=…&open=true|false&limit=100; limit counts episodes. kInvalid: one of them cannot be.
base::Result<journal::Filter> FilterOf(const http::Request& request);

}  // namespace forewarn::api

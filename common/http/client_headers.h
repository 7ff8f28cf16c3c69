// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <map>
#include <string>

#include "common/base/result.h"
#include "common/http/client.h"

namespace forewarn::http {

// The headers of a request: the client's, the caller's, and the credentials, whose files are read now (they rotate).
base::Result<std::multimap<std::string, std::string>> HeadersFor(const ClientConfig& config,
                                                                 const ClientRequest& request);

}  // namespace forewarn::http

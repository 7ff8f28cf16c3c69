// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string_view>

namespace forewarn::alerts {

// What the names that others send may be: they become a part of queries, series and log lines.
bool IsDomainName(std::string_view text);
bool IsFaultName(std::string_view text);

}  // namespace forewarn::alerts

// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>

#include "exporter/signals/reader.h"
#include "tests/bench/canned_source.h"

namespace forewarn::bench {

signals::Settings SettingsOf(const Fleet& fleet);
// The product's reader of all of a fleet's signals.
std::unique_ptr<signals::Reader> ReaderOf(const Fleet& fleet, const CannedSource& source);
// What there is at a moment. Throws where a query fails.
signals::Reading Read(signals::Reader& reader, std::size_t moment);

}  // namespace forewarn::bench

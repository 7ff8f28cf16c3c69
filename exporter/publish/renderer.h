// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <map>
#include <string>

#include "exporter/publish/report.h"

namespace forewarn::publish {

// The series of a report as text: whole families with their headers, valid in both formats. A value that is missing or
// no number makes no series; the others have six significant digits, times are to the second, whole numbers exact.
void AppendSeries(const Report& report, std::string& out);

// forewarn_threshold_ratio{fault,stage}
std::string RenderThresholds(const std::map<std::string, predictor::Thresholds>& thresholds);

}  // namespace forewarn::publish

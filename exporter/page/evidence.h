// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "exporter/page/overview.h"

namespace forewarn::page {

// One prediction with the signals that speak for it, each drawn with what was expected of it.
html::Markup EvidenceCard(const View& view, const predictor::Prediction& prediction);

}  // namespace forewarn::page

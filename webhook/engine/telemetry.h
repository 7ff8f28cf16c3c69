// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

#include "common/promql/client.h"
#include "webhook/journal/episode.h"
#include "webhook/plan/policy.h"

namespace forewarn::engine {

// One query for all that is predicted for these domains: confidence, severity, expected time, when it was sampled,
// anomaly scores, and the thresholds of the stage `mitigate`.
std::string PredictionQuery(const std::vector<std::string>& domains);

// Asks once for all episodes and gives each its prediction; none where there is no confidence or no threshold. Of two
// exporters' rows the more confident counts. Error: no answer; then no episode has a prediction.
base::Result<void> Confirm(promql::Client& client, const std::vector<journal::Episode*>& episodes);

// The symptom of a step on a domain: a finite number. kNotFound where there is none.
base::Result<double> Symptom(promql::Client& client, const plan::Verify& verify, const std::string& domain);

// What the symptom was at most, or at least, for three quarters of a window that ends now: its upper or lower quartile.
// One look may be noise, most of a window is none.
enum class Bound { kAtMost, kAtLeast };
base::Result<double> SymptomOver(promql::Client& client, const plan::Verify& verify, const std::string& domain,
                                 base::Duration window, Bound bound);

}  // namespace forewarn::engine

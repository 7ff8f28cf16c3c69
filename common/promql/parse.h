// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <simdjson.h>

#include <string>
#include <utility>
#include <vector>

#include "common/base/result.h"
#include "common/promql/client.h"

// The inside of this room: an answer's bytes as columns. Whatever the bytes are, the outcome is a value or an error.
namespace forewarn::promql {

using Labels = std::vector<std::pair<std::string, std::string>>;

// An answer of the API that is no success, or bytes that are no answer of the API (kInvalid). `retryable` is what the
// body says: a query that ran out of its time would do so again.
struct Refusal {
  base::Error error;
  bool retryable = true;
};
Refusal ParseRefusal(simdjson::ondemand::parser& parser, int http_status, std::string body);

// Fills `answer`, whose buffer holds the body; what else it holds is memory of an earlier one. kInvalid where it is no
// vector or scalar, or has more than `max_series` rows. Rows that hold native histograms only are left out, with a
// warning.
base::Result<Vector> ParseVector(simdjson::ondemand::parser& parser, Vector answer, std::size_t max_series);

// As ParseVector, of a matrix. Adds to `out`: the samples of a series that is there already come after its own.
base::Result<void> ParseMatrix(simdjson::ondemand::parser& parser, std::string body, std::size_t max_series,
                               std::vector<Series>& out);

}  // namespace forewarn::promql

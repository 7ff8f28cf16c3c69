// SPDX-License-Identifier: Apache-2.0
#include "webhook/api/mitigations.h"

#include "webhook/api/envelope.h"
#include "webhook/api/filter.h"
#include "webhook/api/render.h"

namespace forewarn::api {

http::Response MitigationsResponse(journal::Journal& journal, const http::Request& request) {
  auto filter = FilterOf(request);
  if (!filter) return Failure(filter.error());
  const std::string purpose = Parameter(request, "purpose");
  if (purpose.empty()) {
    filter->purpose = alerts::kMitigate;
  } else if (purpose == alerts::kMitigate || purpose == alerts::kExperiment) {
    filter->purpose = purpose;
  } else if (purpose != "any") {
    return http::Problem(400, "purpose: must be mitigate, experiment or any");
  }
  auto episodes = journal.Find(*filter);
  if (!episodes) return http::Problem(503, episodes.error().message);
  nlohmann::json mitigations = nlohmann::json::array();
  for (const journal::Episode& episode : *episodes) AppendMitigations(episode, mitigations);
  return Success({{"mitigations", std::move(mitigations)}});
}

}  // namespace forewarn::api

// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "common/base/result.h"
#include "webhook/journal/episode.h"

// What people ask for, out of bytes that anybody may have sent: pure functions.
namespace forewarn::api {

inline constexpr std::string_view kMitigationsPath = "/api/v1/mitigations/";
inline constexpr std::string_view kExperimentsPath = "/api/v1/experiments/";

// /api/v1/mitigations/{id}, and /api/v1/mitigations/{id}/{approve|refuse|revert}
struct Action {
  std::int64_t id = 0;
  journal::Wish wish = journal::Wish::kNone;  // kNone: only the id
};
// kInvalid: no id ([A-Za-z0-9_-]{1,64}); kNotFound: one that names nothing, or no such action.
base::Result<Action> ParseAction(std::string_view path);
// /api/v1/experiments/{id}, and /api/v1/experiments/{id}/abort, which is the wish to revert
base::Result<Action> ParseExperimentAction(std::string_view path);

// Of a page: /episodes/{id}, and /episodes/{id}/{approve|refuse|revert|abort}; abort is the wish to revert
inline constexpr std::string_view kEpisodesPath = "/episodes/";
base::Result<Action> ParseEpisodeAction(std::string_view path);

// The body of POST /api/v1/mitigations: {"domain", "fault", "request_id"}, and nothing else.
struct Wanted {
  std::string domain, fault, request_id;
  std::string experiment = {};  // its template's name; empty: the one for that fault
};
base::Result<Wanted> ParseWanted(std::string_view body);
// The body of POST /api/v1/experiments: "experiment" is allowed, too.
base::Result<Wanted> ParseWantedExperiment(std::string_view body);
// ?dry_run=: absent, 0 or 1. What is neither must not begin anything: kInvalid.
base::Result<bool> ParseDryRun(std::string_view text);
// domain and fault as an alert may name them.
base::Result<void> CheckNames(std::string_view domain, std::string_view fault);

// The body of PUT /api/v1/kill-switch: {"engaged": true} or {"engaged": false}.
base::Result<bool> ParseEngaged(std::string_view body);

}  // namespace forewarn::api

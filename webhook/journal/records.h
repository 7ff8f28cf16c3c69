// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <vector>

#include "webhook/journal/database.h"
#include "webhook/journal/journal.h"

// Episodes as rows.
namespace forewarn::journal {

Episode EpisodeOf(const alerts::Alert& alert, base::WallTime now);
base::Result<void> InsertEpisode(Database& database, Episode& episode);  // gives it its id
// false: there is none under this epoch (any more).
base::Result<bool> UpdateEpisode(Database& database, const Episode& episode);
base::Result<void> PutChanges(Database& database, const Episode& episode);  // instead of those that are there
base::Result<std::vector<Episode>> FindEpisodes(Database& database, const Filter& filter);

}  // namespace forewarn::journal

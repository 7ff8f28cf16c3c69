// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <vector>

#include "webhook/journal/journal.h"
#include "webhook/journal/sqlite.h"

// Episodes as rows.
namespace forewarn::journal {

Episode EpisodeOf(const alerts::Alert& alert, base::WallTime now);
base::Result<void> InsertEpisode(Database& database, Episode& episode);  // gives it its id
base::Result<void> UpdateEpisode(Database& database, const Episode& episode);
base::Result<void> PutChange(Database& database, const Episode& episode, std::size_t position);
base::Result<std::vector<Episode>> FindEpisodes(Database& database, const Filter& filter);

}  // namespace forewarn::journal

// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>

#include "common/html/markup.h"
#include "webhook/journal/journal.h"

// Pieces of episodes, as more than one page shows them.
namespace forewarn::pages {

html::Markup OutcomeBadge(journal::Outcome outcome);
html::Markup VerdictBadge(journal::Verdict verdict);
// Its outcome, its experiment's verdict, or how far it is.
html::Markup Standing(const journal::Episode& episode);
std::string DifferenceText(const journal::Change& change);    // value 100 → 200
std::string ChangeText(const journal::Change& change);        // disk_io value 100 → 200
std::string ChangesText(const journal::Episode& episode);     // all of them, with "; " between
std::string_view StateText(const journal::Episode& episode);  // for people
std::string_view PhaseText(journal::Phase phase);

}  // namespace forewarn::pages

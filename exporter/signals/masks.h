// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <string>
#include <string_view>
#include <vector>

#include "exporter/signals/reader.h"
#include "exporter/signals/signals.h"

// What the answers about circumstances say of the instances, now and in history.
namespace forewarn::signals {

struct Question {
  const char* name;  // as a Reading's errors call it
  std::string Circumstances::*expr;
  std::vector<bool> Reading::Masks::*mask;  // which its rows set
};
inline constexpr std::array<Question, 3> kQuestions = {{
    {"mitigated", &Circumstances::mitigated, &Reading::Masks::mitigated},
    {"experiments", &Circumstances::experiments, &Reading::Masks::masked},
    {"maintenance", &Circumstances::maintenance, &Reading::Masks::masked},
}};

// Reads one row of an answer into the reading's masks. A domain that no signal knows (in the snapshot's instances) is
// none of ours.
void Mark(const Question& question, std::string_view domain, double value, Reading& reading);

}  // namespace forewarn::signals

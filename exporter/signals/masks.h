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
inline constexpr std::array<Question, 4> kQuestions = {{
    {"mitigated", &Circumstances::mitigated, &Reading::Masks::mitigated},
    {"experiments", &Circumstances::experiments, &Reading::Masks::masked},
    {"maintenance", &Circumstances::maintenance, &Reading::Masks::masked},
    {"injections", &Circumstances::injections, &Reading::Masks::masked},
}};
inline constexpr const char* kFaultLabel = "fault";  // of injections, and of what is read into successes

// One row of an answer; without a fault where that is not asked for.
struct Marked {
  std::string_view domain, fault;
  double value = 0;
};
// Reads it into the reading's masks, and into its injections where it has a fault. A domain that no signal knows (in
// the snapshot's instances) is none of ours.
void Mark(const Question& question, const Marked& row, Reading& reading);

// What is known of the mitigations' success: `answer` to Circumstances::successes. Of what only one moment is known,
// nothing is.
void ReadSuccesses(const promql::Vector& answer, Reading& reading);

}  // namespace forewarn::signals

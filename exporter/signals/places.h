// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "common/promql/client.h"
#include "exporter/signals/roster.h"

namespace forewarn::signals {

// Which instance each row of a query's last answer was of. A source gives its series in the same order for as long as
// they are the same ones, so that the next answer's rows have only to be compared, where their labels would have to be
// read and looked up. Nothing is taken on trust: a row is of an instance where its bytes name it. 8 bytes per row.
class Places {
 public:
  // Begins with another answer to the same query. `label` names the instance.
  void Begin(std::string_view label);
  // The slot of the instance of the answer's next row, which has been seen at `time`; kNobody where the row names none.
  std::uint32_t Next(const promql::Vector& answer, std::size_t row, double time, Roster& roster);

  static constexpr std::uint32_t kNobody = -1;

 private:
  struct Place {
    std::uint32_t slot = kNobody;
    std::uint32_t offset = 0;  // of the label's value in the row's metric object; 0: it cannot be compared
  };
  bool Is(std::size_t expected, std::string_view labels, const Roster& roster) const;
  Place Find(const promql::Vector& answer, std::size_t row, double time, Roster& roster) const;

  std::string label_, key_;          // domain, "domain":" with its quotes
  std::vector<Place> before_, now_;  // by row
  std::size_t expected_ = 0;         // of before_
};

}  // namespace forewarn::signals

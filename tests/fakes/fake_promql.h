// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <string>
#include <utility>
#include <vector>

#include "common/promql/client.h"

namespace forewarn::fakes {

// Rows as a server would give them: the JSON object of the labels, and the value.
inline promql::Vector MakeVector(const std::vector<std::pair<std::string, double>>& rows) {
  promql::Vector vector;
  for (const auto& [labels, value] : rows) {
    vector.metric.emplace_back(static_cast<std::uint32_t>(vector.buffer.size()),
                               static_cast<std::uint32_t>(labels.size()));
    vector.buffer += labels;
    vector.values.push_back(value);
  }
  return vector;
}

// Answers by a function of the expression.
class FakePromql : public promql::Client {
 public:
  using Answer = std::function<base::Result<promql::Vector>(const std::string&)>;
  explicit FakePromql(Answer answer) : answer_(std::move(answer)) {}
  base::Result<promql::Vector> Query(std::string_view expr, double) override { return answer_(std::string(expr)); }
  base::Result<std::vector<promql::Series>> QueryRange(std::string_view, double, double, double) override {
    return base::Error{base::ErrorCode::kUnsupported, "no ranges here"};
  }

 private:
  Answer answer_;
};

}  // namespace forewarn::fakes

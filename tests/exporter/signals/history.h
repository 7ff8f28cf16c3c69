// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <atomic>
#include <cmath>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "exporter/signals/backfill.h"

namespace forewarn::signals {

using Matrix = std::vector<promql::Series>;

struct Asked {
  std::string expr;
  double start, end, step;
  std::size_t steps() const { return static_cast<std::size_t>(std::llround((end - start) / step)) + 1; }
};

// Answers ranges by a function; knows what it was asked, and the most that it ever was at once.
class FakeHistory : public promql::Client {
 public:
  using Answer = std::function<base::Result<Matrix>(const Asked&)>;
  explicit FakeHistory(Answer answer) : answer_(std::move(answer)) {}

  base::Result<promql::Vector> Query(std::string_view, double) override { return base::Error{}; }
  base::Result<Matrix> QueryRange(std::string_view expr, double start, double end, double step) override {
    const int now = ++running_;
    const Asked asked{std::string(expr), start, end, step};
    {
      const std::lock_guard lock(mutex_);
      most_ = std::max(most_, now);
      asked_.push_back(asked);
    }
    auto answer = answer_(asked);
    --running_;
    return answer;
  }

  std::vector<Asked> asked() const { return asked_; }
  int most() const { return most_; }

 private:
  const Answer answer_;
  std::mutex mutex_;
  std::atomic<int> running_ = 0;
  int most_ = 0;
  std::vector<Asked> asked_;
};

// A series with a sample at each step; the value is the time.
inline promql::Series SeriesOf(const std::string& domain, const Asked& asked) {
  promql::Series series{{{"domain", domain}}, {}, {}};
  for (std::size_t i = 0; i < asked.steps(); ++i) {
    series.times.push_back(asked.start + static_cast<double>(i) * asked.step);
    series.values.push_back(series.times.back());
  }
  return series;
}

inline Settings SettingsOf(const std::vector<std::string>& signals) {
  Settings settings;
  for (const auto& name : signals) settings.signals.push_back({name, "", "expr_" + name});
  return settings;
}

// A reader with its source.
struct History {
  History(FakeHistory::Answer answer, const Settings& settings) {
    auto owned = std::make_unique<FakeHistory>(std::move(answer));
    client = owned.get();
    reader = std::make_unique<Reader>(std::move(owned), settings);
  }
  base::Result<void> Read(const Range& range) {
    return reader->ReadRange(range, [this](const Reading& reading) { readings.push_back(reading); });
  }
  FakeHistory* client;
  std::unique_ptr<Reader> reader;
  std::vector<Reading> readings;
};

}  // namespace forewarn::signals

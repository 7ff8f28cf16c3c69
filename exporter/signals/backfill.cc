// SPDX-License-Identifier: Apache-2.0
#include "exporter/signals/backfill.h"

#include <algorithm>
#include <cmath>
#include <future>
#include <utility>

namespace forewarn::signals {
namespace {

using base::Error;
using base::ErrorCode;
using base::Result;
using promql::kMaxSteps;
using Matrix = Window::Answer;

constexpr std::size_t kCells = 16u << 20;  // of a window: its values are then 128 MiB
constexpr std::size_t kFirstSteps = 16;    // while nothing is known of the fleet's size

// The longest window that stays within kCells.
std::size_t WindowSteps(std::size_t queries, std::size_t instances) {
  if (instances == 0) return kFirstSteps;
  return std::clamp(kCells / (instances * std::max<std::size_t>(queries, 1)), std::size_t{1}, kMaxSteps);
}

// Whether the same question about fewer steps may be answered.
bool MayBeTooMuch(ErrorCode code) { return code == ErrorCode::kInvalid || code == ErrorCode::kTimeout; }

}  // namespace

Steps StepsOf(const Range& range) {
  if (!(range.step > 0) || !(range.end >= range.start)) return {};
  constexpr double kSlack = 1e-6;  // of a step: times that are multiples but for rounding
  const double first = std::ceil(range.start / range.step - kSlack), last = std::floor(range.end / range.step + kSlack);
  if (last < first) return {};
  return {range.step, static_cast<std::int64_t>(first), static_cast<std::size_t>(last - first) + 1};
}

Matrix AskParts(promql::Client& client, const std::string& expr, const Steps& steps, std::size_t& part) {
  std::vector<promql::Series> all;
  for (std::size_t at = 0; at < steps.count;) {
    const std::size_t count = std::min(part, steps.count - at);
    auto series = client.QueryRange(expr, steps.TimeOf(at), steps.TimeOf(at + count - 1), steps.step);
    if (series) {
      at += count;
      std::move(series->begin(), series->end(), std::back_inserter(all));
    } else if (count > 1 && MayBeTooMuch(series.error().code)) {
      part = count / 2;
    } else {
      return series.error();
    }
  }
  return all;
}

Result<void> Reader::ReadRange(const Range& range, const std::function<void(const Reading&)>& use) {
  Steps left = StepsOf(range);
  if (left.count == 0) return Error{ErrorCode::kInvalid, "a range ends before it starts, or has no step"};
  std::vector<RangeQuery> queries = RangeQueries();
  while (left.count > 0 && !range.stop.stop_requested()) {
    Steps steps = left;
    steps.count = std::min(left.count, WindowSteps(queries.size(), instances().size()));
    Window window(steps, settings_);
    AskAll(steps, queries, range.stop, window);
    if (range.stop.stop_requested()) break;
    if (window.answered() == 0) return window.errors().front().error;
    Replay(window, steps, range.stop, use);
    left.first += static_cast<std::int64_t>(steps.count);
    left.count -= steps.count;
  }
  return {};
}

// Signals first: they say which instances there are.
std::vector<RangeQuery> Reader::RangeQueries() const {
  std::vector<RangeQuery> queries;
  const auto ask = [&](const std::string& expr, auto put) {
    if (!expr.empty()) queries.push_back({&expr, std::move(put), kMaxSteps});
  };
  for (std::size_t index = 0; index < settings_.signals.size(); ++index) {
    ask(settings_.signals[index].expr, [index](Window& to, const Matrix& answer) { to.AddSignal(index, answer); });
  }
  ask(settings_.instances, [](Window& to, const Matrix& answer) { to.AddHypervisors(answer); });
  for (const Question& question : kQuestions) {
    ask(settings_.circumstances.*question.expr,
        [&question](Window& to, const Matrix& answer) { to.AddMask(question, answer); });
  }
  return queries;
}

// While one answer is put into the window, the next is asked for.
void Reader::AskAll(const Steps& steps, std::vector<RangeQuery>& queries, const std::stop_token& stop, Window& window) {
  const auto ask = [&](RangeQuery& query) {
    return std::async(std::launch::async,
                      [this, &steps, &query] { return AskParts(*client_, *query.expr, steps, query.part); });
  };
  std::future<Matrix> next = ask(queries.front());
  for (std::size_t index = 0; index < queries.size() && !stop.stop_requested(); ++index) {
    const bool last = index + 1 == queries.size();
    auto now = std::exchange(next, last ? std::future<Matrix>() : ask(queries[index + 1]));
    queries[index].put(window, now.get());
  }
}

void Reader::Replay(const Window& window, const Steps& steps, const std::stop_token& stop,
                    const std::function<void(const Reading&)>& use) {
  std::vector<std::uint32_t> slots;
  for (const auto& signal : settings_.signals) slots.push_back(static_cast<std::uint32_t>(signals().Find(signal.name)));
  for (std::size_t step = 0; step < steps.count && !stop.stop_requested(); ++step) {
    const double time = steps.TimeOf(step);
    Reading reading = window.At(step, slots, [&](std::string_view domain) { return roster_.See(domain, time); });
    if (SawAll(window.errors())) roster_.Count();
    reading.snapshot.instances = &instances();
    reading.snapshot.signals = &signals();
    window.MarkAt(step, reading);
    use(reading);
  }
}

}  // namespace forewarn::signals

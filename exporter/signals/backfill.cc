// SPDX-License-Identifier: Apache-2.0
#include "exporter/signals/backfill.h"

#include <algorithm>
#include <cmath>
#include <future>

namespace forewarn::signals {
namespace {

using base::Error;
using base::ErrorCode;
using base::Result;
using Matrix = Window::Answer;

constexpr std::size_t kMaxSteps = 10'000;  // Prometheus refuses more than 11,000 points per series
constexpr std::size_t kCells = 16u << 20;  // of a window: its values are then 128 MiB
constexpr std::size_t kFirstSteps = 16;    // while nothing is known of the fleet's size

// The longest window that stays within kCells.
std::size_t WindowSteps(std::size_t signals, std::size_t instances) {
  if (instances == 0) return kFirstSteps;
  return std::clamp(kCells / (instances * std::max<std::size_t>(signals, 1)), std::size_t{1}, kMaxSteps);
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
  const std::size_t queries = settings_.signals.size() + (settings_.instances.empty() ? 0 : 1);
  std::vector<std::size_t> parts(queries, kMaxSteps);
  while (left.count > 0 && !range.stop.stop_requested()) {
    Steps steps = left;
    steps.count = std::min(left.count, WindowSteps(settings_.signals.size(), instances().size()));
    Window window(steps, settings_);
    AskAll(steps, parts, range.stop, window);
    if (range.stop.stop_requested()) break;
    if (window.answered() == 0) return window.errors().front().error;
    Replay(window, steps, range.stop, use);
    left.first += static_cast<std::int64_t>(steps.count);
    left.count -= steps.count;
  }
  return {};
}

// While one answer is put into the window, the next is asked for.
void Reader::AskAll(const Steps& steps, std::vector<std::size_t>& parts, const std::stop_token& stop, Window& window) {
  const auto ask = [&](std::size_t index) {
    const std::string& expr = index < settings_.signals.size() ? settings_.signals[index].expr : settings_.instances;
    return std::async(std::launch::async, [&, index] { return AskParts(*client_, expr, steps, parts[index]); });
  };
  std::future<Matrix> next = ask(0);
  for (std::size_t index = 0; index < parts.size() && !stop.stop_requested(); ++index) {
    std::future<Matrix> now = std::move(next);
    if (index + 1 < parts.size()) next = ask(index + 1);
    if (index < settings_.signals.size()) {
      window.AddSignal(index, now.get());
    } else {
      window.AddHypervisors(now.get());
    }
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
    use(reading);
  }
}

}  // namespace forewarn::signals

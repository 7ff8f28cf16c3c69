// SPDX-License-Identifier: Apache-2.0
#include "tests/campaigns/vm/batch.h"

#include <cmath>
#include <cstdio>
#include <thread>

#include "common/base/clock.h"
#include "tests/campaigns/vm/lab.h"
#include "tests/testbed/cgroups.h"

namespace forewarn::campaign {
namespace {

using base::Error;
using base::ErrorCode;
using base::Result;
using Clock = std::chrono::steady_clock;
using Seconds = std::chrono::duration<double>;

constexpr double kLate = 2;            // s: an action that is later than this is not what was planned
constexpr auto kScraped = Seconds(2);  // after which Prometheus has all of the run
constexpr double kLearning = 1.0 / 3;  // of a run's length: the part of the history that nobody is judged by

double Now() { return base::ToSeconds(base::SystemClock().Now()); }

// One guest's runs, one after the other.
class Worker {
 public:
  Worker(Lab& lab, Ledger& ledger, const Options& options, const Batch& batch)
      : lab_(lab), ledger_(ledger), options_(options), batch_(batch) {}

  void Work(Queue& queue, std::size_t guest) {
    promql::ClientOptions source;
    source.url = lab_.prometheus();
    auto client = promql::Client::Create(std::move(source));
    if (!client) return;
    for (int run = 0; run < options_.runs_per_guest; ++run) {
      const auto order = queue.Take();
      if (!order) return;
      const auto recorded = Run(**client, *order, guest);
      queue.Finish(*order);
      const std::lock_guard lock(mutex_);
      if (!recorded) static_cast<void>(ledger_.AddBad(options_.seed, order->number, recorded.error().message));
      Say(*order, recorded);
    }
  }

 private:
  Result<void> Run(promql::Client& source, const Order& order, std::size_t guest) {
    const int id = batch_.first_guest + static_cast<int>(guest);
    const Size size = DrawSize(options_.seed, id);
    const Plan plan = MakePlan({options_.seed, order.number, order.fault, options_.run_seconds}, size);
    if (auto settled = lab_.Settle(guest); !settled) return settled;
    const auto acted = Act(plan, guest);
    if (!acted) return acted.error();
    std::this_thread::sleep_for(kScraped);
    // A row each second from the onset on and back: every row after it holds one scrape more of each target.
    const double before = std::floor(acted->onset - acted->begin + plan.history);
    const double after = std::floor(acted->begin + plan.length - acted->onset);
    const auto recording = Record(source, lab_.Domain(guest), acted->onset - before, acted->onset + after);
    if (!recording) return recording.error();
    Done done{.seed = options_.seed,
              .guest = std::to_string(options_.seed) + "-" + std::to_string(id),
              .size = size,
              .onset = recording->start + before,
              .breach = {},
              .scored_from = recording->start + std::round(kLearning * plan.length)};
    if (const auto flaw = FindFlaw(*recording, plan, done.onset)) return Error{ErrorCode::kInvalid, *flaw};
    done.breach = FindBreach(*recording, plan, done.onset);
    const std::lock_guard lock(mutex_);
    return ledger_.Add(plan, done, *recording);
  }

  // Wall times, s since the epoch. The onset is when the fault's first action is sent, however late that is.
  struct Acted {
    double begin = 0, onset = 0;
  };

  // Does what is planned, when it is.
  Result<Acted> Act(const Plan& plan, std::size_t guest) {
    const double lead = -plan.actions.front().at;
    const auto begin = Clock::now() + std::chrono::duration_cast<Clock::duration>(Seconds(lead));
    Acted acted{.begin = Now() + lead};
    for (const Action& action : plan.actions) {
      std::this_thread::sleep_until(begin + Seconds(action.at));
      if (acted.onset == 0 && action.at >= plan.onset) acted.onset = Now();
      const auto done = lab_.Do(guest, action);
      if (action.at > plan.onset && !plan.fault.empty()) continue;  // a starved guest may be slow to obey, or deaf
      if (!done) return done.error();
      if (Seconds(Clock::now() - begin).count() > action.at + kLate)
        return Error{ErrorCode::kTimeout, "the host was too busy: " + action.command};
    }
    std::this_thread::sleep_until(begin + Seconds(plan.length));
    if (acted.onset == 0) acted.onset = acted.begin + plan.onset;
    return acted;
  }

  void Say(const Order& order, const Result<void>& recorded) const {
    const std::size_t have = ledger_.Recorded(options_.seed).size();
    std::printf("%zu of %d recorded · run %d%s\n", have, options_.runs, order.number,
                recorded ? "" : (" went wrong: " + recorded.error().message).c_str());
    std::fflush(stdout);
  }

  Lab& lab_;
  Ledger& ledger_;
  const Options& options_;
  const Batch& batch_;
  std::mutex mutex_;  // of the ledger
};

}  // namespace

Result<void> RunBatch(testbed::Bed& bed, const testbed::Image& image, const Options& options, const Batch& batch) {
  auto ledger = Ledger::Open(options.out);
  if (!ledger) return ledger.error();
  const std::size_t guests = std::min(batch.orders.size(), static_cast<std::size_t>(options.guests));
  std::vector<Size> sizes;
  for (std::size_t guest = 0; guest < guests; ++guest) {
    sizes.push_back(DrawSize(options.seed, batch.first_guest + static_cast<int>(guest)));
  }
  testbed::WeighAs(static_cast<int>(guests));
  auto lab = Lab::Start(bed, image, sizes);
  if (!lab) return lab.error();
  Queue queue(batch.orders);
  Worker worker(**lab, *ledger, options, batch);
  std::vector<std::thread> threads;
  for (std::size_t guest = 0; guest < guests; ++guest) {
    threads.emplace_back([&, guest] { worker.Work(queue, guest); });
  }
  for (auto& thread : threads) thread.join();
  return {};
}

}  // namespace forewarn::campaign

// SPDX-License-Identifier: Apache-2.0
// A fault campaign on virtual machines: batches of guests until all runs of a seed are recorded.
#include <chrono>
#include <cstdio>
#include <filesystem>
#include <map>

#include "tests/campaigns/vm/batch.h"

namespace forewarn::campaign {
namespace {

constexpr int kFailed = 1;
constexpr int kSignal = 128;                // above: it was told to end
constexpr std::size_t kAttempts = 4;        // of a run
constexpr int kBatchesWithoutProgress = 3;  // then the machine is not fit for it

class Campaign {
 public:
  Campaign(Options options, testbed::Image image, Ledger ledger)
      : options_(std::move(options)), image_(std::move(image)), ledger_(std::move(ledger)) {}

  int Run() {
    const auto deck = Deck(options_.seed, options_.runs);
    for (int without = 0; without < kBatchesWithoutProgress;) {
      Batch batch{NextGuest(), Missing(deck)};
      if (batch.orders.empty()) break;
      const std::size_t before = ledger_.Recorded(options_.seed).size();
      for (const Order& order : batch.orders) ++attempts_[order.number];
      const int status = testbed::RunInBed({}, [&](testbed::Bed& bed) {
        const auto done = RunBatch(bed, image_, options_, batch);
        if (!done) std::fprintf(stderr, "faults: %s\n", done.error().message.c_str());
        return done ? 0 : kFailed;
      });
      if (status > kSignal) return status;
      without = ledger_.Recorded(options_.seed).size() > before ? 0 : without + 1;
    }
    return Conclude(deck);
  }

 private:
  // Guests are never the same again: what was recorded before has had its own.
  int NextGuest() {
    const int next = std::max(next_guest_, ledger_.NextGuest(options_.seed));
    next_guest_ = next + options_.guests;
    return next;
  }

  std::deque<Order> Missing(const std::vector<std::string>& deck) const {
    const auto recorded = ledger_.Recorded(options_.seed);
    const auto most = static_cast<std::size_t>(options_.guests * options_.runs_per_guest);
    std::deque<Order> missing;
    for (int number = 0; number < options_.runs && missing.size() < most; ++number) {
      const auto tried = attempts_.find(number);
      if (recorded.contains(number) || (tried != attempts_.end() && tried->second >= kAttempts)) continue;
      const std::string& fault = deck[static_cast<std::size_t>(number)];
      const Plan plan = MakePlan({options_.seed, number, fault, options_.run_seconds}, DrawSize(options_.seed, 0));
      missing.push_back({number, fault, plan.heavy});
    }
    return missing;
  }

  int Conclude(const std::vector<std::string>& deck) const {
    const auto recorded = ledger_.Recorded(options_.seed);
    for (int number = 0; number < options_.runs; ++number) {
      if (!recorded.contains(number))
        std::fprintf(stderr, "faults: run %d (%s) is not recorded\n", number,
                     deck[static_cast<std::size_t>(number)].c_str());
    }
    const Seconds took = std::chrono::steady_clock::now() - begun_;
    std::printf("%zu of %d runs of seed %llu recorded in %.0f s; bad ones, ever: %zu; in all: %s\n", recorded.size(),
                options_.runs, static_cast<unsigned long long>(options_.seed), took.count(), ledger_.BadRuns(),
                ledger_.Figures().c_str());
    return recorded.size() >= static_cast<std::size_t>(options_.runs) ? 0 : kFailed;
  }

  using Seconds = std::chrono::duration<double>;
  Options options_;
  testbed::Image image_;
  Ledger ledger_;
  std::map<int, std::size_t> attempts_;
  int next_guest_ = 0;
  std::chrono::steady_clock::time_point begun_ = std::chrono::steady_clock::now();
};

int Fail(const std::string& why) {
  std::fprintf(stderr, "faults: %s\n", why.c_str());
  return kFailed;
}

int Main(int argc, char** argv) {
  int exit_code = 0;
  auto options = ParseOptions(argc, argv, exit_code);
  if (!options) return exit_code;
  options->out = std::filesystem::absolute(options->out);
  if (const auto why = testbed::WhyNoBed()) return Fail("no guests here: " + *why);
  auto ledger = Ledger::Open(options->out);
  if (!ledger) return Fail(ledger.error().message);
  auto image = testbed::BuildImage(testbed::DefaultCacheDir());
  if (!image) return Fail(image.error().message);
  return Campaign(*options, *image, *ledger).Run();
}

}  // namespace
}  // namespace forewarn::campaign

int main(int argc, char** argv) { return forewarn::campaign::Main(argc, argv); }

// SPDX-License-Identifier: Apache-2.0
#include "tests/campaigns/vm/plan.h"

#include <algorithm>
#include <cstdio>
#include <iterator>

#include "tests/campaigns/vm/timeline.h"

namespace forewarn::campaign {
namespace {

constexpr std::size_t kNulls = 8, kEach = 3;
constexpr double kWarmUp = 6;  // s of base load before what is recorded: rates look back
enum Stream : std::uint64_t { kDeckStream = 1, kSizeStream = 1000, kRunStream = 1'000'000 };

std::vector<std::string> Suit(Dice& dice) {
  std::vector<std::string> cards(kNulls);
  for (const char* fault : kFaults) cards.insert(cards.end(), kEach, fault);
  for (std::size_t left = cards.size(); left > 1; --left) std::swap(cards[left - 1], cards[dice.Index(left)]);
  return cards;
}

Base DrawBase(Dice& dice, const Size& size) {
  Base base;
  base.cpu = dice.Between(2, 12);
  base.disk = size.iops_limit * dice.Between(0.08, 0.3);
  base.net = dice.Between(0.02, 0.15);
  base.errors = dice.Chance(0.5) ? dice.Between(0.03, 0.2) : 0;
  return base;
}

}  // namespace

std::vector<std::string> Deck(std::uint64_t seed, int runs) {
  Dice dice(seed, kDeckStream);
  std::vector<std::string> deck;
  while (deck.size() < static_cast<std::size_t>(runs)) {
    const auto suit = Suit(dice);
    deck.insert(deck.end(), suit.begin(), suit.end());
  }
  deck.resize(static_cast<std::size_t>(runs));
  return deck;
}

Size DrawSize(std::uint64_t seed, int guest) {
  Dice dice(seed, kSizeStream + static_cast<std::uint64_t>(guest));
  constexpr int kMemory[] = {160, 192, 224, 256, 320}, kIops[] = {100, 150, 200, 300}, kData[] = {24, 32, 48, 64};
  return {kMemory[dice.Index(std::size(kMemory))], kIops[dice.Index(std::size(kIops))],
          kData[dice.Index(std::size(kData))]};
}

Plan MakePlan(const Draw& draw, const Size& size) {
  Dice dice(draw.seed, kRunStream + static_cast<std::uint64_t>(draw.number));
  Plan plan;
  plan.number = draw.number;
  plan.fault = draw.fault;
  plan.length = draw.length;
  plan.history = draw.length * dice.Between(0.5, 0.75);
  plan.onset = draw.length * dice.Between(0.1, 0.35);
  plan.manner = dice.Chance(0.65) ? "gradual" : "abrupt";
  Timeline timeline(plan, size, DrawBase(dice, size), dice);
  timeline.BeginBase();
  draw.fault.empty() ? AddOrdinary(timeline) : AddFault(timeline);
  timeline.Wander();
  std::stable_sort(plan.actions.begin(), plan.actions.end(),
                   [](const Action& a, const Action& b) { return a.at < b.at; });
  return plan;
}

std::string Words(const std::string& load, std::initializer_list<double> numbers) {
  std::string words = load;
  char text[32];
  for (const double number : numbers) {
    std::snprintf(text, sizeof text, " %.3g", number);
    words += text;
  }
  return words;
}

double Timeline::AvailableMib() const {
  constexpr double kInUse = 90;  // kernel, node_exporter, service
  return size_.memory_mib - kInUse;
}

void Timeline::Command(const std::string& command, double after) {
  std::string load = command.substr(0, command.find(' '));
  if (load == "stop") load = command.substr(command.find(' ') + 1);
  taken_.insert(load);
  plan_.actions.push_back({.at = plan_.onset + after, .command = command});
}

void Timeline::Set(Lever lever, double value, double after) {
  plan_.actions.push_back({.at = plan_.onset + after, .lever = lever, .value = value});
}

void Timeline::Grow(double seconds, const std::function<void(double, double)>& step) {
  constexpr double kStep = 2;
  if (!gradual()) return step(1, 0);
  for (double after = 0; after <= std::min(seconds, left() - kStep); after += kStep) {
    step(std::min(1.0, (after + kStep) / seconds), after);
  }
}

void Timeline::BeginBase() {
  const double at = -plan_.history - kWarmUp;
  plan_.actions.push_back({.at = at, .command = Words("cpu", {base_.cpu})});
  plan_.actions.push_back({.at = at, .command = Words("disk", {base_.disk, base_.disk, 0})});
  plan_.actions.push_back({.at = at, .command = Words("net", {base_.net})});
  if (base_.errors > 0) plan_.actions.push_back({.at = at, .command = Words("errors", {base_.errors})});
}

void Timeline::Wander() {
  constexpr const char* kWandering[] = {"cpu", "disk", "net"};
  double disk = base_.disk;
  const double begin = -plan_.history - kWarmUp;
  for (double at = begin + dice_.Between(8, 20); at < plan_.length - 1; at += dice_.Between(8, 20)) {
    const std::string load = kWandering[dice_.Index(std::size(kWandering))];
    const double factor = dice_.Between(0.7, 1.35);
    if (at >= plan_.onset - 1 && taken_.contains(load)) continue;
    std::string command = Words(load, {(load == "cpu" ? base_.cpu : base_.net) * factor});
    if (load == "disk") command = Words(load, {disk, base_.disk * factor, 3});
    if (load == "disk") disk = base_.disk * factor;
    plan_.actions.push_back({.at = at, .command = command});
  }
}

}  // namespace forewarn::campaign

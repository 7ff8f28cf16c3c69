// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <deque>
#include <functional>
#include <map>
#include <mutex>
#include <string>
#include <utility>
#include <vector>

#include "exporter/publish/report.h"

namespace forewarn::page {

// Predictions below this are not worth a picture, unless somebody asks for them.
inline constexpr double kWorthDrawing = 0.2;
inline constexpr std::size_t kMostDrawn = 12;

// Of a report's predictions those that are wanted, the surest first, so many at most.
using IsWanted = std::function<bool(const predictor::Prediction&)>;
std::vector<const predictor::Prediction*> Surest(const publish::Report& report, std::size_t most,
                                                 const IsWanted& is_wanted);

// What the signals behind the surest predictions have been, tick by tick, since they began to matter: the exporter
// keeps no other history, and asks the source for none when somebody looks. Bounded, however many instances there are:
// at most kMostTrails of kLength. Adding is the tick's; reading anybody's.
class Trails {
 public:
  static constexpr std::size_t kMostTrails = 128, kLength = 240;

  struct Point {
    double time = 0;                           // s since the epoch
    double value = 0, expected = 0, band = 0;  // in the signal's unit; values within expected ± band are ordinary
  };

  void Add(const publish::Report& report);
  std::vector<Point> Of(const std::string& domain, const std::string& signal) const;  // the oldest first

 private:
  using Key = std::pair<std::string, std::string>;  // domain, signal

  mutable std::mutex mutex_;
  std::map<Key, std::deque<Point>> trails_;
};

}  // namespace forewarn::page

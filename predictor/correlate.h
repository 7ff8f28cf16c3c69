// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <map>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "predictor/predictor.h"

namespace forewarn::predictor {

// One fault of a hypervisor is one prediction with N affected instances, not N: where a fault whose cause may be the
// host's is predicted for three instances at least, and for half of those on that hypervisor for which it can be
// judged, and they came to it within a minute (four ticks at least) of each other, it is the hypervisor's. It stays so
// for as long as two and a third of those judged have it. A masked instance, whose fault may be our own, says nothing
// of its host.
class Correlator {
 public:
  static constexpr std::size_t kLeastBegin = 3, kLeastStay = 2;  // two at once may be a coincidence
  static constexpr double kBegins = 1.0 / 2, kStays = 1.0 / 3;   // of the instances judged there
  static constexpr double kTogether = 60, kTogetherTicks = 4;    // s, ticks

  struct Terms {
    double time = 0, tick = 0;  // s since the epoch; s
    const std::map<std::string, double>&
        notify;  // by fault whose cause may be the host's: confidence from which on it counts
    const std::vector<std::string>& hypervisors;  // by instance slot; empty or absent: unknown, of no hypervisor
    const detectors::Mask& masked;                // own experiments, maintenance
  };
  // Fills output.hypervisors, and marks as shared the predictions for which one of these stands.
  void Correlate(const Terms& terms, Output& output);

 private:
  struct Group {  // one fault on one hypervisor
    std::size_t judged = 0;
    std::vector<Prediction*> predicted;
  };
  using Key = std::pair<std::string, std::string>;  // hypervisor, fault

  std::map<Key, Group> GroupsOf(const Terms& terms, Output& output);
  bool Together(const Terms& terms, const Group& group) const;
  static HypervisorPrediction Join(const Key& key, const Group& group);

  std::map<std::string, std::vector<double>, std::less<>>
      since_;  // by fault and instance: s since the epoch, or missing
  std::set<Key> standing_;
};

}  // namespace forewarn::predictor

// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <map>
#include <set>
#include <string>

#include "tests/e2e/demo/watch.h"

namespace forewarn::demo {

// Tells what has changed from one sight to the next, each thing once.
class Narrator {
 public:
  explicit Narrator(demo::Say say) : say_(std::move(say)) {}
  void Tell(const Sight& sight);

 private:
  void TellTwin(const Sight& sight, const std::string& twin);
  void TellTrial(const Trial& trial);
  void TellDeeds(const Sight& sight);
  void Once(const std::string& key, const std::string& line);  // not again

  demo::Say say_;
  std::set<std::string> told_;
};

// "vda.total_iops_sec 150 to 300": what differs between two settings given as JSON objects.
std::string Difference(const std::string& from, const std::string& to);

}  // namespace forewarn::demo

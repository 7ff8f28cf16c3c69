// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "common/base/result.h"
#include "tests/e2e/demo/configs.h"
#include "tests/testbed/process.h"

namespace forewarn::demo {

// forewarn-webhook and forewarn-exporter, from the folder of this program, with the site's configurations.
class Daemons {
 public:
  // By their configurations; of the exporter too, unless that is empty. Ready when it returns; the exporter is when its
  // first tick has succeeded.
  static base::Result<Daemons> Start(const Site& site, const std::string& webhook, const std::string& exporter);
  std::optional<std::string> Ended();  // the name of one that isn't running any more

 private:
  base::Result<void> Launch(const Site& site, const std::string& name, const std::string& address);
  std::vector<std::pair<std::string, testbed::Process>> running_;
};

}  // namespace forewarn::demo

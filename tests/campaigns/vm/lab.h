// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <optional>
#include <vector>

#include "common/base/result.h"
#include "tests/campaigns/vm/plan.h"
#include "tests/testbed/guest.h"
#include "tests/testbed/stack.h"

namespace forewarn::campaign {

// The guests of one bed, each with a service of its own name, and what watches them.
class Lab {
 public:
  // Returns when all is ready.
  static base::Result<std::unique_ptr<Lab>> Start(testbed::Bed& bed, const testbed::Image& image,
                                                  const std::vector<Size>& sizes);

  const std::string& Domain(std::size_t guest) const { return guests_[guest].options().name; }
  base::Result<void> Do(std::size_t guest, const Action& action);

  // All loads gone, all settings as they were, the service well.
  base::Result<void> Settle(std::size_t guest);
  const std::string& prometheus() const { return prometheus_; }

 private:
  Lab(testbed::Host host, std::vector<Size> sizes) : host_(std::move(host)), sizes_(std::move(sizes)) {}
  base::Result<void> StartGuests(const testbed::Image& image);
  base::Result<void> StartStack(testbed::Bed& bed);

  testbed::Host host_;
  std::vector<Size> sizes_;
  std::vector<testbed::Guest> guests_;
  std::optional<testbed::Stack> stack_;
  std::string prometheus_;
};

}  // namespace forewarn::campaign

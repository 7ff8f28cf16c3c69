// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "common/base/result.h"

namespace forewarn::state {

// Why something of the store could not be done; the words are label values.
struct Failure {
  const char* reason;  // no_space, forbidden, locked, io
  std::string what;    // one line for a person
};

// One file in one folder, which belongs to one process at a time: replaced as a whole or not at all, so that a crash at
// any moment leaves the old content or the new one. https://lwn.net/Articles/457667/
class Store {
 public:
  static constexpr const char* kFile = "forewarn.state";
  static constexpr const char* kNew = "forewarn.state.new";  // what a write that was cut off leaves
  static constexpr const char* kRejected =
      "forewarn.state.rejected";  // what could not be used, for a person to look at

  explicit Store(std::string directory) : directory_(std::move(directory)) {}
  ~Store();
  Store(const Store&) = delete;
  Store& operator=(const Store&) = delete;

  // The parts one after the other are the new content. On disk when it comes back without a failure; else the old one
  // is untouched.
  std::optional<Failure> Write(const std::vector<std::string_view>& parts);
  // nullopt: there is no file.
  std::optional<std::string> Read(std::optional<Failure>& failure);
  // Puts the file aside, in place of what was put aside before.
  void Reject();

 private:
  std::optional<Failure> Open();
  std::optional<Failure> WriteNew(const std::vector<std::string_view>& parts);
  std::optional<Failure> FailureOf(const char* doing) const;

  const std::string directory_;
  int folder_ = -1, lock_ = -1;
};

}  // namespace forewarn::state

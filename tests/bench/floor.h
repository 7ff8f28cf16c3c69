// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <simdjson.h>

#include <string>

#include "tests/bench/canned_source.h"
#include "tests/bench/loopback.h"

namespace forewarn::bench {

// The least that a tick can cost which gets its telemetry by PromQL: the bytes over a socket into a kept buffer, and
// simdjson over them, the labels of each series hashed and its value converted.
class Floor {
 public:
  Floor(const Fleet& fleet, const CannedSource& source);
  void Tick(std::size_t moment);
  std::size_t rows() const { return rows_; }  // of all ticks
  std::size_t sum() const { return sum_; }    // so that nothing is optimised away

 private:
  std::string_view Fetch(const std::string& signal, std::size_t moment);
  void Parse(std::string_view body);

  const Fleet& fleet_;
  Loopback connection_;
  std::string buffer_;
  simdjson::ondemand::parser parser_;
  std::size_t rows_ = 0, sum_ = 0;
};

}  // namespace forewarn::bench

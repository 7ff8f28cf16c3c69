// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>
#include <thread>
#include <vector>

namespace forewarn::two_writers {

// A client that tries for ever to write the next number of a sequence to one server.
class Writer {
 public:
  Writer(std::string conninfo, std::string side);
  // Ends, and gives the server's own times of the writes that it confirmed, in µs.
  std::vector<std::int64_t> Finish();

 private:
  void Run(const std::stop_token& stop);

  const std::string conninfo_, side_;
  std::vector<std::int64_t> accepted_;
  std::jthread thread_;
};

}  // namespace forewarn::two_writers

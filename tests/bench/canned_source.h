// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <sys/types.h>

#include <cstdint>
#include <string>

#include "tests/bench/fleet.h"

namespace forewarn::bench {

// A process that answers as a Prometheus would whose fleet this is, from answers made beforehand: the same bytes,
// framed as Go's server does, at next to no cost. It goes with its owner, which must be single-threaded when it is
// made.
//   POST /api/v1/query, query=SIGNAL&time=MOMENT    the answer for MOMENT modulo `moments`
//   POST /api/v1/query_range                        the moments from start to end, a step each; made when asked for
//   GET  /metrics                                   the exposition, of one moment after the other
class CannedSource {
 public:
  enum class Serves { kAnswers, kExposition };
  // Never compressed. No moments: ranges only.
  CannedSource(const Fleet& fleet, std::size_t moments, Serves serves = Serves::kAnswers);
  ~CannedSource();
  CannedSource(const CannedSource&) = delete;
  CannedSource& operator=(const CannedSource&) = delete;

  std::uint16_t port() const { return port_; }
  std::string url() const { return "http://127.0.0.1:" + std::to_string(port_); }

 private:
  std::uint16_t port_ = 0;
  pid_t pid_ = -1;
};

}  // namespace forewarn::bench

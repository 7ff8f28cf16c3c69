// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <vector>

#include "common/base/backoff.h"
#include "common/base/clock.h"
#include "common/base/result.h"
#include "common/http/client.h"

// The PromQL HTTP API of Prometheus, Thanos, Mimir and VictoriaMetrics:
// https://prometheus.io/docs/prometheus/latest/querying/api/
namespace forewarn::promql {

// An instant vector (or scalar) in columns: row i is (labels of row i, values[i]).
class Vector {
 public:
  std::size_t size() const { return values.size(); }
  std::string_view Label(std::size_t row, std::string_view name) const;  // "" where absent
  std::vector<std::pair<std::string, std::string>> Labels(std::size_t row) const;
  // The raw bytes of the row's metric object: its identity within one query.
  std::string_view LabelBytes(std::size_t row) const { return {buffer.data() + metric[row].first, metric[row].second}; }
  bool HasEscapes(std::size_t row) const {  // in these bytes, so that they are not to be read as they lie
    return !unescaped.empty() && unescaped.contains(static_cast<std::uint32_t>(row));
  }

  std::vector<double> values;                                   // NaN and ±Inf as sent
  double time = 0;                                              // s since the epoch, of the evaluation
  std::vector<std::string> warnings;                            // of the server, for logs and a counter
  std::string buffer;                                           // the response that the rows point into
  std::vector<std::pair<std::uint32_t, std::uint32_t>> metric;  // offset and length of each row's metric object
  // The labels of the few rows whose bytes hold JSON escapes; the others are read where they lie.
  std::unordered_map<std::uint32_t, std::vector<std::pair<std::string, std::string>>> unescaped;
};

// A range: per series the raw samples that exist; gaps are absent, never filled.
struct Series {
  std::vector<std::pair<std::string, std::string>> labels;
  std::vector<double> times, values;
};

// Of one range query; Prometheus refuses more than 11,000 points per series.
inline constexpr std::size_t kMaxSteps = 10'000;

struct ClientOptions {
  std::string url;  // base, with any prefix (/prometheus)
  http::ClientConfig http;
  base::Duration timeout = std::chrono::seconds(10);              // of one query, retries included
  std::size_t max_body = 512u << 20;                              // bytes
  std::size_t max_series = 2'000'000;                             // rows of one answer
  std::vector<std::pair<std::string, std::string>> extra_params;  // sent with each query (partial_response=false)
};

// Takes url, timeout, max_body (bytes), max_series, params (name: value) and http_config's keys out of `map`.
ClientOptions DecodeClientOptions(const config::Map& map);

// Thread-safe. Retries connection errors, 429, 502, 503 and 504 with backoff until the timeout; nothing else.
class Client {
 public:
  static base::Result<std::unique_ptr<Client>> Create(ClientOptions options);
  virtual ~Client() = default;
  // Errors: kInvalid where the query or the answer is wrong, kUnavailable where the server is down, kTimeout.
  virtual base::Result<Vector> Query(std::string_view expr, double time) = 0;  // time 0: the server's now
  // Any number of steps: asks in windows of what a server gives at once. The timeout is that of each window.
  virtual base::Result<std::vector<Series>> QueryRange(std::string_view expr, double start, double end,
                                                       double step) = 0;
  // Takes an answer that nobody needs any more: the next ones come into its memory.
  virtual void Recycle(Vector&& answer) { const Vector gone = std::move(answer); }
};

// A label value as the text between quotes of a PromQL selector.
std::string EscapeLabelValue(std::string_view value);

}  // namespace forewarn::promql

// SPDX-License-Identifier: Apache-2.0
#include "common/promql/client.h"

#include <algorithm>
#include <atomic>
#include <charconv>
#include <mutex>
#include <thread>
#include <utility>

#include "common/promql/parse.h"

namespace forewarn::promql {
namespace {

using base::Deadline;
using base::Duration;
using base::Error;
using base::ErrorCode;
using base::Result;
using simdjson::ondemand::parser;

constexpr std::size_t kKeptBytes = 64u << 20;  // an answer larger than this one lends nothing to others

std::string Decimal(double number) {
  char text[64];
  const auto end = std::to_chars(text, text + sizeof text, number, std::chars_format::fixed).ptr;
  return {text, end};
}

std::string Form(const std::vector<std::pair<std::string, std::string>>& params) {
  std::string form;
  for (const auto& [name, value] : params) {
    if (!form.empty()) form += '&';
    form += http::PercentEncode(name) + '=' + http::PercentEncode(value);
  }
  return form;
}

bool IsRetryable(int status) { return status == 429 || (status >= 502 && status <= 504); }

// Retry-After in seconds (RFC 9110 §10.2.3); its date form is not worth a parser here.
Duration RetryAfter(const http::ClientResponse& response) {
  const auto found = response.headers.find("retry-after");
  int seconds = 0;
  if (found != response.headers.end()) {
    std::from_chars(found->second.data(), found->second.data() + found->second.size(), seconds);
  }
  return std::chrono::seconds(std::clamp(seconds, 0, 3600));
}

// Things with buffers, kept warm between queries: the first touch of their pages doubles the cost of a parse.
template <class T>
class Pool {
 public:
  T Take() {
    const std::lock_guard lock(mutex_);
    if (free_.empty()) return T();
    T taken = std::move(free_.back());
    free_.pop_back();
    return taken;
  }
  void Give(T given) {
    const std::lock_guard lock(mutex_);
    if (free_.size() < kKept) free_.push_back(std::move(given));
  }

 private:
  static constexpr std::size_t kKept = 4;  // two in flight, and as many that wait for their turn
  std::mutex mutex_;
  std::vector<T> free_;
};

class ParserLease {
 public:
  explicit ParserLease(Pool<parser>& pool) : pool_(pool), parser_(pool.Take()) {}
  ~ParserLease() { pool_.Give(std::move(parser_)); }
  ParserLease(const ParserLease&) = delete;
  ParserLease& operator=(const ParserLease&) = delete;
  parser& operator*() { return parser_; }

 private:
  Pool<parser>& pool_;
  parser parser_;
};

class HttpClient : public Client {
 public:
  HttpClient(ClientOptions options, std::unique_ptr<http::Client> http)
      : options_(std::move(options)), http_(std::move(http)) {}

  Result<Vector> Query(std::string_view expr, double time) override {
    auto params = options_.extra_params;
    params.emplace_back("query", expr);
    if (time != 0) params.emplace_back("time", Decimal(time));
    Vector into = answers_.Take();
    auto body = Ask("/api/v1/query", std::move(params), std::move(into.buffer));
    if (!body) return body.error();
    ParserLease lease(parsers_);
    into.buffer = std::move(*body);
    return ParseVector(*lease, std::move(into), options_.max_series);
  }

  void Recycle(Vector&& answer) override {
    if (answer.buffer.capacity() <= kKeptBytes) answers_.Give(std::move(answer));
  }

  Result<std::vector<Series>> QueryRange(std::string_view expr, double start, double end, double step) override {
    if (!(step > 0) || !(end >= start))
      return Error{ErrorCode::kInvalid, "a range ends before it starts, or has no step"};
    std::vector<Series> series;
    const auto time = [&](std::size_t at) { return Decimal(start + static_cast<double>(at) * step); };
    const auto steps = static_cast<std::size_t>((end - start) / step);
    for (std::size_t first = 0; first <= steps; first += kMaxSteps) {
      auto params = options_.extra_params;
      params.emplace_back("query", expr);
      params.emplace_back("start", time(first));
      params.emplace_back("end", time(std::min(steps, first + kMaxSteps - 1)));
      params.emplace_back("step", Decimal(step));
      auto body = Ask("/api/v1/query_range", std::move(params), {});
      if (!body) return body.error();
      ParserLease lease(parsers_);
      if (auto parsed = ParseMatrix(*lease, std::move(*body), options_.max_series, series); !parsed)
        return parsed.error();
    }
    return series;
  }

 private:
  // One query until it is answered, refused for good, or out of time.
  Result<std::string> Ask(const std::string& path, std::vector<std::pair<std::string, std::string>> params,
                          std::string buffer) {
    const auto deadline = Deadline::After(options_.timeout);
    // The server gives up a little before we do, and can say so.
    const auto milliseconds = std::chrono::duration_cast<std::chrono::milliseconds>(options_.timeout * 9 / 10).count();
    params.emplace_back("timeout", std::to_string(std::max<long long>(milliseconds, 1)) + "ms");
    const std::string form = Form(params);
    // The clock's nanoseconds tell two clients apart, too, and cost nothing.
    const auto seed = static_cast<std::uint64_t>(std::chrono::steady_clock::now().time_since_epoch().count());
    base::Backoff backoff(std::chrono::milliseconds(100), std::chrono::seconds(2), seed);
    for (;;) {
      auto response = Send(path, form, deadline, std::exchange(buffer, {}));
      if (response && response->status / 100 == 2) return std::move(response->body);
      Refusal refusal{response ? Error{} : response.error(),
                      !response && response.error().code == ErrorCode::kUnavailable};
      Duration wait = backoff.Next();
      if (response) {
        const bool may_retry = IsRetryable(response->status);
        wait = std::max(wait, RetryAfter(*response));
        ParserLease lease(parsers_);
        refusal = ParseRefusal(*lease, response->status, std::move(response->body));
        refusal.retryable = refusal.retryable && may_retry;
      }
      if (!refusal.retryable || wait >= deadline.Left()) return refusal.error;
      std::this_thread::sleep_for(wait);
    }
  }

  // POST, since queries can be long; GET for servers and proxies that allow nothing else.
  Result<http::ClientResponse> Send(const std::string& path, const std::string& form, Deadline deadline,
                                    std::string buffer) {
    // A compressed answer costs Prometheus twice what a plain one does, and is to be unpacked here.
    const std::map<std::string, std::string> plain = {{"Accept-Encoding", "identity"}};
    if (!get_only_) {
      auto response = http_->Send({"POST", path, form, "application/x-www-form-urlencoded", plain}, deadline.Left(),
                                  options_.max_body, std::move(buffer));
      if (!response || response->status != 405) return response;
      buffer = std::move(response->body);
      get_only_ = true;
    }
    return http_->Send({"GET", path + "?" + form, "", "", plain}, deadline.Left(), options_.max_body,
                       std::move(buffer));
  }

  const ClientOptions options_;
  const std::unique_ptr<http::Client> http_;
  Pool<parser> parsers_;
  Pool<Vector> answers_;
  std::atomic<bool> get_only_ = false;
};

}  // namespace

Result<std::unique_ptr<Client>> Client::Create(ClientOptions options) {
  auto http = http::Client::Create(options.url, options.http, std::string("forewarn/") + FOREWARN_VERSION);
  if (!http) return http.error();
  return std::unique_ptr<Client>(std::make_unique<HttpClient>(std::move(options), std::move(*http)));
}

}  // namespace forewarn::promql

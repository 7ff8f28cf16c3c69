// SPDX-License-Identifier: Apache-2.0
#include "common/promql/parse.h"

#include <algorithm>
#include <optional>
#include <string_view>

#include "common/promql/answer.h"

namespace forewarn::promql {
namespace {

using base::ErrorCode;
using base::Result;
using simdjson::SUCCESS;

// Fills a Vector from the rows of the answer in its buffer.
class VectorReader {
 public:
  VectorReader(Vector& vector, std::size_t max_series)
      : vector_(vector), begin_(vector.buffer.data()), max_series_(max_series), samples_(vector.buffer) {}

  error_code Result(std::string_view type, ondemand::value rows) {
    seen_ = true;
    if (type == "scalar") return Scalar(rows);
    if (type != "vector") return simdjson::INCORRECT_TYPE;
    return ForEachRow(rows, [this](ondemand::object row) { return Row(row); });
  }

  bool seen() const { return seen_; }
  std::size_t histograms() const { return histograms_; }

 private:
  error_code Scalar(ondemand::value value) {
    Sample sample;
    if (const auto error = samples_.Read(value, sample)) return error;
    return Add(std::string_view(begin_, begin_), sample);
  }

  error_code Row(ondemand::object object) {
    std::string_view bytes;
    std::optional<Sample> sample;
    for (auto member : object) {
      ondemand::raw_json_string key;
      ondemand::value value;
      if (const auto error = member.key().get(key)) return error;
      if (const auto error = member.value().get(value)) return error;
      auto error = SUCCESS;  // a native histogram is passed over
      if (key == "metric") error = ReadMetric(value, bytes);
      if (key == "value") error = samples_.Read(value, sample.emplace());
      if (error) return error;
    }
    if (bytes.empty()) return simdjson::NO_SUCH_FIELD;
    if (!sample) {
      ++histograms_;
      return SUCCESS;
    }
    return Add(bytes, *sample);
  }

  error_code Add(std::string_view bytes, const Sample& sample) {
    if (vector_.values.size() >= max_series_) return simdjson::CAPACITY;
    if (bytes.find('\\') != std::string_view::npos) {
      const auto row = static_cast<std::uint32_t>(vector_.values.size());
      if (const auto error = ReadLabels(bytes, vector_.unescaped[row])) return error;
    }
    vector_.metric.emplace_back(bytes.data() - begin_, bytes.size());
    vector_.values.push_back(sample.value);
    vector_.time = sample.time;
    return SUCCESS;
  }

  Vector& vector_;
  const char* begin_;
  std::size_t max_series_, histograms_ = 0;
  SampleReader samples_;
  bool seen_ = false;
};

// The code for an errorType of the API, or for a status where there is none.
ErrorCode CodeOf(std::string_view error_type, int status) {
  if (error_type == "timeout" || status == 408 || status == 504) return ErrorCode::kTimeout;
  if (error_type == "bad_data" || error_type == "execution") return ErrorCode::kInvalid;
  if (status == 429 || status >= 500) return ErrorCode::kUnavailable;
  return ErrorCode::kInvalid;
}

}  // namespace

Refusal ParseRefusal(ondemand::parser& parser, int http_status, std::string body) {
  Envelope envelope;
  const auto ignore = [](std::string_view, ondemand::value) { return SUCCESS; };
  const bool understood = body.size() < kMaxBody && !ReadEnvelope(parser, body, envelope, ignore);
  std::string message = "HTTP " + std::to_string(http_status);
  if (!understood || envelope.error_type.empty()) return {{CodeOf("", http_status), message}};
  message += ": " + envelope.error_type + ": " + envelope.error.substr(0, 500);
  std::replace(message.begin(), message.end(), '\n', ' ');
  return {{CodeOf(envelope.error_type, http_status), message}, envelope.error_type != "timeout"};
}

Result<Vector> ParseVector(ondemand::parser& parser, Vector answer, std::size_t max_series) {
  Vector vector = std::move(answer);
  if (vector.buffer.size() >= kMaxBody) return NotAnAnswer("4 GiB or more");
  Envelope envelope;
  vector.values.clear();
  vector.metric.clear();
  vector.unescaped.clear();
  vector.buffer.reserve(vector.buffer.size() + simdjson::SIMDJSON_PADDING);  // before its address is taken
  VectorReader reader(vector, max_series);
  const auto error = ReadEnvelope(parser, vector.buffer, envelope, [&](std::string_view type, ondemand::value rows) {
    return reader.Result(type, rows);
  });
  if (auto judged = Judge(error, envelope); !judged) return judged.error();
  if (!reader.seen()) return NotAnAnswer("it has no data");
  vector.warnings = std::move(envelope.warnings);
  if (reader.histograms() > 0) {
    vector.warnings.push_back(std::to_string(reader.histograms()) + " native histograms left out");
  }
  return vector;
}

}  // namespace forewarn::promql

// SPDX-License-Identifier: Apache-2.0
#include "common/promql/parse.h"

#include <algorithm>
#include <charconv>
#include <limits>
#include <map>
#include <optional>
#include <string_view>

namespace forewarn::promql {
namespace {

namespace ondemand = simdjson::ondemand;
using base::Error;
using base::ErrorCode;
using base::Result;
using simdjson::error_code;
using simdjson::SUCCESS;

constexpr std::size_t kMaxBody = std::numeric_limits<std::uint32_t>::max();  // rows hold 32-bit offsets

Error NotAnAnswer(std::string_view why) { return {ErrorCode::kInvalid, "no PromQL answer: " + std::string(why)}; }

// Calls visit(key, value) for each member of an object, until one of them is no success.
template <class Visit>
error_code ForEachMember(ondemand::object object, Visit visit) {
  for (auto member : object) {
    std::string_view key;
    if (const auto error = member.unescaped_key().get(key)) return error;
    ondemand::value value;
    if (const auto error = member.value().get(value)) return error;
    if (const auto error = visit(key, value)) return error;
  }
  return SUCCESS;
}

error_code ReadStrings(ondemand::value value, std::vector<std::string>& out) {
  ondemand::array array;
  if (const auto error = value.get(array)) return error;
  for (auto item : array) {
    std::string_view text;
    if (const auto error = item.get(text)) return error;
    out.emplace_back(text);
  }
  return SUCCESS;
}

// Numbers are strings: "1.5", "1e+06", "NaN", "+Inf", "-Inf".
std::optional<double> ParseNumber(std::string_view text) {
  if (text.starts_with('+')) text.remove_prefix(1);
  double number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error == std::errc::result_out_of_range) return std::numeric_limits<double>::infinity();
  if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return number;
}

struct Sample {
  double time = 0, value = 0;
};

// [1700000000.123, "0.5"]
error_code ReadSample(ondemand::value value, Sample& sample) {
  ondemand::array pair;
  if (const auto error = value.get(pair)) return error;
  int at = 0;
  for (auto item : pair) {
    std::string_view text;
    if (at == 0) {
      if (const auto error = item.get(sample.time)) return error;
    } else {
      if (const auto error = item.get(text)) return error;
      const auto number = ParseNumber(text);
      if (!number || at > 1) return simdjson::NUMBER_ERROR;
      sample.value = *number;
    }
    ++at;
  }
  return at == 2 ? SUCCESS : simdjson::INDEX_OUT_OF_BOUNDS;
}

// The labels of a metric object whose bytes hold escapes.
error_code ReadLabels(std::string_view bytes, Labels& labels) {
  const simdjson::padded_string copy(bytes);
  ondemand::parser parser;
  ondemand::document document;
  ondemand::object object;
  if (const auto error = parser.iterate(copy).get(document)) return error;
  if (const auto error = document.get(object)) return error;
  return ForEachMember(object, [&](std::string_view name, ondemand::value value) {
    std::string_view text;
    if (const auto error = value.get(text)) return error;
    labels.emplace_back(name, text);
    return SUCCESS;
  });
}

error_code ReadMetric(ondemand::value value, std::string_view& bytes) {
  ondemand::object object;
  if (const auto error = value.get(object)) return error;
  return object.raw_json().get(bytes);
}

// What the envelope says beside its data.
struct Envelope {
  std::string status, error_type, error;
  std::vector<std::string> warnings;
};

// Reads {"status":…,"data":{"resultType":…,"result":…},…}; calls result(type, value).
template <class ReadResult>
error_code ReadEnvelope(ondemand::parser& parser, std::string& body, Envelope& envelope, ReadResult result) {
  body.reserve(body.size() + simdjson::SIMDJSON_PADDING);
  ondemand::document document;
  ondemand::object root;
  if (const auto error = parser.iterate(body, body.capacity()).get(document)) return error;
  if (const auto error = document.get(root)) return error;
  return ForEachMember(root, [&](std::string_view key, ondemand::value value) {
    std::string_view text;
    if (key == "warnings") return ReadStrings(value, envelope.warnings);
    if (key == "isPartial") {  // VictoriaMetrics
      bool partial = false;
      if (const auto error = value.get(partial)) return error;
      if (partial) envelope.warnings.emplace_back("the answer is partial");
    } else if (key == "data") {
      ondemand::object data;
      ondemand::value rows;
      if (const auto error = value.get(data)) return error;
      if (const auto error = data["resultType"].get(text)) return error;
      if (const auto error = data["result"].get(rows)) return error;
      return result(text, rows);
    } else if (key == "status" || key == "error" || key == "errorType") {
      if (const auto error = value.get(text)) return error;
      (key == "status" ? envelope.status : key == "error" ? envelope.error : envelope.error_type) = text;
    }
    return SUCCESS;
  });
}

Result<void> Judge(error_code error, const Envelope& envelope) {
  if (error == simdjson::CAPACITY) return Error{ErrorCode::kInvalid, "the answer has too many series"};
  if (error != SUCCESS) return NotAnAnswer(simdjson::error_message(error));
  if (envelope.status != "success") return NotAnAnswer("its status is \"" + envelope.status + "\"");
  return {};
}

// Fills a Vector from the rows of an answer whose bytes begin at `begin`.
class VectorReader {
 public:
  VectorReader(Vector& vector, const char* begin, std::size_t max_series)
      : vector_(vector), begin_(begin), max_series_(max_series) {}

  error_code Result(std::string_view type, ondemand::value rows) {
    seen_ = true;
    if (type == "scalar") return Scalar(rows);
    if (type != "vector") return simdjson::INCORRECT_TYPE;
    ondemand::array array;
    if (const auto error = rows.get(array)) return error;
    for (auto row : array) {
      ondemand::object object;
      if (const auto error = row.get(object)) return error;
      if (const auto error = Row(object)) return error;
    }
    return SUCCESS;
  }

  bool seen() const { return seen_; }
  std::size_t histograms() const { return histograms_; }

 private:
  error_code Scalar(ondemand::value value) {
    Sample sample;
    if (const auto error = ReadSample(value, sample)) return error;
    return Add(std::string_view(begin_, 0), sample);
  }

  error_code Row(ondemand::object object) {
    std::string_view bytes;
    std::optional<Sample> sample;
    const auto error = ForEachMember(object, [&](std::string_view key, ondemand::value value) {
      if (key == "metric") return ReadMetric(value, bytes);
      if (key == "value") return ReadSample(value, sample.emplace());
      return SUCCESS;  // a native histogram
    });
    if (error) return error;
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
  bool seen_ = false;
};

error_code ReadSamples(ondemand::value value, Series& series) {
  ondemand::array array;
  if (const auto error = value.get(array)) return error;
  for (auto item : array) {
    ondemand::value pair;
    Sample sample;
    if (const auto error = item.get(pair)) return error;
    if (const auto error = ReadSample(pair, sample)) return error;
    series.times.push_back(sample.time);
    series.values.push_back(sample.value);
  }
  return SUCCESS;
}

class MatrixReader {
 public:
  MatrixReader(std::vector<Series>& out, std::size_t max_series) : out_(out), max_series_(max_series) {
    for (std::size_t i = 0; i < out.size(); ++i) index_.emplace(out[i].labels, i);
  }

  error_code Result(std::string_view type, ondemand::value rows) {
    seen_ = true;
    if (type != "matrix") return simdjson::INCORRECT_TYPE;
    ondemand::array array;
    if (const auto error = rows.get(array)) return error;
    for (auto row : array) {
      ondemand::object object;
      if (const auto error = row.get(object)) return error;
      if (const auto error = Row(object)) return error;
    }
    return SUCCESS;
  }
  bool seen() const { return seen_; }

 private:
  error_code Row(ondemand::object object) {
    Series row;
    const auto error = ForEachMember(object, [&](std::string_view key, ondemand::value value) {
      std::string_view bytes;
      if (key == "values") return ReadSamples(value, row);
      if (key != "metric") return SUCCESS;
      if (const auto failed = ReadMetric(value, bytes)) return failed;
      return ReadLabels(bytes, row.labels);
    });
    if (error) return error;
    if (row.times.empty()) return SUCCESS;  // native histograms only
    std::sort(row.labels.begin(), row.labels.end());
    const auto [found, added] = index_.emplace(row.labels, out_.size());
    if (added) {
      if (out_.size() >= max_series_) return simdjson::CAPACITY;
      out_.push_back(std::move(row));
    } else {
      Series& series = out_[found->second];
      series.times.insert(series.times.end(), row.times.begin(), row.times.end());
      series.values.insert(series.values.end(), row.values.begin(), row.values.end());
    }
    return SUCCESS;
  }

  std::vector<Series>& out_;
  std::size_t max_series_;
  std::map<Labels, std::size_t> index_;
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

Result<Vector> ParseVector(ondemand::parser& parser, std::string body, std::size_t max_series) {
  if (body.size() >= kMaxBody) return NotAnAnswer("4 GiB or more");
  Vector vector;
  Envelope envelope;
  vector.buffer = std::move(body);
  vector.buffer.reserve(vector.buffer.size() + simdjson::SIMDJSON_PADDING);  // before its address is taken
  VectorReader reader(vector, vector.buffer.data(), max_series);
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

Result<void> ParseMatrix(ondemand::parser& parser, std::string body, std::size_t max_series, std::vector<Series>& out) {
  if (body.size() >= kMaxBody) return NotAnAnswer("4 GiB or more");
  Envelope envelope;
  MatrixReader reader(out, max_series);
  const auto error = ReadEnvelope(
      parser, body, envelope, [&](std::string_view type, ondemand::value rows) { return reader.Result(type, rows); });
  if (auto judged = Judge(error, envelope); !judged) return judged;
  if (!reader.seen()) return NotAnAnswer("it has no data");
  return {};
}

}  // namespace forewarn::promql

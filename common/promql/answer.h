// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <simdjson.h>

#include <charconv>
#include <limits>
#include <string>
#include <string_view>
#include <vector>

#include "common/base/result.h"
#include "common/promql/parse.h"

// What the answers of the API have in common.
namespace forewarn::promql {

namespace ondemand = simdjson::ondemand;
using simdjson::error_code;

inline constexpr std::size_t kMaxBody = std::numeric_limits<std::uint32_t>::max();  // rows hold 32-bit offsets

base::Error NotAnAnswer(std::string_view why);

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
  return simdjson::SUCCESS;
}

struct Sample {
  double time = 0, value = 0;
};

// Reads [1700000000.123, "0.5"], one after the other.
class SampleReader {
 public:
  explicit SampleReader(std::string_view body) : end_(body.data() + body.size()) {}

  error_code Read(ondemand::value value, Sample& sample) {
    ondemand::array pair;
    if (const auto error = value.get(pair)) return error;
    int at = 0;
    for (auto item : pair) {
      ondemand::value part;
      if (const auto error = item.get(part)) return error;
      if (at > 1) return simdjson::NUMBER_ERROR;
      if (const auto error = at == 0 ? Time(part, sample.time) : Number(part, sample.value)) return error;
      ++at;
    }
    return at == 2 ? simdjson::SUCCESS : simdjson::INDEX_OUT_OF_BOUNDS;
  }

 private:
  // The rows of a vector have one time: the bytes that were read once needn't be again.
  error_code Time(ondemand::value value, double& time) {
    const std::string_view text = value.raw_json_token();
    if (text != time_text_) {
      if (const auto error = value.get(time_)) return error;
      time_text_ = text;
    }
    time = time_;
    return simdjson::SUCCESS;
  }

  // Numbers are strings: "1.5", "1e+06", "NaN", "+Inf", "-Inf". They are converted where they lie.
  error_code Number(ondemand::value value, double& number) const {
    ondemand::raw_json_string text;
    if (const auto error = value.get_raw_json_string().get(text)) return error;
    const char* const begin = text.raw() + (*text.raw() == '+' ? 1 : 0);
    const auto [end, error] = std::from_chars(begin, end_, number);
    if (error == std::errc::result_out_of_range) number = std::numeric_limits<double>::infinity();
    const bool converted = error == std::errc() || error == std::errc::result_out_of_range;
    return converted && end != end_ && *end == '"' ? simdjson::SUCCESS : simdjson::NUMBER_ERROR;
  }

  const char* const end_;
  std::string_view time_text_;
  double time_ = 0;
};

// The labels of a metric object, unescaped.
error_code ReadLabels(std::string_view bytes, Labels& labels);
// The bytes of a metric object, which nobody has looked into.
error_code ReadMetric(ondemand::value value, std::string_view& bytes);

// What the envelope says beside its data.
struct Envelope {
  std::string status, error_type, error;
  std::vector<std::string> warnings;
};

// A member of an answer beside its data.
error_code ReadMember(std::string_view key, ondemand::value value, Envelope& envelope);

// Reads {"status":…,"data":{"resultType":…,"result":…},…}; calls result(type, value).
template <class ReadResult>
error_code ReadEnvelope(ondemand::parser& parser, std::string& body, Envelope& envelope, ReadResult result) {
  body.reserve(body.size() + simdjson::SIMDJSON_PADDING);
  ondemand::document document;
  ondemand::object root;
  if (const auto error = parser.iterate(body, body.capacity()).get(document)) return error;
  if (const auto error = document.get(root)) return error;
  return ForEachMember(root, [&](std::string_view key, ondemand::value value) {
    if (key != "data") return ReadMember(key, value, envelope);
    ondemand::object data;
    ondemand::value rows;
    std::string_view type;
    if (const auto error = value.get(data)) return error;
    if (const auto error = data["resultType"].get(type)) return error;
    if (const auto error = data["result"].get(rows)) return error;
    return result(type, rows);
  });
}

// Calls read(row) with each row of a result, an object.
template <class ReadRow>
error_code ForEachRow(ondemand::value rows, ReadRow read) {
  ondemand::array array;
  if (const auto error = rows.get(array)) return error;
  for (auto row : array) {
    ondemand::object object;
    if (const auto error = row.get(object)) return error;
    if (const auto error = read(object)) return error;
  }
  return simdjson::SUCCESS;
}

// What is to be said of an answer that has been read with this outcome.
base::Result<void> Judge(error_code error, const Envelope& envelope);

}  // namespace forewarn::promql

// SPDX-License-Identifier: Apache-2.0
#include "common/promql/answer.h"

namespace forewarn::promql {

using base::Error;
using base::ErrorCode;
using base::Result;
using simdjson::SUCCESS;

namespace {

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

}  // namespace

error_code ReadMember(std::string_view key, ondemand::value value, Envelope& envelope) {
  std::string_view text;
  if (key == "warnings") return ReadStrings(value, envelope.warnings);
  if (key == "isPartial") {  // VictoriaMetrics
    bool partial = false;
    if (const auto error = value.get(partial)) return error;
    if (partial) envelope.warnings.emplace_back("the answer is partial");
  } else if (key == "status" || key == "error" || key == "errorType") {
    if (const auto error = value.get(text)) return error;
    (key == "status" ? envelope.status : key == "error" ? envelope.error : envelope.error_type) = text;
  }
  return SUCCESS;
}

Error NotAnAnswer(std::string_view why) { return {ErrorCode::kInvalid, "no PromQL answer: " + std::string(why)}; }

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

Result<void> Judge(error_code error, const Envelope& envelope) {
  if (error == simdjson::CAPACITY) return Error{ErrorCode::kInvalid, "the answer has too many series"};
  if (error != SUCCESS) return NotAnAnswer(simdjson::error_message(error));
  if (envelope.status != "success") return NotAnAnswer("its status is \"" + envelope.status + "\"");
  return {};
}

}  // namespace forewarn::promql

// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <map>

#include "common/promql/answer.h"

namespace forewarn::promql {
namespace {

using base::Result;
using simdjson::SUCCESS;

error_code ReadSamples(ondemand::value value, SampleReader& samples, Series& series) {
  ondemand::array array;
  if (const auto error = value.get(array)) return error;
  for (auto item : array) {
    ondemand::value pair;
    Sample sample;
    if (const auto error = item.get(pair)) return error;
    if (const auto error = samples.Read(pair, sample)) return error;
    series.times.push_back(sample.time);
    series.values.push_back(sample.value);
  }
  return SUCCESS;
}

class MatrixReader {
 public:
  MatrixReader(std::string_view body, std::vector<Series>& out, std::size_t max_series)
      : samples_(body), out_(out), max_series_(max_series) {
    for (std::size_t i = 0; i < out.size(); ++i) index_.emplace(out[i].labels, i);
  }

  error_code Result(std::string_view type, ondemand::value rows) {
    seen_ = true;
    if (type != "matrix") return simdjson::INCORRECT_TYPE;
    return ForEachRow(rows, [this](ondemand::object row) { return Row(row); });
  }
  bool seen() const { return seen_; }

 private:
  error_code Row(ondemand::object object) {
    Series row;
    const auto error = ForEachMember(object, [&](std::string_view key, ondemand::value value) {
      std::string_view bytes;
      if (key == "values") return ReadSamples(value, samples_, row);
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

  SampleReader samples_;
  std::vector<Series>& out_;
  std::size_t max_series_;
  std::map<Labels, std::size_t> index_;
  bool seen_ = false;
};

}  // namespace

Result<void> ParseMatrix(ondemand::parser& parser, std::string body, std::size_t max_series, std::vector<Series>& out) {
  if (body.size() >= kMaxBody) return NotAnAnswer("4 GiB or more");
  Envelope envelope;
  body.reserve(body.size() + simdjson::SIMDJSON_PADDING);  // before its address is taken
  MatrixReader reader(body, out, max_series);
  const auto error = ReadEnvelope(
      parser, body, envelope, [&](std::string_view type, ondemand::value rows) { return reader.Result(type, rows); });
  if (auto judged = Judge(error, envelope); !judged) return judged;
  if (!reader.seen()) return NotAnAnswer("it has no data");
  return {};
}

}  // namespace forewarn::promql

// SPDX-License-Identifier: Apache-2.0
#include "cli/backtest/data_set.h"

#include <algorithm>
#include <limits>

#include "cli/backtest/csv.h"
#include "cli/backtest/time_text.h"
#include "predictor/telemetry/snapshot.h"

namespace forewarn::backtest {
namespace {

using base::Error;
using base::ErrorCode;
using base::Result;
using Cells = std::vector<std::string_view>;

constexpr double kInfinity = std::numeric_limits<double>::infinity();

// The cells of rows by the names of their columns; keeps the first mistake.
class Table {
 public:
  explicit Table(Csv csv) : csv_(std::move(csv)) {}
  bool Next() { return mistake_.ok() && csv_.Next(cells_); }
  Result<void> error() const { return mistake_.ok() ? csv_.error() : mistake_; }
  void Fail(std::string_view column, std::string_view what) {
    if (mistake_.ok()) mistake_ = csv_.Fail(column, what);
  }

  // "" where there is no such column.
  std::string_view Text(std::string_view column) const {
    const std::size_t found = csv_.Find(column);
    return found < cells_.size() ? cells_[found] : std::string_view{};
  }
  std::string Required(std::string_view column) {
    if (Text(column).empty()) Fail(column, "missing");
    return std::string(Text(column));
  }
  std::optional<double> Time(std::string_view column) {
    const auto text = Text(column);
    if (text.empty()) return std::nullopt;
    const auto time = ParseTime(text);
    if (!time) Fail(column, "not a time: " + std::string(text));
    return time;
  }
  double RequiredTime(std::string_view column) {
    Required(column);
    return Time(column).value_or(0);
  }

 private:
  Csv csv_;
  Cells cells_;
  Result<void> mistake_;
};

bool Chosen(std::string_view name, const std::vector<std::string>& only) {
  return only.empty() ||
         std::any_of(only.begin(), only.end(), [&](const std::string& prefix) { return name.starts_with(prefix); });
}

Manner MannerOf(std::string_view detail) {
  if (detail.starts_with("gradual:")) return Manner::kGradual;
  return detail.starts_with("abrupt:") ? Manner::kAbrupt : Manner::kUnknown;
}

bool IsNoNumber(std::string_view cell) {
  std::string lower(cell);
  std::transform(lower.begin(), lower.end(), lower.begin(), [](char c) { return c >= 'A' && c <= 'Z' ? c + 32 : c; });
  if (lower.starts_with('+') || lower.starts_with('-')) lower.erase(0, 1);
  return lower.empty() || lower == "nan" || lower == "inf" || lower == "infinity";
}

// False where the cell is neither a number nor says that there is none.
bool ParseValue(std::string_view cell, double& value) {
  const auto number = ParseNumber(cell);
  value = number.value_or(telemetry::kMissing);
  return number || IsNoNumber(cell);
}

Result<void> ReadRow(const Csv& csv, const Cells& cells, Recording& recording) {
  const auto time = ParseTime(cells[0]);
  if (!time) return csv.Fail("timestamp", "not a time: " + std::string(cells[0]));
  recording.stamps.emplace_back(cells[0]);
  recording.times.push_back(*time);
  for (std::size_t c = 0; c < recording.columns.size(); ++c) {
    double value = 0;
    if (!ParseValue(cells[c + 1], value)) {
      return csv.Fail(recording.columns[c], "not a number: " + std::string(cells[c + 1]));
    }
    recording.values[c].push_back(value);
  }
  return {};
}

}  // namespace

Result<std::vector<SeriesFile>> LoadSeries(const std::string& directory, const std::vector<std::string>& only) {
  auto csv = Csv::Load(directory + "/series.csv");
  if (!csv) return csv.error();
  Table table(std::move(*csv));
  std::vector<SeriesFile> series;
  while (table.Next()) {
    SeriesFile one{table.Required("series"), table.Required("file"), table.Time("scored_from")};
    if (!Chosen(one.name, only)) continue;
    one.path = directory + "/" + one.path;
    if (std::any_of(series.begin(), series.end(), [&](const SeriesFile& other) { return other.name == one.name; })) {
      table.Fail("series", one.name + " is there twice");
    }
    series.push_back(std::move(one));
  }
  if (auto read = table.error(); !read) return read.error();
  if (series.empty())
    return Error{ErrorCode::kInvalid, directory + "/series.csv: no series, or none that --only names"};
  return series;
}

Result<Labels> LoadLabels(const std::string& path) {
  auto csv = Csv::Load(path);
  if (!csv) return csv.error();
  Table table(std::move(*csv));
  Labels labels;
  while (table.Next()) {
    auto& of_series = labels[table.Required("series")];
    of_series.push_back({table.RequiredTime("start"), table.RequiredTime("end"), table.Time("breach"),
                         std::string(table.Text("fault_type")), table.Time("onset"), MannerOf(table.Text("detail"))});
    if (of_series.back().end < of_series.back().start) table.Fail("end", "before the start");
  }
  if (auto read = table.error(); !read) return read.error();
  for (auto& [series, of_series] : labels) {
    std::stable_sort(of_series.begin(), of_series.end(),
                     [](const Label& a, const Label& b) { return a.start < b.start; });
  }
  return labels;
}

double Recording::step() const {
  std::vector<double> intervals;
  for (std::size_t i = 1; i < times.size(); ++i) intervals.push_back(times[i] - times[i - 1]);
  if (intervals.size() < 2) return 1;
  const auto middle = intervals.begin() + static_cast<std::ptrdiff_t>(intervals.size() / 2);
  std::nth_element(intervals.begin(), middle, intervals.end());
  double median = *middle;
  if (intervals.size() % 2 == 0) median = (median + *std::max_element(intervals.begin(), middle)) / 2;
  return median > 0 ? median : 1;
}

double Recording::ScoredFrom(const SeriesFile& series) const {
  if (series.scored_from) return *series.scored_from;
  const auto probation = std::min<std::size_t>(times.size() * 15 / 100, 750);
  if (probation >= times.size()) return kInfinity;
  return times[probation];
}

Result<Recording> LoadRecording(const std::string& path) {
  auto csv = Csv::Load(path);
  if (!csv) return csv.error();
  if (csv->header()[0] != "timestamp") return csv->Fail("header", "the first column is not timestamp");
  Recording recording;
  recording.path = path;
  recording.columns.assign(csv->header().begin() + 1, csv->header().end());
  recording.values.resize(recording.columns.size());
  Cells cells;
  while (csv->Next(cells)) {
    if (auto read = ReadRow(*csv, cells, recording); !read) return read.error();
  }
  if (!csv->error()) return csv->error().error();
  return recording;
}

}  // namespace forewarn::backtest

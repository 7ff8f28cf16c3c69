// SPDX-License-Identifier: Apache-2.0
#include "cli/backtest/csv.h"

#include <algorithm>
#include <fstream>
#include <sstream>

namespace forewarn::backtest {

using base::Error;
using base::ErrorCode;
using base::Result;

Result<std::string> ReadFile(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  std::ostringstream text;
  if (!file || !(text << file.rdbuf())) return Error{ErrorCode::kNotFound, path + ": cannot be read"};
  return std::move(text).str();
}

Result<Csv> Csv::Load(const std::string& path) {
  auto text = ReadFile(path);
  if (!text) return text.error();
  return Parse(path, std::move(*text));
}

Result<Csv> Csv::Parse(std::string name, std::string text) {
  Csv csv(std::move(name), std::move(text));
  if (csv.text_.starts_with("\xEF\xBB\xBF")) csv.at_ = 3;  // a byte order mark
  std::vector<std::string_view> cells;
  if (!csv.Row(cells)) return csv.error_ ? csv.Fail("header", "missing") : csv.error_.error();
  csv.header_.assign(cells.begin(), cells.end());
  return csv;
}

std::size_t Csv::Find(std::string_view column) const {
  return static_cast<std::size_t>(std::find(header_.begin(), header_.end(), column) - header_.begin());
}

Error Csv::Fail(std::string_view column, std::string_view what) const {
  return {ErrorCode::kInvalid,
          name_ + ":" + std::to_string(line_) + ": " + std::string(column) + ": " + std::string(what)};
}

bool Csv::Next(std::vector<std::string_view>& cells) {
  if (!Row(cells)) return false;
  if (cells.size() == header_.size()) return true;
  error_ = Fail("row", std::to_string(cells.size()) + " cells where the header has " + std::to_string(header_.size()));
  return false;
}

bool Csv::Row(std::vector<std::string_view>& cells) {
  while (at_ < text_.size() && (text_[at_] == '\n' || text_[at_] == '\r')) next_line_ += text_[at_++] == '\n' ? 1 : 0;
  cells.clear();
  if (at_ >= text_.size() || !error_) return false;
  line_ = next_line_;
  for (;;) {
    cells.push_back(text_[at_] == '"' ? Quoted() : Cell());
    if (!error_) return false;
    if (at_ >= text_.size()) return true;
    const char end = text_[at_++];
    if (end == ',' && at_ < text_.size()) continue;
    if (end == ',') {  // the file ends with an empty cell
      cells.emplace_back();
      return true;
    }
    if (end == '\n') {
      ++next_line_;
      return true;
    }
  }
}

// Up to the comma or the line's end, which stays.
std::string_view Csv::Cell() {
  const std::size_t begin = at_;
  at_ = std::min(text_.find_first_of(",\n", at_), text_.size());
  std::size_t end = at_;
  if (end > begin && text_[end - 1] == '\r') --end;
  return std::string_view(text_).substr(begin, end - begin);
}

// Doubled quotes are made one where the cell lies.
std::string_view Csv::Quoted() {
  const std::size_t begin = ++at_;
  std::size_t end = begin;
  for (; at_ < text_.size(); ++at_) {
    if (text_[at_] == '"' && (at_ + 1 >= text_.size() || text_[at_ + 1] != '"')) break;
    if (text_[at_] == '"') ++at_;
    if (text_[at_] == '\n') ++next_line_;
    text_[end++] = text_[at_];
  }
  if (at_ >= text_.size()) {
    error_ = Fail("row", "a quote is not closed");
    return {};
  }
  ++at_;
  if (at_ < text_.size() && text_[at_] == '\r') ++at_;
  if (at_ < text_.size() && text_[at_] != ',' && text_[at_] != '\n') {
    error_ = Fail("row", "text after a closing quote");
  }
  return std::string_view(text_).substr(begin, end - begin);
}

}  // namespace forewarn::backtest

// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "common/base/result.h"

namespace forewarn::backtest {

// The whole text of a file. kNotFound, `path: cannot be read`.
base::Result<std::string> ReadFile(const std::string& path);

// A table as text with a header (RFC 4180): one row after the other, its cells where they lie.
class Csv {
 public:
  // `name` stands for the file in messages. kInvalid where there is no header.
  static base::Result<Csv> Parse(std::string name, std::string text);
  static base::Result<Csv> Load(const std::string& path);

  const std::vector<std::string>& header() const { return header_; }
  std::size_t Find(std::string_view column) const;  // header().size() where there is none

  // The next row in `cells`, as many as the header has, valid as long as this; false at the end, or at a mistake,
  // which is then in `error`. Lines without a character are passed over.
  bool Next(std::vector<std::string_view>& cells);
  const base::Result<void>& error() const { return error_; }

  // A mistake in the row read last: `file:line: column: what`.
  base::Error Fail(std::string_view column, std::string_view what) const;
  std::size_t read() const { return at_; }  // bytes so far

 private:
  Csv(std::string name, std::string text) : name_(std::move(name)), text_(std::move(text)) {}
  bool Row(std::vector<std::string_view>& cells);
  std::string_view Cell();
  std::string_view Quoted();

  std::string name_, text_;
  std::vector<std::string> header_;
  std::size_t at_ = 0;
  std::size_t line_ = 0, next_line_ = 1;
  base::Result<void> error_;
};

}  // namespace forewarn::backtest

// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace forewarn::html {

struct Attribute {
  std::string_view name;  // ours; the value may be anybody's
  std::string value;      // empty: the name alone
};
using Attributes = std::vector<Attribute>;

// What may stand on a page as it is. Foreign text becomes part of it only by Text() and by the values of attributes,
// which escape it: forgetting to is no mistake that compiles.
class Markup {
 public:
  Markup() = default;
  const std::string& str() const { return text_; }
  bool empty() const { return text_.empty(); }
  Markup& operator+=(const Markup& more) {
    text_ += more.text_;
    return *this;
  }
  friend Markup operator+(Markup first, const Markup& second) { return first += second; }

 private:
  friend Markup Text(std::string_view text);
  friend Markup Element(std::string_view tag, const Attributes& attributes, const Markup& content);
  friend Markup Void(std::string_view tag, const Attributes& attributes);
  std::string text_;
};

// Escaped; what is no UTF-8 is replaced, control characters too: they can't be seen and may mislead.
Markup Text(std::string_view text);
// <tag name="value">content</tag>; tags are ours.
Markup Element(std::string_view tag, const Attributes& attributes, const Markup& content);
Markup Element(std::string_view tag, const Markup& content);
Markup Element(std::string_view tag, std::string_view text);
Markup Void(std::string_view tag, const Attributes& attributes);  // has no content and no end: input, link, meta

struct Column {
  std::string_view name;
  std::string_view kind = {};  // "number": to the right; "name": broken late; "word", "deeds": in one line
};
using Row = std::vector<Markup>;
// The first cell of a row is its header. On a narrow screen each row becomes a list in which the columns' names stand
// before the cells; the roles keep it a table for who can't see it.
Markup Table(std::string_view caption, const std::vector<Column>& columns, const std::vector<Row>& rows);

}  // namespace forewarn::html

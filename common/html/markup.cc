// SPDX-License-Identifier: Apache-2.0
#include "common/html/markup.h"

#include "common/base/utf8.h"

namespace forewarn::html {
namespace {

constexpr std::string_view kReplacement = "\xef\xbf\xbd";

bool IsControl(unsigned char byte, unsigned char before) {
  const bool c1 = before == 0xc2 && byte < 0xa0;  // U+0080 to U+009F
  return (byte < 0x20 && byte != '\n' && byte != '\t') || byte == 0x7f || c1;
}

std::string Escape(std::string_view text) {
  std::string out;
  unsigned char before = 0;
  for (const char c : base::ToUtf8(text)) {
    const auto byte = static_cast<unsigned char>(c);
    if (IsControl(byte, before)) {
      if (before == 0xc2) out.pop_back();
      out += kReplacement;
    } else if (std::string_view("&<>\"'").find(c) != std::string_view::npos) {
      out += "&#" + std::to_string(byte) + ";";
    } else {
      out += c;
    }
    before = byte;
  }
  return out;
}

Markup Cell(const Column& column, const Markup& content, std::size_t position) {
  const bool is_first = position == 0;
  Attributes attributes = {{"data-column", std::string(column.name)}, {"class", std::string(column.kind)}};
  if (column.kind.empty()) attributes.pop_back();
  if (is_first) attributes.push_back({"scope", "row"});
  attributes.push_back({"role", is_first ? "rowheader" : "cell"});
  return Element(is_first ? "th" : "td", attributes, content);
}

}  // namespace

Markup Text(std::string_view text) {
  Markup markup;
  markup.text_ = Escape(text);
  return markup;
}

Markup Void(std::string_view tag, const Attributes& attributes) {
  Markup markup;
  markup.text_.append("<").append(tag);
  for (const Attribute& attribute : attributes) {
    markup.text_.append(" ").append(attribute.name);
    if (!attribute.value.empty()) markup.text_.append("=\"").append(Escape(attribute.value)).append("\"");
  }
  markup.text_ += ">";
  return markup;
}

Markup Element(std::string_view tag, const Attributes& attributes, const Markup& content) {
  Markup markup = Void(tag, attributes) + content;
  markup.text_.append("</").append(tag).append(">");
  return markup;
}

Markup Element(std::string_view tag, const Markup& content) { return Element(tag, {}, content); }

Markup Element(std::string_view tag, std::string_view text) { return Element(tag, {}, Text(text)); }

Markup Table(std::string_view caption, const std::vector<Column>& columns, const std::vector<Row>& rows) {
  Markup head, body;
  for (const Column& column : columns) {
    Attributes attributes = {{"scope", "col"}, {"role", "columnheader"}};
    if (!column.kind.empty()) attributes.push_back({"class", std::string(column.kind)});
    head += Element("th", attributes, Text(column.name));
  }
  for (const Row& row : rows) {
    Markup cells;
    for (std::size_t i = 0; i < row.size(); ++i) cells += Cell(columns[i], row[i], i);
    body += Element("tr", {{"role", "row"}}, cells) + Text("\n");
  }
  const Markup top = Element("thead", {{"role", "rowgroup"}}, Element("tr", {{"role", "row"}}, head));
  return Element("table", {{"role", "table"}},
                 Element("caption", caption) + top + Element("tbody", {{"role", "rowgroup"}}, body));
}

}  // namespace forewarn::html

// SPDX-License-Identifier: Apache-2.0
#include "common/html/markup.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>

#include "common/html/format.h"

namespace forewarn::html {
namespace {

using testing::HasSubstr;

TEST(Markup, TextIsEscapedInElementsAndAttributes) {
  const std::string hostile = "<script>alert('x')</script>\"&";
  const std::string escaped = "&#60;script&#62;alert(&#39;x&#39;)&#60;/script&#62;&#34;&#38;";
  EXPECT_EQ(Text(hostile).str(), escaped);
  EXPECT_EQ(Element("td", hostile).str(), "<td>" + escaped + "</td>");
  EXPECT_EQ(Element("a", {{"href", hostile}}, {}).str(), "<a href=\"" + escaped + "\"></a>");
  EXPECT_EQ(Void("input", {{"value", hostile}, {"required", ""}}).str(), "<input value=\"" + escaped + "\" required>");
}

TEST(Markup, WhatCannotBeSeenOrReadIsReplaced) {
  const std::string replaced =
      "a\xef\xbf\xbd"
      "b";
  EXPECT_EQ(Text(std::string("a\0b", 3)).str(), replaced);
  EXPECT_EQ(Text("a\x1b"
                 "b")
                .str(),
            replaced);
  EXPECT_EQ(Text("a\xc2\x85"
                 "b")
                .str(),
            replaced);  // U+0085
  EXPECT_EQ(Text("a\xff"
                 "b")
                .str(),
            replaced);
  EXPECT_EQ(Text("Größe 中\n").str(), "Größe 中\n");
}

TEST(Table, NamesItsColumnsForNarrowScreensAndForWhoCannotSeeIt) {
  const std::string table = Table("Some", {{"Name"}, {"Count", "number"}}, {{Text("a<b"), Text("3")}}).str();
  EXPECT_THAT(table, HasSubstr("<caption>Some</caption>"));
  EXPECT_THAT(table, HasSubstr("<th scope=\"col\" role=\"columnheader\">Name</th>"));
  EXPECT_THAT(table, HasSubstr("<th data-column=\"Name\" scope=\"row\" role=\"rowheader\">a&#60;b</th>"));
  EXPECT_THAT(table, HasSubstr("<td data-column=\"Count\" class=\"number\" role=\"cell\">3</td>"));
}

TEST(Format, NumbersAreShort) {
  EXPECT_EQ(Number(0.123456), "0.123");
  EXPECT_EQ(Number(-0.00001234), "-1.23e-05");
  EXPECT_EQ(Number(1234.5), "1234");
  EXPECT_EQ(Number(2.0821e9), "2.08\u00a0G");
  EXPECT_EQ(Number(-12345), "-12.3\u00a0k");
  EXPECT_EQ(Number(999999), "1\u00a0M");
  EXPECT_EQ(Number(1e20), "1e+08\u00a0T");
  EXPECT_EQ(Percent(0.816), "82\u00a0%");
  EXPECT_EQ(Count(12345678), "12\u202f345\u202f678");
  EXPECT_EQ(Count(123), "123");
  for (const double none : {HUGE_VAL, -HUGE_VAL, std::nan("")}) {
    EXPECT_EQ(Number(none), "–");
    EXPECT_EQ(Percent(none), "–");
    EXPECT_EQ(Count(none), "–");
    EXPECT_EQ(Span(none), "–");
    EXPECT_EQ(Time(none).str(), "–");
    EXPECT_EQ(Away(none, 1).str(), "–");
  }
}

TEST(Format, SpansHaveTwoUnitsAtMost) {
  EXPECT_EQ(Span(0), "0\u00a0s");
  EXPECT_EQ(Span(0.25), "250\u00a0ms");
  EXPECT_EQ(Span(59.6), "1\u00a0min");
  EXPECT_EQ(Span(125), "2\u00a0min\u00a05\u00a0s");
  EXPECT_EQ(Span(1800), "30\u00a0min");
  EXPECT_EQ(Span(3 * 3600 + 60), "3\u00a0h\u00a01\u00a0min");
  EXPECT_EQ(Span(50 * 3600), "2\u00a0d\u00a02\u00a0h");
}

TEST(Format, TimesAreUtcAndSayHowFarAway) {
  EXPECT_EQ(Time(1700000000.5).str(),
            "<time datetime=\"2023-11-14T22:13:20Z\" title=\"2023-11-14 22:13:20 UTC\">2023-11-14 22:13:20</time>");
  EXPECT_THAT(Away(1700000045, 1700000000).str(), HasSubstr(">in 45\u00a0s</time>"));
  EXPECT_THAT(Away(1700000000, 1700000000.4).str(), HasSubstr(">now</time>"));
  EXPECT_THAT(Away(1700000000, 1700000720).str(), HasSubstr(">12\u00a0min ago</time>"));
}

}  // namespace
}  // namespace forewarn::html

// SPDX-License-Identifier: Apache-2.0
#include "common/base/utf8.h"

#include <gtest/gtest.h>

namespace forewarn::base {
namespace {

TEST(Utf8, MeasuresWhatIsWellFormed) {
  EXPECT_EQ(Utf8Length("a"), 1U);
  EXPECT_EQ(Utf8Length("üx"), 2U);
  EXPECT_EQ(Utf8Length("漢"), 3U);
  EXPECT_EQ(Utf8Length("🙂 and more"), 4U);
  EXPECT_EQ(Utf8Length(std::string_view("\0", 1)), 1U);
  EXPECT_EQ(Utf8Length("\xED\x9F\xBF"), 3U);      // the last before the surrogates
  EXPECT_EQ(Utf8Length("\xEE\x80\x80"), 3U);      // the first after them
  EXPECT_EQ(Utf8Length("\xF4\x8F\xBF\xBF"), 4U);  // U+10FFFF
}

TEST(Utf8, RefusesWhatIsNot) {
  for (const char* bad : {"", "\x80", "\xBF", "\xC0\xAF", "\xC1\xBF", "\xC3", "\xC3(", "\xE0\x9F\xBF", "\xE2\x82",
                          "\xED\xA0\x80", "\xF0\x8F\xBF\xBF", "\xF4\x90\x80\x80", "\xF5\x80\x80\x80", "\xFF"}) {
    EXPECT_EQ(Utf8Length(bad), 0U);
  }
}

TEST(Utf8, ReplacesOnlyTheBrokenBytes) {
  EXPECT_EQ(ToUtf8("grün 🙂"), "grün 🙂");
  EXPECT_EQ(ToUtf8("a\xFF"
                   "b"),
            "a\xEF\xBF\xBD"
            "b");
  EXPECT_EQ(ToUtf8("\xE2\x82"), "\xEF\xBF\xBD\xEF\xBF\xBD");
  EXPECT_EQ(ToUtf8(""), "");
}

}  // namespace
}  // namespace forewarn::base

// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "common/log/log.h"

namespace forewarn::log {
namespace {

constexpr std::string_view kTime = "2025-04-23T15:09:37.566Z";

std::string Logfmt(std::string_view message, std::initializer_list<Field> fields = {}) {
  return Render(Format::kLogfmt, {kTime, Level::kInfo, message, {fields.begin(), fields.size()}});
}

std::string Json(std::string_view message, std::initializer_list<Field> fields = {}) {
  return Render(Format::kJson, {kTime, Level::kError, message, {fields.begin(), fields.size()}});
}

TEST(Logfmt, LooksAsPrometheusWritesIt) {
  EXPECT_EQ(Logfmt("Starting up", {{"version", "0.1.0"}, {"address", "[::1]:9177"}}),
            "time=2025-04-23T15:09:37.566Z level=INFO msg=\"Starting up\" version=0.1.0 address=[::1]:9177");
  EXPECT_EQ(Logfmt("ready"), "time=2025-04-23T15:09:37.566Z level=INFO msg=ready");
}

TEST(Logfmt, QuotesWhatWouldBeMisread) {
  const std::string head = "time=2025-04-23T15:09:37.566Z level=INFO msg=m k=";
  const std::pair<const char*, const char*> cases[] = {
      {"", R"("")"},
      {"a b", R"("a b")"},
      {"a=b", R"("a=b")"},
      {"say \"hi\"", R"("say \"hi\"")"},
      {R"(C:\x)", R"(C:\x)"},
      {R"(C:\x y)", R"("C:\\x y")"},
      {"grün", "grün"},
      {"a\nlevel=ERROR", R"("a\nlevel=ERROR")"},
      {"\t\r", R"("\t\r")"},
      {"\x1B[2J", R"("\u001b[2J")"},
      {"\x7F", R"("\u007f")"},
      {"\u009b1m", R"("\u009b1m")"},
      {"a\u2028b", R"("a\u2028b")"},
      {"\xFF", "\"\uFFFD\""},
  };
  for (const auto& [value, written] : cases) {
    EXPECT_EQ(Logfmt("m", {{"k", value}}), head + written);
  }
}

TEST(Logfmt, AZeroByteEndsNothing) {
  EXPECT_EQ(Logfmt("m", {{"k", std::string("a\0b", 3)}}),
            "time=2025-04-23T15:09:37.566Z level=INFO msg=m k=\"a\\u0000b\"");
}

TEST(Json, IsOneObjectWithTheSameKeys) {
  EXPECT_EQ(Json("Tick failed", {{"err", "no \"route\""}}),
            R"({"time":"2025-04-23T15:09:37.566Z","level":"ERROR","msg":"Tick failed","err":"no \"route\""})");
}

TEST(Json, IsReadBackByAParserWhateverTheBytes) {
  for (int byte = 0; byte < 256; ++byte) {
    const std::string value = std::string("a") + static_cast<char>(byte) + "z";
    const std::string line = Json(value, {{"key", value}});
    EXPECT_EQ(line.find('\n'), std::string::npos);
    const auto parsed = nlohmann::json::parse(line, nullptr, false);
    ASSERT_TRUE(parsed.is_object()) << byte;
    EXPECT_EQ(parsed["key"].get<std::string>(), byte < 0x80 ? value : "a\uFFFDz");
  }
}

}  // namespace
}  // namespace forewarn::log

// SPDX-License-Identifier: Apache-2.0
#include "common/http/head.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/common/http/framing_corpus.h"

namespace forewarn::http {
namespace {

using testing::ElementsAre;
using testing::Pair;

Head Accepted(const std::string& text) {
  auto parsed = ParseHead(text);
  EXPECT_TRUE(std::holds_alternative<Head>(parsed)) << text;
  return std::holds_alternative<Head>(parsed) ? std::get<Head>(parsed) : Head{};
}

int StatusOf(const std::string& text) {
  const HeadEnd end = FindHeadEnd(text);
  if (end.refusal) return end.refusal->status;
  if (end.size == 0) return 0;
  const auto parsed = ParseHead(std::string_view(text).substr(0, end.size));
  return std::holds_alternative<Response>(parsed) ? std::get<Response>(parsed).status : 200;
}

TEST(Head, TakesARequestApart) {
  const Head head = Accepted(
      "POST /api/v1/a%20b?x=1&y=a+b%26c&flag HTTP/1.1\r\nHost: h\r\nContent-Length: 12\r\nX-Twice: a\r\nx-twice: "
      "b\r\n\r\n");
  EXPECT_EQ(head.method, "POST");
  EXPECT_EQ(head.path, "/api/v1/a b");
  EXPECT_THAT(head.query, ElementsAre(Pair("flag", ""), Pair("x", "1"), Pair("y", "a b&c")));
  EXPECT_EQ(head.content_length, 12u);
  EXPECT_TRUE(head.keep_alive);
  EXPECT_EQ(*head.Find("x-twice"), "a, b");
  EXPECT_EQ(head.Find("absent"), nullptr);
}

TEST(Head, KeepsAliveAsTheVersionAndTheClientSay) {
  EXPECT_FALSE(Accepted("GET / HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n").keep_alive);
  EXPECT_FALSE(Accepted("GET / HTTP/1.0\r\n\r\n").keep_alive);
  EXPECT_TRUE(Accepted("GET / HTTP/1.0\r\nConnection: keep-alive\r\n\r\n").keep_alive);
}

TEST(Head, RefusesWhatTwoReadersCouldTakeDifferently) {
  for (const auto& [name, text, status] : kFramingCorpus) EXPECT_EQ(StatusOf(std::string(text)), status) << name;
}

TEST(Head, EveryPrefixOfAGoodHeadNeedsMoreBytes) {
  const std::string text = "GET /metrics HTTP/1.1\r\nHost: h\r\nAccept: */*\r\n\r\n";
  for (std::size_t size = 0; size < text.size(); ++size) {
    const HeadEnd end = FindHeadEnd(text.substr(0, size));
    EXPECT_EQ(end.size, 0u) << size;
    EXPECT_FALSE(end.refusal) << size;
  }
  EXPECT_EQ(FindHeadEnd(text + "the next").size, text.size());
}

TEST(Head, IsRefusedAsSoonAsItIsTooLong) {
  const std::string start = "GET / HTTP/1.1\r\nHost: h\r\nX: ";
  EXPECT_FALSE(FindHeadEnd(start + std::string(kHeadLimit - start.size(), 'x')).refusal);
  const HeadEnd over = FindHeadEnd(start + std::string(kHeadLimit - start.size() + 1, 'x'));
  ASSERT_TRUE(over.refusal);
  EXPECT_EQ(over.refusal->status, 431);
}

}  // namespace
}  // namespace forewarn::http

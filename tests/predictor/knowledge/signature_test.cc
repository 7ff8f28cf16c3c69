// SPDX-License-Identifier: Apache-2.0
#include "predictor/knowledge/signature.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "predictor/knowledge/match.h"

namespace forewarn::knowledge {
namespace {

using ::testing::HasSubstr;

TEST(BuiltInSignatures, AgreeWithTheirExamples) {
  ASSERT_FALSE(BuiltInSignatures().empty());
  for (const auto& [name, text] : BuiltInSignatures()) {
    const auto signature = ParseSignature(std::string(name), text);
    ASSERT_TRUE(signature) << signature.error().message;
    EXPECT_EQ(signature->fault + ".yaml", name);
    EXPECT_GE(signature->examples.size(), 4u) << name;
    for (const std::string& mistake : Mistakes(*signature)) ADD_FAILURE() << mistake;
  }
}

std::string ErrorOf(std::string_view text) {
  const auto signature = ParseSignature("S.yaml", text);
  return signature ? "" : signature.error().message;
}

TEST(ParseSignature, SaysWhereEachMistakeIs) {
  const std::string good =
      "fault: F\nhorizon: 1m\nmanifestation: {signal: a, above: 1}\nsymptoms: [{signal: a, is: rising}]\n";
  EXPECT_EQ(ErrorOf(good), "");
  EXPECT_THAT(ErrorOf(good + "surprise: 1\n"), HasSubstr("S.yaml:5"));
  EXPECT_THAT(
      ErrorOf("fault: F\nhorizon: soon\nmanifestation: {signal: a, above: 1}\nsymptoms: [{signal: a, is: rising}]\n"),
      HasSubstr("S.yaml:2: horizon"));
  EXPECT_THAT(ErrorOf("fault: F\nhorizon: 1m\nmanifestation: {signal: a}\nsymptoms: [{signal: a, is: rising}]\n"),
              HasSubstr("one of above, below and above_normal"));
  EXPECT_THAT(
      ErrorOf("fault: F\nhorizon: 1m\nmanifestation: {signal: a, above: 1}\nsymptoms: [{signal: a, is: odd}]\n"),
      HasSubstr("not a condition"));
  EXPECT_THAT(ErrorOf("fault: F\nhorizon: 1m\nmanifestation: {signal: a, above: 1}\n"), HasSubstr("symptoms"));
}

TEST(Mistakes, NameTheExample) {
  const auto signature = ParseSignature(
      "S.yaml",
      "fault: F\nhorizon: 1m\nmanifestation: {signal: a, above: 1}\nsymptoms: [{signal: a, is: rising}]\n"
      "examples:\n  - {match: true, given: {b: rising}}\n  - {match: false, given: {a: rising}}\n  - {match: true, "
      "given: {a: rising}}\n");
  ASSERT_TRUE(signature);
  const auto mistakes = Mistakes(*signature);
  ASSERT_EQ(mistakes.size(), 2u);
  EXPECT_THAT(mistakes[0], HasSubstr("S.yaml:6"));
  EXPECT_THAT(mistakes[1], HasSubstr("must not match"));
}

Signature Parse(std::string_view rest) {
  const auto signature =
      ParseSignature("S.yaml", "fault: F\nhorizon: 10s\nmanifestation: {signal: a, above: 1}\n" + std::string(rest));
  EXPECT_TRUE(signature) << signature.error().message;
  return signature ? *signature : Signature{};
}

TEST(Match, WhatIsMissingSpeaksNeitherForNorAgainst) {
  const Signature signature =
      Parse("symptoms: [{signal: a, is: rising}, {signal: b, is: high, weight: 3}]\nunless: [{signal: c, is: high}]\n");
  Observation seen(3);
  EXPECT_EQ(Match(signature, seen), 0);
  seen[0] = Degrees{.rising = 0.8, .normal = 0.2};
  EXPECT_DOUBLE_EQ(Match(signature, seen), 0.8);
  seen[2] = Degrees{.high = 1, .normal = 0};
  EXPECT_EQ(Match(signature, seen), 0);
}

}  // namespace
}  // namespace forewarn::knowledge

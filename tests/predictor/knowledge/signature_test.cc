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
              HasSubstr("either above or below"));
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

TEST(Match, WhatIsMissingSpeaksNeitherForNorAgainst) {
  Signature signature;
  signature.symptoms = {{"a", Condition::kRising, 1}, {"b", Condition::kHigh, 3}};
  signature.unless = {{"c", Condition::kHigh, 1}};
  const auto only_a = [](const std::string& signal) -> std::optional<Degrees> {
    if (signal != "a") return std::nullopt;
    return Degrees{.rising = 0.8, .normal = 0.2};
  };
  EXPECT_DOUBLE_EQ(Match(signature, only_a), 0.8);
  EXPECT_EQ(Match(signature, [](const std::string&) { return std::nullopt; }), 0);
  const auto c_too = [&](const std::string& signal) -> std::optional<Degrees> {
    if (signal == "c") return Degrees{.high = 1, .normal = 0};
    return only_a(signal);
  };
  EXPECT_EQ(Match(signature, c_too), 0);
}

}  // namespace
}  // namespace forewarn::knowledge

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

// What one signature must explain, no other explains better.
TEST(BuiltInSignatures, DoNotTakeEachOthersExamples) {
  std::vector<Signature> all;
  for (const auto& [name, text] : BuiltInSignatures()) all.push_back(*ParseSignature(std::string(name), text));
  for (const Signature& own : all) {
    for (const Example& example : own.examples) {
      if (!example.match) continue;
      const double match = Match(own, ObservationOf(example, own));
      for (const Signature& other : all)
        EXPECT_LE(Match(other, ObservationOf(example, other)), match) << example.where << " by " << other.fault;
    }
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
  EXPECT_THAT(ErrorOf(good + "doubt: [{signal: b, is: low, times: 2}]\n"), HasSubstr("only what is high has times"));
  EXPECT_THAT(ErrorOf(good + "doubt: [{signal: b, is: high, times: 0.5}]\n"), HasSubstr("times: below 1"));
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

TEST(Match, ADoubtIsNoneOnceTheLimitIsReached) {
  const Signature signature = Parse("symptoms: [{signal: a, is: rising}]\ndoubt: [{signal: b, is: high}]\n");
  const Observation seen = {Degrees{.rising = 1, .normal = 0}, Degrees{.high = 0.75, .normal = 0.25}};
  EXPECT_DOUBLE_EQ(Match(signature, seen), 0.25);
  EXPECT_EQ(Against(signature, seen), 0);  // all that speaks against what has come true
}

TEST(Match, ABoundKeepsTheOddButTinyOut) {
  const Signature signature = Parse("symptoms: [{signal: a, is: high, at_least: 2, at_most: 9}]\n");
  const auto match = [&](double value) { return Match(signature, {Degrees{.high = 1, .normal = 0, .value = value}}); };
  EXPECT_EQ(match(1), 0);
  EXPECT_EQ(match(2), 1);
  EXPECT_EQ(match(10), 0);
}

TEST(Match, TimesKeepsTheOddButLittleMoreOut) {
  const Signature signature = Parse("symptoms: [{signal: a, is: high, times: 1.5}]\n");
  const auto match = [&](double value) {
    return Match(signature, {Degrees{.high = 1, .normal = 0, .value = value, .expected = 100}});
  };
  EXPECT_EQ(match(149), 0);
  EXPECT_EQ(match(150), 1);
  EXPECT_EQ(Match(signature, {Degrees{.high = 1, .normal = 0}}), 1);  // as in examples, which have no values
}

TEST(Match, OfWhatRisesTheValueAtTheHorizonCounts) {
  const Signature signature = Parse("symptoms: [{signal: a, is: up, at_least: 2}]\n");
  const auto match = [&](double slope) {
    return Match(signature, {Degrees{.rising = 0.9, .high = 1, .value = 1, .slope = slope}});
  };
  EXPECT_EQ(match(0.05), 0);
  EXPECT_EQ(match(0.1), 0.9);
}

TEST(Match, OfAlternativesTheStrongestCounts) {
  const Signature signature = Parse("symptoms: [{any: [{signal: a, is: high}, {signal: b, is: low}]}]\n");
  EXPECT_EQ(Match(signature, {Degrees{.high = 0.2}, Degrees{.low = 0.7}}), 0.7);
  EXPECT_EQ(Match(signature, {Degrees{.high = 0.2}, std::nullopt}), 0.2);
}

TEST(Match, AboveAndBelowAskForNothingButTheValue) {
  const Signature signature =
      Parse("symptoms: [{signal: a, is: above, at_least: 2}]\nunless: [{signal: b, is: below, at_most: 1}]\n");
  EXPECT_EQ(Match(signature, {Degrees{.value = 2}, Degrees{.value = 2}}), 1);
  EXPECT_EQ(Match(signature, {Degrees{.value = 1}, Degrees{.value = 2}}), 0);
  EXPECT_EQ(Match(signature, {Degrees{.value = 2}, Degrees{.value = 1}}), 0);
}

TEST(Match, WhatIsGoneSpeaksOnlyAsMissing) {
  const Signature signature =
      Parse("symptoms: [{signal: a, is: missing}, {signal: b, is: high}]\nunless: [{signal: b, is: normal}]\n");
  EXPECT_EQ(Match(signature, {Degrees{.gone = true}, Degrees{.gone = true}}), 1);
  EXPECT_EQ(Match(signature, {Degrees{}, Degrees{.high = 1, .normal = 0}}), 0.5);
}

TEST(LimitOf, IsAbsoluteOrAMultipleOfWhatIsExpected) {
  const Signature absolute = Parse("symptoms: [{signal: a, is: high}]\n");
  EXPECT_EQ(LimitOf(absolute.manifestations[0], 100), 1);
  const auto relative = ParseSignature("S.yaml",
                                       "fault: F\nhorizon: 1m\nmanifestation: [{signal: b, below: 3}, {signal: a, "
                                       "above_normal: 4, at_least: 1}]\nsymptoms: [{signal: a, is: high}]\n");
  ASSERT_TRUE(relative) << relative.error().message;
  EXPECT_EQ(LimitOf(relative->manifestations[1], 100), 400);
  EXPECT_EQ(LimitOf(relative->manifestations[1], 0), 1);
  EXPECT_EQ(relative->manifestations[0].direction, -1);
}

TEST(ParseSignature, KnowsWhoseFaultItIs) {
  EXPECT_EQ(Parse("scope: host\nsymptoms: [{signal: a, is: high}]\n").scope, Scope::kHost);
  EXPECT_EQ(Parse("symptoms: [{signal: a, is: high}]\n").scope, Scope::kInstance);
  EXPECT_THAT(
      ErrorOf("fault: F\nhorizon: 1m\nscope: moon\nmanifestation: {signal: a, above: 1}\nsymptoms: [{signal: a, "
              "is: high}]\n"),
      HasSubstr("S.yaml:3: scope: not a scope"));
}

}  // namespace
}  // namespace forewarn::knowledge

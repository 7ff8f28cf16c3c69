// SPDX-License-Identifier: Apache-2.0
#include "cli/remote/tally.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace forewarn::remote {
namespace {

using testing::HasSubstr;
using Json = nlohmann::json;

Json Mitigation(int episode, bool control, const Json& applied, const std::string& purpose = "mitigate") {
  return {{"episode", episode}, {"domain", "web-1"},  {"fault", "F"},
          {"purpose", purpose}, {"control", control}, {"times", {{"alerted", 100.0 + episode}, {"applied", applied}}}};
}

TEST(Trials, AreEpisodesThatBelongToAnArm) {
  const auto trials = TrialsOf({Mitigation(4, false, 1.0, "experiment"), Mitigation(3, false, nullptr),
                                Mitigation(2, true, nullptr), Mitigation(1, false, 1.0), Mitigation(1, false, nullptr),
                                Mitigation(1, false, 2.0), Json("odd"), Json()});
  ASSERT_EQ(trials.size(), 2U);
  EXPECT_EQ(trials[0].episode, 1);
  EXPECT_FALSE(trials[0].held_out);
  EXPECT_EQ(trials[0].alerted, 101);
  EXPECT_EQ(trials[1].episode, 2);
  EXPECT_TRUE(trials[1].held_out);
}

// Of one fault; the first ten are held out.
std::vector<Trial> Twenty() {
  std::vector<Trial> trials;
  for (int i = 0; i < 20; ++i) trials.push_back({i, "d", "F", 0, i < 10});
  return trials;
}

TEST(Count, PutsEachEpisodeIntoItsArm) {
  const auto tallies = Count(Twenty(), [](const Trial& trial) -> base::Result<Came> {
    if (trial.episode == 0) return Came::kTooEarly;
    if (trial.episode == 19) return Came::kUnknown;
    return trial.episode < 4 || trial.episode == 18 ? Came::kManifested : Came::kNot;
  });
  ASSERT_TRUE(tallies);
  const Tally& tally = tallies->at("F");
  EXPECT_EQ(tally.held_out.whole, 9U);
  EXPECT_EQ(tally.held_out.part, 3U);
  EXPECT_EQ(tally.mitigated.whole, 9U);
  EXPECT_EQ(tally.mitigated.part, 1U);
  EXPECT_EQ(tally.too_early, 1U);
  EXPECT_EQ(tally.unknown, 1U);
  EXPECT_THAT(Verdict(tally), HasSubstr("which may be chance"));
  const Json fault = TallyJson(*tallies)["faults"][0];
  EXPECT_NEAR(fault["averted"]["difference"].get<double>(), 2.0 / 9, 1e-12);
  EXPECT_EQ(fault["held_out"], (Json{{"episodes", 9}, {"manifested", 3}}));
}

TEST(Count, EndsWithTheFirstError) {
  const auto tallies = Count(Twenty(), [](const Trial&) -> base::Result<Came> {
    return base::Error{base::ErrorCode::kUnavailable, "down"};
  });
  ASSERT_FALSE(tallies);
  EXPECT_EQ(tallies.error().message, "down");
}

TEST(Verdict, SaysWhatWasAverted) {
  const Tally tally{.mitigated = {3, 10}, .held_out = {9, 10}, .has_control = true};
  EXPECT_EQ(Verdict(tally), "+60 percentage points averted (95 %: +17 to +81)");
}

TEST(Verdict, SaysWhenItCantSay) {
  EXPECT_EQ(Verdict({.mitigated = {3, 10}}),
            "nothing was held out (control_ratio), so nothing can be said about what was averted");
  EXPECT_THAT(Verdict({.mitigated = {3, 10}, .unknown = 4, .has_control = true}),
              HasSubstr("of none that was held out"));
  EXPECT_THAT(Verdict({.held_out = {3, 10}, .has_control = true}), HasSubstr("of none that was mitigated"));
  EXPECT_THAT(TallyText({}), HasSubstr("nothing was mitigated"));
  EXPECT_TRUE(TallyJson({{"F", {.mitigated = {3, 10}}}})["faults"][0]["averted"].is_null());
}

}  // namespace
}  // namespace forewarn::remote

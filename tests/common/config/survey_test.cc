// SPDX-License-Identifier: Apache-2.0
#include "common/config/survey.h"

#include <gtest/gtest.h>

#include "common/config/yaml.h"

namespace forewarn::config {
namespace {

// As a decoder would: one key of each kind.
void Decode(const Map& root) {
  root.Duration("tick", std::chrono::seconds(15));
  root.Bool("loud", true);
  if (const auto url = root.Require("url")) url->String();
  if (const auto list = root.Find("list")) {
    for (const Node& item : list->Items()) item.AsMap().Integer("size", 3);
  }
  if (const auto names = root.Find("names")) {
    for (const auto& [name, value] : names->Entries()) value.AsMap().Number("ratio", 0.25);
  }
}

class SurveyTest : public testing::Test {
 protected:
  void Read(const std::string& text) {
    const auto document = Document::Parse("x.yaml", text);
    ASSERT_TRUE(document.ok());
    Decode(document->Root().AsMap());
  }
  Survey survey_;
};

TEST_F(SurveyTest, KnowsTypesDefaultsAndPlaces) {
  Read("tick: 5s\nurl: x\n");
  const auto& tick = survey_.keys().at("tick");
  EXPECT_EQ(tick.type, "duration");
  EXPECT_EQ(tick.otherwise, "15s");
  EXPECT_EQ(tick.line, 1);
  EXPECT_FALSE(tick.required);
  EXPECT_TRUE(survey_.keys().at("url").required);
  EXPECT_EQ(survey_.keys().at("url").type, "text");
}

TEST_F(SurveyTest, KnowsWhatTheDocumentHasNot) {
  Read("url: x\n");
  const auto& loud = survey_.keys().at("loud");
  EXPECT_EQ(loud.line, 0);
  EXPECT_EQ(loud.otherwise, "true");
}

TEST_F(SurveyTest, ItemsAndFreeNamesHaveOnePathEach) {
  Read("list: [{size: 1}, {size: 2}]\nnames: {a: {ratio: 1}, b: {}}\n");
  EXPECT_EQ(survey_.keys().at("list").type, "list");
  EXPECT_EQ(survey_.keys().at("list[].size").otherwise, "3");
  EXPECT_EQ(survey_.keys().at("names").type, "mapping by name");
  EXPECT_EQ(survey_.keys().at("names.*.ratio").otherwise, "0.25");
  EXPECT_FALSE(survey_.keys().contains("names.a.ratio"));
}

TEST(Survey, WithoutOneNothingIsKept) {
  const auto document = Document::Parse("x.yaml", "tick: 5s\n");
  ASSERT_TRUE(document.ok());
  Decode(document->Root().AsMap());
  const Survey survey;
  EXPECT_TRUE(survey.keys().empty());
}

}  // namespace
}  // namespace forewarn::config

// SPDX-License-Identifier: Apache-2.0
#include "common/config/yaml.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace forewarn::config {
namespace {

using std::chrono::minutes;
using std::chrono::seconds;
using ::testing::ElementsAre;
using ::testing::IsEmpty;

Document Parsed(std::string_view text) {
  auto document = Document::Parse("f.yaml", text);
  if (!document) {
    ADD_FAILURE() << document.error().message;
    return *Document::Parse("f.yaml", "");
  }
  return *document;
}

std::string MistakesOf(const Document& document) {
  const auto done = document.Finish();
  return done ? "" : done.error().message;
}

TEST(Yaml, ReadsEveryType) {
  const Document document = Parsed(R"(
text: hello
quoted: "5"
number: -2.5e3
integer: 42
yes_or_no: true
every: 1h30m
list: [a, 'b', 3]
flow: {x: 1}
free:
  zebra: 1
  ant: 2
)");
  const Map root = document.Root().AsMap();
  EXPECT_EQ(root.String("text"), "hello");
  EXPECT_EQ(root.String("quoted"), "5");
  EXPECT_EQ(root.Number("number", 0), -2500);
  EXPECT_EQ(root.Integer("integer", 0), 42);
  EXPECT_TRUE(root.Bool("yes_or_no", false));
  EXPECT_EQ(root.Duration("every", {}), minutes(90));
  EXPECT_THAT(root.Strings("list"), ElementsAre("a", "b", "3"));
  EXPECT_EQ(root.Find("flow")->AsMap().Integer("x", 0), 1);
  const auto entries = root.Find("free")->Entries();
  ASSERT_EQ(entries.size(), 2U);
  EXPECT_EQ(entries[0].first, "zebra");  // the file's order
  EXPECT_EQ(entries[1].second.Integer(), 2);
  EXPECT_EQ(MistakesOf(document), "");
}

TEST(Yaml, AbsentKeysTakeTheirDefaults) {
  const Document document = Parsed("a: 1\n");
  const Map root = document.Root().AsMap();
  EXPECT_EQ(root.Integer("a", 0), 1);
  EXPECT_EQ(root.String("b", "x"), "x");
  EXPECT_EQ(root.Number("c", 1.5), 1.5);
  EXPECT_EQ(root.Integer("d", 7), 7);
  EXPECT_TRUE(root.Bool("e", true));
  EXPECT_EQ(root.Duration("f", seconds(3)), seconds(3));
  EXPECT_THAT(root.Strings("g"), IsEmpty());
  EXPECT_FALSE(root.Find("h"));
  EXPECT_EQ(MistakesOf(document), "");
}

TEST(Yaml, KindsAreTold) {
  const Document document = Parsed("map: {}\nlist: []\none: 1\nnone:\n");
  const auto entries = document.Root().Entries();
  EXPECT_TRUE(entries[0].second.IsMap());
  EXPECT_TRUE(entries[1].second.IsSequence());
  EXPECT_TRUE(entries[2].second.IsScalar());
  EXPECT_FALSE(entries[3].second.IsMap() || entries[3].second.IsSequence() || entries[3].second.IsScalar());
  EXPECT_EQ(entries[2].second.Where(), "f.yaml:3: one");
  EXPECT_EQ(document.Root().Where(), "f.yaml:1");
}

TEST(Yaml, AKeyWithoutAValueIsAnEmptyMappingOrSequenceButNoScalar) {
  const Document document = Parsed("guard:\nlist: ~\nname:\ncount: null\n");
  const Map root = document.Root().AsMap();
  EXPECT_EQ(root.Find("guard")->AsMap().Integer("x", 4), 4);
  EXPECT_THAT(root.Strings("list"), IsEmpty());
  EXPECT_EQ(root.String("name"), "");
  EXPECT_EQ(root.Integer("count", 9), 0);
  EXPECT_EQ(MistakesOf(document), "f.yaml:3: name: has no value\nf.yaml:4: count: has no value");
}

TEST(Yaml, AnEmptyFileIsAnEmptyMapping) {
  for (const char* text : {"", "\n", "# nothing\n", "---\n"}) {
    const Document document = Parsed(text);
    EXPECT_FALSE(document.Root().AsMap().Find("a"));
    EXPECT_FALSE(document.Root().AsMap().Require("url"));
    EXPECT_EQ(MistakesOf(document), "f.yaml:1: url: missing");
  }
}

TEST(Yaml, AllMistakesAreReportedAtOnceInTheFilesOrder) {
  const Document document = Parsed(R"(source:
  url: [a]
  colour: red
guard:
  cooldown: soon
  rate: many
targets:
  - domain: {}
    limit: 1.5
  - just text
)");
  const Map root = document.Root().AsMap();
  for (const Node& target : root.Find("targets")->Items()) {
    const Map map = target.AsMap();
    (void)map.Require("domain").value_or(target).String();
    (void)map.Integer("limit", 0);
  }
  const Map guard = root.Require("guard")->AsMap();
  (void)guard.Duration("cooldown", {});
  (void)guard.Number("rate", 0);
  (void)root.Find("source")->AsMap().String("url");
  EXPECT_EQ(MistakesOf(document),
            "f.yaml:2: source.url: must be a single value\n"
            "f.yaml:3: source.colour: unknown key\n"
            "f.yaml:5: guard.cooldown: not a duration (such as 1h30m, 15s or 500ms)\n"
            "f.yaml:6: guard.rate: not a number\n"
            "f.yaml:8: targets[0].domain: must be a single value\n"
            "f.yaml:9: targets[0].limit: not an integer\n"
            "f.yaml:10: targets[1]: must be a mapping");
}

TEST(Yaml, AMissingKeyIsPlacedWhereItsMappingBegins) {
  const Document document = Parsed("a: 1\nsource:\n  x: 1\n");
  const Map root = document.Root().AsMap();
  (void)root.Find("a");
  const Map source = root.Find("source")->AsMap();
  (void)source.Find("x");
  EXPECT_FALSE(source.Require("url"));
  EXPECT_EQ(MistakesOf(document), "f.yaml:2: source.url: missing");
}

TEST(Yaml, DecodersMayShareAMapping) {
  const Document document = Parsed("a: 1\nb: 2\nc: 3\n");
  (void)document.Root().AsMap().Find("a");
  const Map still_alive = document.Root().AsMap();
  (void)still_alive.Find("b");
  EXPECT_EQ(MistakesOf(document), "f.yaml:3: c: unknown key");
}

TEST(Yaml, ADecodersOwnMistakesStandInLine) {
  const Document document = Parsed("tick: 0s\nmode: odd\n");
  const Map root = document.Root().AsMap();
  root.Find("mode")->Fail("must be observe or act");
  root.Find("tick")->Fail("must be at least 1s");
  root.Fail("too odd");
  EXPECT_EQ(MistakesOf(document),
            "f.yaml:1: tick: must be at least 1s\nf.yaml:1: too odd\nf.yaml:2: mode: must be observe or act");
  EXPECT_EQ(root.Where(), "f.yaml:1");
}

TEST(Yaml, AWrongTypeIsSaidOnceAndReadOnSilently) {
  const Document document = Parsed("guard: [1]\n");
  const Map guard = document.Root().AsMap().Find("guard")->AsMap();
  EXPECT_FALSE(guard.Require("a"));
  EXPECT_FALSE(guard.Find("b"));
  guard.Fail("further");
  EXPECT_EQ(MistakesOf(document), "f.yaml:1: guard: must be a mapping");
}

TEST(Yaml, NumbersAreDecimalAndPlain) {
  for (const char* good : {"0", "-1", "9007199254740993", "-9223372036854775808"}) {
    const Document document = Parsed("n: " + std::string(good));
    EXPECT_EQ(document.Root().AsMap().Integer("n", 1), std::stoll(good));
    EXPECT_EQ(MistakesOf(document), "");
  }
  for (const char* bad : {"010", "0x10", "1_000", "1.5", "1e3", "+1", "\"1\"", "'1'", "-x", "one",
                          "9223372036854775808", "1 2", "true"}) {
    const Document document = Parsed("n: " + std::string(bad));
    EXPECT_EQ(document.Root().AsMap().Integer("n", 1), 0);
    EXPECT_EQ(MistakesOf(document), "f.yaml:1: n: not an integer") << bad;
  }
  for (const char* bad :
       {".inf", "-.inf", ".nan", "nan", "inf", "1e999", "0x1p3", "01.5", "1,5", ".5", "\"0.5\"", "50%"}) {
    const Document document = Parsed("n: " + std::string(bad));
    EXPECT_EQ(document.Root().AsMap().Number("n", 1), 0);
    EXPECT_EQ(MistakesOf(document), "f.yaml:1: n: not a number") << bad;
  }
}

TEST(Yaml, BooleansAreTrueOrFalse) {
  for (const char* bad : {"yes", "no", "on", "off", "True", "FALSE", "1", "\"true\"", "y"}) {
    const Document document = Parsed("b: " + std::string(bad));
    EXPECT_FALSE(document.Root().AsMap().Bool("b", true));
    EXPECT_EQ(MistakesOf(document), "f.yaml:1: b: must be true or false") << bad;
  }
}

TEST(Yaml, FinishMayBeCalledTwice) {
  const Document document = Parsed("a: 1\n");
  (void)document.Root().AsMap();
  EXPECT_EQ(MistakesOf(document), "f.yaml:1: a: unknown key");
  EXPECT_EQ(MistakesOf(document), "f.yaml:1: a: unknown key");
}

}  // namespace
}  // namespace forewarn::config

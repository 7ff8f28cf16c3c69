// SPDX-License-Identifier: Apache-2.0
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/cli/fixture.h"

namespace forewarn::cli {
namespace {

using testing::HasSubstr;

TEST_F(CliTest, TheExampleConfigIsGood) {
  EXPECT_EQ(Call({"check", "config", FOREWARN_SOURCE_DIR "/docs/examples/exporter.yaml"}), 0) << output_;
  EXPECT_THAT(output_, HasSubstr("exporter.yaml is good"));
}

TEST_F(CliTest, OneBadConfigAmongGoodOnesIsFound) {
  const std::string bad = Write("bad.yaml", "source: {url: 'http://h'}\nsignals: {presets: [x]}\n");
  EXPECT_EQ(Call({"check", "config", bad, FOREWARN_SOURCE_DIR "/docs/examples/exporter.yaml"}), 2);
  EXPECT_THAT(output_, HasSubstr("bad.yaml:2: signals.presets[0]: unknown preset"));
  EXPECT_THAT(output_, HasSubstr("exporter.yaml is good"));
}

TEST_F(CliTest, ChecksSignatures) {
  for (const auto& entry : std::filesystem::directory_iterator(FOREWARN_SOURCE_DIR "/predictor/knowledge/signatures")) {
    if (entry.path().extension() == ".yaml") {
      EXPECT_EQ(Call({"check", "signatures", entry.path().string()}), 0) << output_;
    }
  }
  EXPECT_EQ(Call({"check", "signatures", Write("bad.yaml", "fault: [\n")}), 2);
  EXPECT_THAT(output_, HasSubstr("bad.yaml"));
  EXPECT_EQ(Call({"check", "signatures", "/does/not/exist.yaml"}), 2);
  EXPECT_EQ(Call({"check", "signatures"}), 0) << output_;
  EXPECT_THAT(output_, HasSubstr("built-in DiskFull.yaml is good"));
}

TEST_F(CliTest, ExplainsEveryMistakeOfASignature) {
  const std::string head = "fault: F\nhorizon: 1m\nmanifestation: {signal: a, above_normal: 4, at_least: 1}\n";
  const std::string wrong = Write("wrong.yaml", head +
                                                    "symptoms:\n  - {signal: a, is: odd}\n  - {any: [{signal: b, is: "
                                                    "above}]}\n  - {signal: c, is: normal, at_most: 1}\n");
  EXPECT_EQ(Call({"check", "signatures", wrong}), 2);
  EXPECT_THAT(output_, HasSubstr("wrong.yaml:5: symptoms[0].is: not a condition"));
  EXPECT_THAT(output_, HasSubstr("wrong.yaml:6: symptoms[1].any[0]: above needs at_least"));
  EXPECT_THAT(output_, HasSubstr("wrong.yaml:7: symptoms[2]: what is normal or missing has no bounds"));
  const std::string mistaken =
      Write("mistaken.yaml", head +
                                 "symptoms: [{signal: a, is: high}]\nexamples:\n  - {match: "
                                 "true, given: {b: high}}\n  - {match: false, given: {a: high}}\n");
  EXPECT_EQ(Call({"check", "signatures", mistaken}), 2);
  EXPECT_THAT(output_, HasSubstr("mistaken.yaml:6: examples[0]: must match"));
  EXPECT_THAT(output_, HasSubstr("mistaken.yaml:7: examples[1]: must not match"));
}

TEST_F(CliTest, ExplainsItself) {
  EXPECT_EQ(Call({"--version"}), 0);
  EXPECT_THAT(output_, HasSubstr("forewarn, version "));
  EXPECT_EQ(Call({"check", "--help"}), 0);
  EXPECT_EQ(Call({}), 2);
  EXPECT_EQ(Call({"check", "nothing"}), 2);
  EXPECT_EQ(Call({"check", "config"}), 2);
}

}  // namespace
}  // namespace forewarn::cli

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

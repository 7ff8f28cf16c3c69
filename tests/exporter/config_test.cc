// SPDX-License-Identifier: Apache-2.0
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/exporter/bench.h"

namespace forewarn::exporter {
namespace {

using testing::HasSubstr;
using testing::Not;

constexpr char kGood[] = "source: {url: 'http://127.0.0.1:1', timeout: 1s}\ntick: 1s\nsignals: {presets: [mtail]}\n";

class ConfigTest : public testing::Test {
 protected:
  // The exit code of the binary with flags that make it end by itself, -1 if it doesn't; what it said is in output_.
  int Call(std::vector<std::string> flags) {
    Binary binary(directory_, std::move(flags));
    const bool ended = testbed::WaitUntil(kPatience, [&] { return !binary.process().Running(); });
    const int code = ended ? binary.process().Wait() : -1;
    output_ = binary.Log();
    return code;
  }

  TemporaryDirectory directory_;
  std::string output_;
};

// Another's port: whoever tried to open it would fail otherwise than a bad configuration does.
TEST_F(ConfigTest, ABadOneEndsItBeforeAnyPortOpens) {
  const Target occupied;
  const std::string listen = "--web.listen-address=127.0.0.1:" + std::to_string(occupied.port());
  for (const auto& [text, what] :
       std::vector<std::pair<std::string, std::string>>{{std::string(kGood) + "max_age: [1]\n", "bad.yaml:4: max_age"},
                                                        {std::string(kGood) + "colour: red\n", "bad.yaml:4: colour"},
                                                        {std::string(kGood) + "tick: 2s\n", "bad.yaml:4: tick"},
                                                        {std::string(kGood) + "a: &x 1\nb: *x\n", "bad.yaml:4"}}) {
    EXPECT_EQ(Call({"--config.file=" + directory_.Write("bad.yaml", text), listen}), 2) << text;
    EXPECT_THAT(output_, HasSubstr(what));
  }
  EXPECT_EQ(Call({"--config.file=" + directory_.Path("absent.yaml"), listen}), 2);
  EXPECT_THAT(output_, HasSubstr("absent.yaml"));
  const std::string good = "--config.file=" + directory_.Write("good.yaml", kGood);
  EXPECT_EQ(Call({good, listen, "--web.config.file=" + directory_.Write("web.yaml", "basic_auth_user: {a: b}\n")}), 2);
  EXPECT_THAT(output_, HasSubstr("web.yaml:1"));
  EXPECT_EQ(Call({good, listen, "--log.level=loud"}), 2);
  EXPECT_EQ(Call({good, listen}), 1);
}

TEST_F(ConfigTest, CanBeChecked) {
  EXPECT_EQ(Call({"--config.check", "--config.file=" + directory_.Write("x.yaml", kGood)}), 0) << output_;
  EXPECT_EQ(Call({"--config.check", "--config.file=" FOREWARN_SOURCE_DIR "/docs/examples/exporter.yaml"}), 0)
      << output_;
  EXPECT_EQ(Call({"--config.check", "--config.file=" + directory_.Write("y.yaml", "tick: 1s\n")}), 2);
}

TEST_F(ConfigTest, ExplainsItself) {
  EXPECT_EQ(Call({"--version"}), 0);
  EXPECT_THAT(output_, HasSubstr("forewarn-exporter, version "));
  EXPECT_EQ(Call({"--help"}), 0);
  for (const char* flag : {"--config.file", "--config.check", "--web.listen-address", "--web.config.file",
                           "--web.telemetry-path", "--log.level", "--log.format", "--version"}) {
    EXPECT_THAT(output_, HasSubstr(flag));
  }
  EXPECT_EQ(Call({}), 2);
  EXPECT_EQ(Call({"--no.such.flag"}), 2);
}

TEST_F(ConfigTest, ReloadsKeepTheOldOneWhereTheNewOneIsBad) {
  const std::string path = directory_.Write("x.yaml", kGood);
  Binary binary(directory_, {"--config.file=" + path, "--web.listen-address=127.0.0.1:0"});
  ASSERT_TRUE(binary.Listening()) << binary.Log();
  const auto threshold = [](const char* value) { return std::string("stage=\"mitigate\"} ") + value + "\n"; };
  EXPECT_EQ(binary.Post("/-/reload").status, 200);
  EXPECT_EQ(binary.Get("/-/reload").status, 405);
  EXPECT_THAT(binary.Metrics(), HasSubstr(threshold("0.7")));

  directory_.Write("x.yaml", std::string(kGood) + "tock: 1s\n");
  const auto refused = binary.Post("/-/reload");
  EXPECT_EQ(refused.status, 500);
  EXPECT_THAT(refused.body, HasSubstr("x.yaml:4: tock"));
  EXPECT_THAT(binary.Metrics(), HasSubstr("forewarn_config_last_reload_successful 0\n"));
  EXPECT_THAT(binary.Metrics(), HasSubstr(threshold("0.7")));

  directory_.Write("x.yaml",
                   std::string(kGood) + "thresholds: {default: {notify: 0.5, experiment: 0.6, mitigate: 0.875}}\n");
  binary.process().Signal(SIGHUP);
  EXPECT_TRUE(binary.WaitForMetric(threshold("0.875")));
  EXPECT_THAT(binary.Metrics(), Not(HasSubstr(threshold("0.7"))));
  EXPECT_THAT(binary.Metrics(), HasSubstr("forewarn_config_last_reload_successful 1\n"));
}

TEST_F(ConfigTest, EndsInOrderWhenItIsAsked) {
  for (const int signal : {SIGTERM, SIGINT}) {
    Binary binary(directory_, {"--config.file=" + directory_.Write("x.yaml", kGood), "--web.listen-address=127.0.0.1:0",
                               "--log.format=json"});
    ASSERT_TRUE(testbed::WaitUntil(kPatience, [&] { return binary.Log().find("listening") != std::string::npos; }));
    binary.process().Signal(signal);
    EXPECT_EQ(binary.process().Wait(), 0);
    EXPECT_THAT(binary.Log(), HasSubstr("\"msg\":\"stopping\""));
  }
}

}  // namespace
}  // namespace forewarn::exporter

// SPDX-License-Identifier: Apache-2.0
#include "exporter/settings/settings.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <stdlib.h>

#include <filesystem>
#include <fstream>

namespace forewarn::settings {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::Pair;

constexpr char kSmall[] = "source: {url: 'http://h:1'}\nsignals: {presets: [mtail]}\n";

class SettingsTest : public testing::Test {
 protected:
  SettingsTest() {
    std::string name = (std::filesystem::temp_directory_path() / "forewarn-settings-XXXXXX").string();
    directory_ = mkdtemp(name.data());
  }
  ~SettingsTest() override { std::filesystem::remove_all(directory_); }

  std::string Write(const std::string& name, const std::string& text) {
    std::ofstream(directory_ / name) << text;
    return (directory_ / name).string();
  }
  base::Result<Settings> LoadText(const std::string& text) { return Load(Write("x.yaml", text)); }

  std::filesystem::path directory_;
};

TEST_F(SettingsTest, ATextIsAsGoodAsAFile) {
  const auto settings = Parse("--url", kSmall);
  ASSERT_TRUE(settings.ok()) << settings.error().message;
  EXPECT_EQ(settings->source.url, "http://h:1");
  EXPECT_THAT(Parse("--url", "source: {url: 'h:1'}\nsignals: {presets: [mtail]}\n").error().message,
              HasSubstr("--url:1: source.url: not an http"));
}

TEST_F(SettingsTest, TheExampleIsGood) {
  const auto settings = Load(FOREWARN_SOURCE_DIR "/docs/examples/exporter.yaml");
  ASSERT_TRUE(settings.ok()) << settings.error().message;
  EXPECT_EQ(settings->source.url, "http://127.0.0.1:9090");
  EXPECT_EQ(settings->tick, std::chrono::seconds(15));
  EXPECT_EQ(settings->max_age, std::chrono::minutes(1));
  EXPECT_GT(settings->signals.signals.size(), signals::Presets()[0].signals.size());
  EXPECT_EQ(settings->predictor.thresholds.at("default").mitigate, 0.7);
}

TEST_F(SettingsTest, DerivesAgesFromTheTick) {
  const auto slow = LoadText(kSmall);
  ASSERT_TRUE(slow.ok()) << slow.error().message;
  EXPECT_EQ(slow->max_age, std::chrono::minutes(1));
  EXPECT_THAT(slow->source.extra_params, ElementsAre(Pair("lookback_delta", "1m"), Pair("max_lookback", "1m")));
  const auto fast = LoadText(std::string(kSmall) + "tick: 1s\n");
  ASSERT_TRUE(fast.ok());
  EXPECT_EQ(fast->max_age, std::chrono::seconds(5));
  EXPECT_EQ(fast->signals.rate_window, std::chrono::seconds(4));
}

TEST_F(SettingsTest, ReadsBackWhatTheWebhookPublishes) {
  const auto plain = LoadText(std::string(kSmall) + "tick: 1s\n");
  ASSERT_TRUE(plain.ok()) << plain.error().message;
  EXPECT_EQ(plain->signals.circumstances.mitigated,
            "max by (domain) (max_over_time(forewarn_mitigation_active[5s])) > 0");
  EXPECT_EQ(plain->signals.circumstances.experiments,
            "max by (domain) (max_over_time(forewarn_experiment_active[5s])) > 0");
  EXPECT_EQ(plain->signals.circumstances.maintenance, "");
  EXPECT_EQ(plain->signals.circumstances.injections,
            "max by (domain, fault) (max_over_time(forewarn_injection_active[5s])) > 0");
  EXPECT_EQ(plain->signals.circumstances.successes,
            "label_replace(max by (fault, actuator) (last_over_time(forewarn_mitigation_success_ratio[5s])), "
            "\"moment\", \"mean\", \"\", \"\") or "
            "label_replace(max by (fault, actuator) (last_over_time(forewarn_mitigation_success_deviation_ratio[5s])), "
            "\"moment\", \"deviation\", \"\", \"\")");
  const auto own = LoadText(
      "source: {url: 'http://h:1'}\nsignals: {presets: [mtail], labels: {domain: vm}}\n"
      "circumstances: {experiments: '', maintenance: 'max by ($domain) (last_over_time(planned[$max_age]))'}\n");
  ASSERT_TRUE(own.ok()) << own.error().message;
  EXPECT_EQ(own->signals.circumstances.mitigated,
            "label_replace(max by (domain) (max_over_time(forewarn_mitigation_active[1m])) > 0, \"vm\", \"$1\", "
            "\"domain\", \"(.*)\")");
  EXPECT_EQ(own->signals.circumstances.experiments, "");
  EXPECT_EQ(own->signals.circumstances.injections,
            "label_replace(max by (domain, fault) (max_over_time(forewarn_injection_active[1m])) > 0, \"vm\", \"$1\", "
            "\"domain\", \"(.*)\")");
  EXPECT_EQ(own->signals.circumstances.maintenance, "max by (vm) (last_over_time(planned[1m]))");
}

TEST_F(SettingsTest, SaysWhatIsWrongAndWhere) {
  for (const auto& [text, what] : std::vector<std::pair<std::string, std::string>>{
           {"tick: 5s\n", "source"},
           {std::string(kSmall) + "tick: often\n", "x.yaml:3: tick"},
           {std::string(kSmall) + "tick: 100ms\n", "x.yaml:3: tick: must be at least 1s"},
           {std::string(kSmall) + "tick: 1m\nmax_age: 30s\n", "x.yaml:4: max_age: must be at least 1m"},
           {std::string(kSmall) + "tock: 1s\n", "x.yaml:3: tock"},
           {std::string(kSmall) + "tick: 1s\ntick: 2s\n", "x.yaml:4: tick"},
           {std::string(kSmall) + "thresholds: {default: {notify: 0.9, experiment: 0.6, mitigate: 0.7}}\n", "x.yaml:3"},
           {std::string(kSmall) + "signatures: {}\n", "directory"},
           {std::string(kSmall) + "circumstances: {mitigations: x}\n", "x.yaml:3: circumstances.mitigations"},
           {std::string(kSmall) + "signatures: {directory: /does/not/exist}\n", "x.yaml:3: signatures.directory"},
           {"source: [1]\nsignals: {presets: [mtail]}\n", "x.yaml:1: source"},
           {"[", "x.yaml"}}) {
    const auto settings = LoadText(text);
    ASSERT_FALSE(settings.ok()) << text;
    EXPECT_THAT(settings.error().message, HasSubstr(what)) << text;
  }
}

TEST_F(SettingsTest, ReportsEveryMistakeAtOnce) {
  const auto settings = LoadText("source: {url: h}\nsignals: {presets: [x]}\ntick: often\n");
  ASSERT_FALSE(settings.ok());
  for (const char* what : {"x.yaml:1: source.url", "x.yaml:2: signals.presets[0]", "x.yaml:3: tick"}) {
    EXPECT_THAT(settings.error().message, HasSubstr(what));
  }
}

TEST_F(SettingsTest, ABrokenSignatureIsAMistakeInItsOwnFile) {
  std::filesystem::create_directory(directory_ / "s");
  Write("s/b.yaml", "fault: [");
  Write("s/README.md", "no signature");
  const auto settings =
      LoadText(std::string(kSmall) + "signatures: {directory: " + (directory_ / "s").string() + "}\n");
  ASSERT_FALSE(settings.ok());
  EXPECT_THAT(settings.error().message, HasSubstr("b.yaml"));
}

TEST_F(SettingsTest, SaysThatThereIsNoFile) {
  const auto settings = Load((directory_ / "absent.yaml").string());
  ASSERT_FALSE(settings.ok());
  EXPECT_EQ(settings.error().code, base::ErrorCode::kNotFound);
  EXPECT_THAT(settings.error().message, HasSubstr("absent.yaml"));
}

}  // namespace
}  // namespace forewarn::settings

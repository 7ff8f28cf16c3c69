// SPDX-License-Identifier: Apache-2.0
#include "webhook/reverter/settings.h"

#include <gmock/gmock.h>

#include "tests/fakes/temp_dir.h"

namespace forewarn::reverter {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

const fakes::TempDir& Folder() {
  static const fakes::TempDir folder;
  return folder;
}

base::Result<Settings> Load(const std::string& text) { return LoadSettings(Folder().Write("webhook.yaml", text)); }

TEST(ReverterSettings, TakesTheWebhooksOwnFile) {
  const auto settings = LoadSettings(FOREWARN_SOURCE_DIR "/docs/examples/webhook.yaml");
  ASSERT_TRUE(settings) << settings.error().message;
  ASSERT_EQ(settings->hypervisors.size(), 2u);
  EXPECT_EQ(settings->hypervisors[0].uri, "qemu:///system");
  EXPECT_THAT(settings->serving, ElementsAre("web-standby"));
}

TEST(ReverterSettings, JudgesOnlyWhatItUses) {
  EXPECT_TRUE(Load("hypervisors: [{name: a, uri: b}]\npolicies: {X: {mode: nonsense}}\nlater: 1\n"));
  EXPECT_THAT(Load("policies: {}\n").error().message, HasSubstr("hypervisors"));
  EXPECT_THAT(Load("hypervisors: []\n").error().message, HasSubstr("webhook.yaml:1"));
  EXPECT_THAT(Load("hypervisors: [{name: a}]\n").error().message, HasSubstr("uri"));
  EXPECT_THAT(Load("hypervisors: [{name: a, uri: b}, {name: a, uri: c}]\n").error().message, HasSubstr("two"));
  EXPECT_EQ(LoadSettings(Folder().File("none")).error().code, base::ErrorCode::kNotFound);
}

TEST(ReverterSettings, OnlyAStandbyOfABackendMayServe) {
  const std::string host = "hypervisors: [{name: a, uri: b}]\n";
  EXPECT_THAT(Load(host + "targets: [{domain: x, standby: s}]\n")->serving, ElementsAre());
  EXPECT_THAT(Load(host + "targets: [{domain: x, backend: {name: n}}]\n")->serving, ElementsAre());
  EXPECT_THAT(Load(host + "targets: [{domain: x, standby: s, backend: {name: n}}]\n")->serving, ElementsAre("s"));
}

}  // namespace
}  // namespace forewarn::reverter

// SPDX-License-Identifier: Apache-2.0
// The guest's shell is this machine's, with a file of its own. On a real guest: tests/webhook/actuators/real.
#include "webhook/actuators/guest_stress.h"

#include <gmock/gmock.h>
#include <sys/wait.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <vector>

#include "tests/fakes/temp_dir.h"
#include "tests/webhook/actuators/one_domain.h"
#include "tests/webhook/actuators/wait_until.h"
#include "webhook/actuators/marker.h"

namespace forewarn::actuators {
namespace {

using base::ErrorCode;
using std::chrono::seconds;
using ::testing::StartsWith;

int Execute(std::vector<std::string> argv) {
  std::vector<char*> words;
  for (std::string& word : argv) words.push_back(word.data());
  words.push_back(nullptr);
  const pid_t child = fork();
  if (child == 0) {
    execv(words.front(), words.data());
    _exit(127);
  }
  int status = 0;
  waitpid(child, &status, 0);
  return WEXITSTATUS(status);
}

class GuestStresses : public OneDomain {
 protected:
  void SetUp() override {
    host_.SetGuestProgram(target_.uuid, [this](std::vector<std::string> argv) {
      for (const std::string place : {"/run/forewarn-stress", "/tmp/forewarn-stress"}) {
        const auto at = argv.at(2).find(place);
        if (at == std::string::npos) return 99;
        argv[2].replace(at, place.size(), File());
      }
      return Execute(argv);
    });
  }
  void TearDown() override { std::filesystem::remove(File()); }
  std::string File() const { return directory_.path() + "/stress"; }
  bool Burns() const { return std::filesystem::exists(File()); }

  const Setting none_{{{"cpu", "none"}}}, mild_{{{"cpu", "burn 100/1000"}}};
  fakes::TempDir directory_;
  std::unique_ptr<Actuator> stress_ = MakeGuestStress(&inventory_);
};

TEST_F(GuestStresses, BurnAsLongAsTheirFileIsThere) {
  EXPECT_EQ(Now(*stress_), none_);
  EXPECT_EQ(Proposed(*stress_, Direction::kStress, 0.2, "cpu"), "burn 180/1000");
  EXPECT_EQ(Proposed(*stress_, Direction::kStress, 1, "cpu"), "burn 900/1000");
  for (int i = 0; i < 2; ++i) ASSERT_TRUE(stress_->Apply(target_, mild_, Soon()).ok());
  EXPECT_EQ(Now(*stress_), mild_);
  EXPECT_TRUE(Burns());
  EXPECT_THAT(Proposed(*stress_, Direction::kStress, 1, ""), StartsWith("at_limit: "));
  const auto reverter = MakeGuestStress(&inventory_);  // knows nothing of who began
  for (int i = 0; i < 2; ++i) ASSERT_TRUE(reverter->Apply(target_, none_, Soon()).ok());
  EXPECT_EQ(Now(*stress_), none_);
  EXPECT_FALSE(Burns());
}

TEST_F(GuestStresses, EndByThemselvesWhenTheirMarkerExpires) {
  const Marker marker{"c-1", "guest_stress", none_, base::SystemClock().Now() + seconds(2)};
  ASSERT_TRUE(Markers(&inventory_).Put(target_, marker, Soon()).ok());
  ASSERT_TRUE(stress_->Apply(target_, mild_, Soon()).ok());
  EXPECT_TRUE(WaitUntil(seconds(20), [&] { return Now(*stress_) == none_; }));
  EXPECT_TRUE(WaitUntil(seconds(20), [&] { return !Burns(); }));
}

TEST_F(GuestStresses, WhatAnotherBootLeftBehindBurnsNothing) {
  std::ofstream(File()) << "18 99999999999 another-boot\n";
  EXPECT_EQ(Now(*stress_), none_);
}

TEST_F(GuestStresses, AreRefusedByName) {
  EXPECT_THAT(Proposed(*stress_, Direction::kRelieve, 1, ""), StartsWith("no_relief: "));
  for (const char* text : {"", "burn", "burn 0/1000", "burn 185/1000", "burn 1000/1000", "flap 180/1000"}) {
    EXPECT_EQ(stress_->Apply(target_, {{{"cpu", text}}}, Soon()).error().code, ErrorCode::kInvalid) << text;
  }
  EXPECT_EQ(stress_->Apply(target_, {}, Soon()).error().code, ErrorCode::kInvalid);
  EXPECT_EQ(stress_->Read({"web-1", "gone", "host1"}, Soon()).error().code, ErrorCode::kNotFound);
  host_.SetGuestProgram(target_.uuid, nullptr);
  EXPECT_THAT(stress_->Read(target_, Soon()).error().message, StartsWith("no_guest_agent: "));
  host_.SetAgent(target_.uuid, false);
  EXPECT_THAT(stress_->Apply(target_, mild_, Soon()).error().message, StartsWith("no_guest_agent: "));
}

}  // namespace
}  // namespace forewarn::actuators

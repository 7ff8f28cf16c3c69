// SPDX-License-Identifier: Apache-2.0
// On a real guest with its agent: tests/webhook/actuators/real.
#include "webhook/actuators/vcpus.h"

#include <gmock/gmock.h>

#include "tests/webhook/actuators/one_domain.h"

namespace forewarn::actuators {
namespace {

using base::ErrorCode;
using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::StartsWith;

class Processors : public OneDomain {
 protected:
  std::unique_ptr<Actuator> vcpus_ = MakeVcpus(&inventory_, Lookup());
};

TEST_F(Processors, GrowWithSeverityUpToTheMaximum) {
  EXPECT_EQ(Now(*vcpus_), (Setting{{{"maximum", "4"}, {"online", "1"}}}));
  EXPECT_EQ(Proposed(*vcpus_, Direction::kRelieve, 0.1, "online"), "2");
  EXPECT_EQ(Proposed(*vcpus_, Direction::kRelieve, 1, "online"), "2");
  const Setting three{{{"maximum", "4"}, {"online", "3"}}};
  EXPECT_EQ(vcpus_->Propose(target_, three, Direction::kRelieve, 1)->values.at("online"), "4");
  EXPECT_EQ(vcpus_->Propose(target_, three, Direction::kStress, 0.2)->values.at("online"), "2");
  EXPECT_EQ(vcpus_->Propose(target_, three, Direction::kStress, 1)->values.at("online"), "1");
  const Setting four{{{"maximum", "4"}, {"online", "4"}}};
  EXPECT_THAT(vcpus_->Propose(target_, four, Direction::kRelieve, 1).error().message, StartsWith("at_limit: "));
}

TEST_F(Processors, StayWithinTheirLimits) {
  config_.limits["vcpus"]["count"] = {2, 3};
  const Setting two{{{"maximum", "4"}, {"online", "2"}}};
  EXPECT_EQ(vcpus_->Propose(target_, two, Direction::kRelieve, 1)->values.at("online"), "3");
  EXPECT_THAT(vcpus_->Propose(target_, two, Direction::kStress, 1).error().message, StartsWith("at_limit: "));
  EXPECT_THAT(Proposed(*vcpus_, Direction::kStress, 1, ""), StartsWith("at_limit: "));  // never the last one
}

TEST_F(Processors, AreTakenBackThroughTheAgentAndNeverUnplugged) {
  const Setting before = Now(*vcpus_);
  const auto next = vcpus_->Propose(target_, before, Direction::kRelieve, 1);
  ASSERT_TRUE(next.ok());
  for (int i = 0; i < 2; ++i) ASSERT_TRUE(vcpus_->Apply(target_, *next, Soon()).ok());
  EXPECT_EQ(Now(*vcpus_), *next);
  for (int i = 0; i < 2; ++i) ASSERT_TRUE(vcpus_->Apply(target_, before, Soon()).ok());
  EXPECT_EQ(Now(*vcpus_), before);
  ASSERT_TRUE(vcpus_->Apply(target_, *next, Soon()).ok());  // it is plugged already
  EXPECT_THAT(host_.Changes(), ElementsAre("web-1 PlugVcpus 2", "web-1 SetOnlineVcpus 2", "web-1 SetOnlineVcpus 1",
                                           "web-1 SetOnlineVcpus 2"));
}

TEST_F(Processors, WithoutAnAgentThereIsNoWayBack) {
  host_.SetAgent(target_.uuid, false);
  EXPECT_THAT(vcpus_->Read(target_, Soon()).error().message, StartsWith("no_way_back: "));
  EXPECT_FALSE(vcpus_->Apply(target_, {{{"online", "2"}}}, Soon()).ok());
  EXPECT_THAT(host_.Changes(), IsEmpty());
}

TEST_F(Processors, RefuseSettingsOfSomethingElse) {
  for (const Setting& setting :
       {Setting{}, Setting{{{"online", "0"}}}, Setting{{{"online", "-1"}}}, Setting{{{"online", "many"}}}}) {
    EXPECT_EQ(vcpus_->Apply(target_, setting, Soon()).error().code, ErrorCode::kInvalid) << ToText(setting);
  }
  EXPECT_EQ(vcpus_->Apply(target_, {{{"online", "9"}}}, Soon()).error().code, ErrorCode::kInvalid);
  EXPECT_EQ(vcpus_->Propose(target_, {}, Direction::kRelieve, 1).error().code, ErrorCode::kInvalid);
  EXPECT_EQ(vcpus_->Read({"web-1", "gone", "host1"}, Soon()).error().code, ErrorCode::kNotFound);
  EXPECT_THAT(host_.Changes(), IsEmpty());
}

}  // namespace
}  // namespace forewarn::actuators

// SPDX-License-Identifier: Apache-2.0
// On a real guest: tests/webhook/actuators/real.
#include "webhook/actuators/disk_errors.h"

#include <gmock/gmock.h>

#include "tests/webhook/actuators/one_domain.h"

namespace forewarn::actuators {
namespace {

using base::ErrorCode;
using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::StartsWith;

class FailingDisks : public OneDomain {
 protected:
  const Setting none_{{{"failing", "0"}}};
  std::unique_ptr<Actuator> errors_ = MakeDiskErrors(&inventory_);
};

TEST_F(FailingDisks, FailMoreOftenTheHigherTheSeverity) {
  EXPECT_EQ(Now(*errors_), none_);
  EXPECT_EQ(Proposed(*errors_, Direction::kStress, 0, "failing"), "2");
  EXPECT_EQ(Proposed(*errors_, Direction::kStress, 0.2, "failing"), "4");
  EXPECT_EQ(Proposed(*errors_, Direction::kStress, 0.6, "failing"), "12");
  EXPECT_EQ(Proposed(*errors_, Direction::kStress, 7, "failing"), "20");
  EXPECT_THAT(Proposed(*errors_, Direction::kRelieve, 1, ""), StartsWith("no_relief: "));
}

TEST_F(FailingDisks, ComeAndGo) {
  const Setting mild{{{"failing", "4"}}};
  for (int i = 0; i < 2; ++i) ASSERT_TRUE(errors_->Apply(target_, mild, Soon()).ok());
  EXPECT_EQ(Now(*errors_), mild);
  EXPECT_THAT(Proposed(*errors_, Direction::kStress, 1, ""), StartsWith("at_limit: "));
  for (int i = 0; i < 2; ++i) ASSERT_TRUE(errors_->Apply(target_, none_, Soon()).ok());
  EXPECT_EQ(Now(*errors_), none_);
  EXPECT_THAT(host_.Changes(), ElementsAre("web-1 SetFailingRequests 4", "web-1 SetFailingRequests 0"));
}

TEST_F(FailingDisks, AreRefusedByName) {
  host_.SetFailingDisks(false);
  EXPECT_THAT(errors_->Apply(target_, {{{"failing", "4"}}}, Soon()).error().message, StartsWith("no_disk_errors: "));
  for (const char* text : {"", "-1", "21", "some"}) {
    EXPECT_EQ(errors_->Apply(target_, {{{"failing", text}}}, Soon()).error().code, ErrorCode::kInvalid) << text;
  }
  EXPECT_EQ(errors_->Apply(target_, {}, Soon()).error().code, ErrorCode::kInvalid);
  EXPECT_EQ(errors_->Read({"web-1", "gone", "host1"}, Soon()).error().code, ErrorCode::kNotFound);
  EXPECT_THAT(host_.Changes(), IsEmpty());
  ASSERT_TRUE(host_.Shutdown(target_.uuid, Soon()).ok());
  EXPECT_THAT(errors_->Read(target_, Soon()).error().message, StartsWith("not_running: "));
}

TEST_F(FailingDisks, GoWithTheRun) {
  ASSERT_TRUE(errors_->Apply(target_, {{{"failing", "4"}}}, Soon()).ok());
  ASSERT_TRUE(host_.Shutdown(target_.uuid, Soon()).ok());
  ASSERT_TRUE(host_.Start(target_.uuid, Soon()).ok());
  EXPECT_EQ(Now(*errors_), none_);
}

}  // namespace
}  // namespace forewarn::actuators

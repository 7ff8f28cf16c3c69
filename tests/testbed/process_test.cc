// SPDX-License-Identifier: Apache-2.0
#include "tests/testbed/process.h"

#include <gtest/gtest.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <fstream>
#include <sstream>

namespace forewarn::testbed {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

// A zombie is gone as well: whose it is has to collect it.
bool Gone(pid_t pid) {
  std::ifstream stat("/proc/" + std::to_string(pid) + "/stat");
  std::string number, name, state;
  return !(stat >> number >> name >> state) || state == "Z";
}

std::string TempFile() { return testing::TempDir() + "testbed_process_" + std::to_string(getpid()) + ".log"; }

class ProcessTest : public testing::Test {
 protected:
  ~ProcessTest() override { std::remove(log_.c_str()); }
  std::string Log() const {
    std::ostringstream text;
    text << std::ifstream(log_).rdbuf();
    return text.str();
  }
  // The first line of the log, once it is there.
  pid_t LoggedPid() const {
    WaitUntil(seconds(5), [this] { return Log().find('\n') != std::string::npos; });
    return static_cast<pid_t>(std::atoi(Log().c_str()));
  }
  const std::string log_ = TempFile();
};

TEST_F(ProcessTest, AProgramThatIsNotThereIsAnErrorAndNotAChild) {
  const auto process = Process::Start({.argv = {"no-such-program-anywhere"}});
  ASSERT_FALSE(process.ok());
  EXPECT_NE(process.error().message.find("No such file"), std::string::npos) << process.error().message;
}

TEST_F(ProcessTest, OutputAndErrorsGoToTheLogAndTheEnvironmentIsAddedTo) {
  auto process = Process::Start(
      {.argv = {"sh", "-c", "echo out-$WORD; echo err >&2; exit 3"}, .log = log_, .env = {{"WORD", "added"}}});
  ASSERT_TRUE(process.ok());
  EXPECT_EQ(process->Wait(), 3);
  EXPECT_EQ(Log(), "out-added\nerr\n");
  EXPECT_FALSE(process->Running());
}

TEST_F(ProcessTest, StopEndsOneThatDoesNotListen) {
  auto process =
      Process::Start({.argv = {"sh", "-c", "trap '' TERM; echo $$; while :; do sleep 0.1; done"}, .log = log_});
  ASSERT_TRUE(process.ok());
  const pid_t pid = LoggedPid();
  process->Stop(milliseconds(100));
  EXPECT_TRUE(Gone(pid));
  EXPECT_EQ(process->Wait(), 128 + SIGKILL);
}

TEST_F(ProcessTest, ItsOwnChildrenEndWithIt) {
  pid_t grandchild = 0;
  {
    auto process = Process::Start({.argv = {"sh", "-c", "sleep 1000 & echo $!; wait"}, .log = log_});
    ASSERT_TRUE(process.ok());
    grandchild = LoggedPid();
    ASSERT_FALSE(Gone(grandchild));
  }
  EXPECT_TRUE(WaitUntil(seconds(5), [&] { return Gone(grandchild); }));
}

TEST_F(ProcessTest, TheChildDiesWhenItsOwnerIsKilled) {
  const pid_t owner = fork();
  if (owner == 0) {
    auto process = Process::Start({.argv = {"sh", "-c", "echo $$; exec sleep 1000"}, .log = log_});
    pause();
    _exit(0);
  }
  const pid_t child = LoggedPid();
  ASSERT_GT(child, 0);
  kill(owner, SIGKILL);
  waitpid(owner, nullptr, 0);
  EXPECT_TRUE(WaitUntil(seconds(5), [&] { return Gone(child); }));
}

TEST_F(ProcessTest, RunGivesTheOutputOrTheReason) {
  EXPECT_EQ(*RunCommand({"printf", "%s", "two words"}), "two words");
  const auto failed = RunCommand({"sh", "-c", "echo what is wrong >&2; exit 1"});
  ASSERT_FALSE(failed.ok());
  EXPECT_NE(failed.error().message.find("what is wrong"), std::string::npos);
  const auto hung = RunCommand({"sleep", "1000"}, milliseconds(100));
  ASSERT_FALSE(hung.ok());
  EXPECT_EQ(hung.error().code, base::ErrorCode::kTimeout);
}

}  // namespace
}  // namespace forewarn::testbed

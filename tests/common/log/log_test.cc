// SPDX-License-Identifier: Apache-2.0
#include "common/log/log.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <sstream>
#include <thread>
#include <vector>

namespace forewarn::log {
namespace {

using ::testing::HasSubstr;
using ::testing::MatchesRegex;
using ::testing::Not;

class Log : public ::testing::Test {
 protected:
  ~Log() override { EXPECT_TRUE(Configure("info", "logfmt")); }

  template <class Action>
  static std::string StderrOf(Action action) {
    ::testing::internal::CaptureStderr();
    action();
    return ::testing::internal::GetCapturedStderr();
  }
};

TEST_F(Log, WritesTimeInUtcMilliseconds) {
  const std::string line = StderrOf([] { Info("hello", {{"k", "v"}}); });
  EXPECT_THAT(line, MatchesRegex("time=20[0-9]+-[01][0-9]-[0-3][0-9]T[0-2][0-9]:[0-5][0-9]:[0-6][0-9]\\.[0-9]{3}Z "
                                 "level=INFO msg=hello k=v\n"));
}

TEST_F(Log, BracesAreOnlyText) {
  EXPECT_THAT(StderrOf([] { Info("{} {0} %v %s", {{"k", "{nope}"}}); }), HasSubstr("msg=\"{} {0} %v %s\" k={nope}\n"));
}

TEST_F(Log, LevelsBelowTheChosenOneAreSilent) {
  const auto all = [] {
    Debug("d");
    Info("i");
    Warn("w");
    Error("e");
  };
  EXPECT_THAT(StderrOf(all), Not(HasSubstr("level=DEBUG")));
  ASSERT_TRUE(Configure("warn", "logfmt"));
  const std::string some = StderrOf(all);
  EXPECT_THAT(some, Not(HasSubstr("level=INFO")));
  EXPECT_THAT(some, HasSubstr("level=WARN msg=w\n"));
  EXPECT_THAT(some, HasSubstr("level=ERROR msg=e\n"));
  ASSERT_TRUE(Configure("debug", "json"));
  EXPECT_THAT(StderrOf(all), HasSubstr(R"("level":"DEBUG","msg":"d"})"));
}

TEST_F(Log, WhatTheFlagsCannotMeanIsRefusedAndChangesNothing) {
  for (const char* level : {"", "INFO", "trace", "warning"}) {
    const auto done = Configure(level, "json");
    ASSERT_FALSE(done);
    EXPECT_THAT(done.error().message, HasSubstr("--log.level"));
  }
  const auto done = Configure("error", "xml");
  ASSERT_FALSE(done);
  EXPECT_THAT(done.error().message, HasSubstr("--log.format"));
  EXPECT_THAT(StderrOf([] { Info("still here"); }), HasSubstr("level=INFO msg=\"still here\"\n"));
}

TEST_F(Log, LinesOfSeveralThreadsStayWhole) {
  const std::string text = StderrOf([] {
    std::vector<std::jthread> threads;
    for (int t = 0; t < 4; ++t) {
      threads.emplace_back([] {
        for (int i = 0; i < 200; ++i) {
          Info("the same", {{"padding", std::string(300, 'x')}});
        }
      });
    }
  });
  std::istringstream lines(text);
  int count = 0;
  for (std::string line; std::getline(lines, line); ++count) {
    EXPECT_THAT(line, MatchesRegex("time=[^ ]+ level=INFO msg=\"the same\" padding=x{300}"));
  }
  EXPECT_EQ(count, 800);
}

}  // namespace
}  // namespace forewarn::log

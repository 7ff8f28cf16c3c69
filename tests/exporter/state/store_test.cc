// SPDX-License-Identifier: Apache-2.0
#include "exporter/state/store.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <signal.h>
#include <sys/resource.h>
#include <unistd.h>

#include "tests/fakes/temp_dir.h"

namespace forewarn::state {
namespace {

using testing::HasSubstr;

std::optional<std::string> ReadFrom(Store& store) {
  std::optional<Failure> failure;
  auto bytes = store.Read(failure);
  EXPECT_FALSE(failure.has_value()) << failure->what;
  return bytes;
}

// No file of this process may grow beyond so many bytes, as on a disk that is full.
class SmallDisk {
 public:
  explicit SmallDisk(rlim_t bytes) {
    signal(SIGXFSZ, SIG_IGN);
    getrlimit(RLIMIT_FSIZE, &before_);
    const rlimit small{bytes, before_.rlim_max};
    setrlimit(RLIMIT_FSIZE, &small);
  }
  ~SmallDisk() { setrlimit(RLIMIT_FSIZE, &before_); }

 private:
  rlimit before_{};
};

TEST(Store, KeepsWhatWasWrittenLast) {
  const fakes::TempDir directory;
  {
    Store store(directory.File("made"));
    EXPECT_FALSE(ReadFrom(store).has_value());
    EXPECT_FALSE(store.Write({"first ", "state"}));
    EXPECT_FALSE(store.Write({"second"}));
  }
  Store store(directory.File("made"));
  EXPECT_EQ(ReadFrom(store), "second");
  EXPECT_FALSE(std::filesystem::exists(directory.File("made/forewarn.state.new")));
  EXPECT_EQ(std::filesystem::status(directory.File("made/forewarn.state")).permissions(),
            std::filesystem::perms::owner_read | std::filesystem::perms::owner_write);
}

TEST(Store, WhatAWriteLeftThatWasCutOffIsNothing) {
  const fakes::TempDir directory;
  directory.Write(Store::kFile, "old");
  directory.Write(Store::kNew, "a longer part of what was to be new");
  Store store(directory.path());
  EXPECT_EQ(ReadFrom(store), "old");
  EXPECT_FALSE(store.Write({"new"}));
  EXPECT_EQ(ReadFrom(store), "new");
}

TEST(Store, AFullDiskLeavesTheOldFile) {
  const fakes::TempDir directory;
  Store store(directory.path());
  EXPECT_FALSE(store.Write({"old"}));
  {
    const SmallDisk full(1000);
    const std::string much(5000, 'x');
    const auto failure = store.Write({much});
    ASSERT_TRUE(failure.has_value());
    EXPECT_STREQ(failure->reason, "no_space");
    EXPECT_THAT(failure->what, HasSubstr(directory.path()));
  }
  EXPECT_EQ(ReadFrom(store), "old");
  EXPECT_FALSE(std::filesystem::exists(directory.File(Store::kNew)));
  EXPECT_FALSE(store.Write({"new"}));
  EXPECT_EQ(ReadFrom(store), "new");
}

// Root may write everywhere: not root, then.
class Nobody {
 public:
  explicit Nobody(const fakes::TempDir& directory) {
    if (getuid() != 0) return;
    for (const auto& path : {directory.path(), directory.File(Store::kFile)}) {
      EXPECT_EQ(chown(path.c_str(), kId, kId), 0);
    }
    EXPECT_EQ(seteuid(kId), 0);
  }
  ~Nobody() { EXPECT_EQ(seteuid(getuid()), 0); }

 private:
  static constexpr uid_t kId = 65534;
};

TEST(Store, WhereNothingMayBeWrittenTheOldFileIsStillRead) {
  const fakes::TempDir directory;
  directory.Write(Store::kFile, "old");
  const Nobody nobody(directory);
  std::filesystem::permissions(directory.path(), std::filesystem::perms(0500));
  Store store(directory.path());
  EXPECT_EQ(ReadFrom(store), "old");
  const auto failure = store.Write({"new"});
  std::filesystem::permissions(directory.path(), std::filesystem::perms(0700));
  ASSERT_TRUE(failure.has_value());
  EXPECT_STREQ(failure->reason, "forbidden");
  EXPECT_EQ(ReadFrom(store), "old");
}

TEST(Store, AFolderThatCannotBeIsAFailureEachTime) {
  const fakes::TempDir directory;
  directory.Write("file", "");
  for (const auto& path : {directory.File("no/such/parent"), directory.File("file"), std::string("/proc/forewarn")}) {
    Store store(path);
    std::optional<Failure> failure;
    EXPECT_FALSE(store.Read(failure).has_value());
    EXPECT_TRUE(failure.has_value()) << path;
    EXPECT_TRUE(store.Write({"x"}).has_value()) << path;
    store.Reject();
  }
}

TEST(Store, BelongsToOneAtATime) {
  const fakes::TempDir directory;
  auto first = std::make_optional<Store>(directory.path());
  EXPECT_FALSE(first->Write({"first"}));
  Store second(directory.path());
  const auto failure = second.Write({"second"});
  ASSERT_TRUE(failure.has_value());
  EXPECT_STREQ(failure->reason, "locked");
  EXPECT_THAT(failure->what, HasSubstr("another process"));
  EXPECT_EQ(ReadFrom(*first), "first");
  first.reset();
  EXPECT_FALSE(second.Write({"second"}));
  EXPECT_EQ(ReadFrom(second), "second");
}

TEST(Store, PutsAsideWhatIsRejected) {
  const fakes::TempDir directory;
  Store store(directory.path());
  EXPECT_FALSE(store.Write({"bad"}));
  store.Reject();
  EXPECT_FALSE(ReadFrom(store).has_value());
  EXPECT_TRUE(std::filesystem::exists(directory.File(Store::kRejected)));
  EXPECT_FALSE(store.Write({"good"}));
  EXPECT_EQ(ReadFrom(store), "good");
}

}  // namespace
}  // namespace forewarn::state

// SPDX-License-Identifier: Apache-2.0
#include "webhook/journal/sqlite.h"

#include <gtest/gtest.h>
#include <sys/resource.h>
#include <unistd.h>

#include <csignal>
#include <filesystem>
#include <fstream>

#include "tests/webhook/journal/stores.h"

namespace forewarn::journal {
namespace {

class SqliteTest : public ::testing::Test {
 protected:
  std::string path() const { return directory_.File("journal.db"); }
  fakes::TempDir directory_;
  std::unique_ptr<Store> journal_ = OpenSqlite(path()).value();
};

TEST_F(SqliteTest, ASecondProcessCannotHaveIt) {
  auto second = OpenSqlite(path());
  ASSERT_FALSE(second);
  EXPECT_EQ(second.error().code, base::ErrorCode::kConflict);
}

// As after a crash: what the log holds is in the file, and synced, before anybody relies on it.
TEST_F(SqliteTest, WhatIsReadAtTheOpeningIsWrittenAnew) {
  AdmitOne(*journal_, AlertFor("web-1"));
  for (const char* suffix : {"", "-wal"}) std::filesystem::copy(path() + suffix, directory_.File("copy.db") + suffix);
  ASSERT_GT(std::filesystem::file_size(directory_.File("copy.db-wal")), 0u);
  auto copy = OpenSqlite(directory_.File("copy.db"));
  ASSERT_TRUE(copy) << copy.error().message;
  EXPECT_EQ((*copy)->Find({})->size(), 1u);
  std::ifstream log(directory_.File("copy.db-wal"), std::ios::binary);
  const std::string bytes(std::istreambuf_iterator<char>(log), {});
  EXPECT_GT(bytes.size(), 4'000'000u) << "space for what is to come";
  EXPECT_EQ(bytes.find_first_not_of('\0'), std::string::npos) << "of what was there, nothing";
}

// What is in the log may be nowhere else: space for the next must not be made of it.
TEST(SqliteDatabase, ReservesNothingWhereTheLogHoldsSomething) {
  const fakes::TempDir directory;
  auto database = SqliteDatabase::Open(directory.File("kept.db")).value();
  ASSERT_TRUE(database->Execute("PRAGMA journal_mode = WAL; CREATE TABLE kept(x); INSERT INTO kept VALUES(7);"));
  const auto before = std::filesystem::file_size(directory.File("kept.db-wal"));
  ASSERT_GT(before, 0u);
  ASSERT_TRUE(database->ReserveLog(1 << 20));
  EXPECT_EQ(std::filesystem::file_size(directory.File("kept.db-wal")), before);
  database.reset();
  database = SqliteDatabase::Open(directory.File("kept.db")).value();
  auto kept = database->Prepare("SELECT x FROM kept");
  ASSERT_TRUE(kept->Step().value());
  EXPECT_EQ(kept->Integer(0), 7);
}

[[noreturn]] void WriteWithoutSpace(Journal& journal) {
  signal(SIGXFSZ, SIG_IGN);
  const rlimit limit{1, 1};
  setrlimit(RLIMIT_FSIZE, &limit);
  auto admitted = journal.Admit({AlertFor("web-2")}, kNow);
  const bool refused = !admitted && admitted.error().code == base::ErrorCode::kUnavailable;
  const bool still = !journal.Find({}) && !journal.Save({});
  _exit(refused && still && journal.Dead() ? 0 : 1);
}

TEST_F(SqliteTest, IsDeadAfterAFailedWrite) {
  // A limit on the size of files makes the next write fail, as a full disk would.
  ASSERT_TRUE(journal_->Admit({AlertFor("web-1")}, kNow));
  EXPECT_EXIT(WriteWithoutSpace(*journal_), ::testing::ExitedWithCode(0), "");
}

TEST(OpenSqlite, SaysWhichFileItCannotOpen) {
  auto opened = OpenSqlite("/nonexistent/journal.db");
  ASSERT_FALSE(opened);
  EXPECT_NE(opened.error().message.find("/nonexistent/journal.db"), std::string::npos);
}

TEST(OpenSqlite, RefusesWhatIsNoJournal) {
  const std::string path = std::filesystem::temp_directory_path() / ("nojournal" + std::to_string(getpid()));
  std::ofstream(path) << std::string(8192, 'x');
  EXPECT_FALSE(OpenSqlite(path));
  std::filesystem::remove(path);
}

}  // namespace
}  // namespace forewarn::journal

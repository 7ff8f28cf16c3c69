// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <functional>
#include <thread>

#include "tests/webhook/journal/stores.h"

namespace forewarn::journal {
namespace {

constexpr base::Duration kLease = std::chrono::seconds(2), kPatience = std::chrono::seconds(30);

bool Becomes(const std::function<bool()>& condition) {
  const auto deadline = base::Deadline::After(kPatience);
  while (!deadline.Passed()) {
    if (condition()) return true;
    std::this_thread::sleep_for(std::chrono::milliseconds(20));
  }
  return false;
}

// Two processes' stores on one server. Who doesn't call is as good as stopped.
class PostgresTest : public ::testing::Test {
 protected:
  void SetUp() override {
    auto server = Server();
    if (!server) GTEST_SKIP() << server.error().message;
    server_ = *server;
    one_ = Open();
    other_ = Open();
  }
  void TearDown() override {
    if (server_ == nullptr) return;
    server_->Continue();
    const auto up = server_->Killed() ? server_->Restart() : base::Result<void>();
    EXPECT_TRUE(up);
  }
  std::unique_ptr<Store> Open() {
    std::unique_ptr<Store> store;
    std::string why;
    const bool open = Becomes([&] {  // a server on a busy machine may be late
      auto opened = OpenPostgres({server_->conninfo(), "", kLease});
      if (opened) store = std::move(*opened);
      if (!opened) why = opened.error().message;
      return store != nullptr;
    });
    EXPECT_TRUE(open) << why;
    return store;
  }
  // What the other takes over as soon as it can.
  Episode TakenOver() {
    std::vector<Episode> taken;
    EXPECT_TRUE(Becomes([&] {
      auto claimed = other_->Claim();
      if (claimed) taken = std::move(*claimed);
      return !taken.empty();
    }));
    return taken.empty() ? Episode{} : taken[0];
  }

  fakes::PrivatePostgres* server_ = nullptr;
  std::unique_ptr<Store> one_, other_;
};

TEST_F(PostgresTest, WhatOneOpensTheOtherMayNotTouch) {
  const Episode episode = AdmitOne(*one_, AlertFor("web-1")).episode;
  EXPECT_EQ(AdmitOne(*other_, AlertFor("web-1")).what, Admitted::kDuplicate);
  EXPECT_TRUE(other_->Claim()->empty());
  EXPECT_TRUE(Fences(other_->Check(episode)));
  EXPECT_TRUE(Fences(other_->Save(episode)));
  EXPECT_TRUE(one_->Check(episode));
  EXPECT_TRUE(one_->Save(episode));
}

TEST_F(PostgresTest, WhoIsLateFindsItselfFenced) {
  const Episode episode = AdmitOne(*one_, AlertFor("web-1")).episode;
  const Episode taken = TakenOver();
  EXPECT_EQ(taken.id, episode.id);
  EXPECT_GT(taken.epoch, episode.epoch);
  EXPECT_TRUE(Fences(one_->Check(episode)));
  EXPECT_TRUE(Fences(one_->Save(episode)));
  EXPECT_TRUE(one_->Claim()->empty());
  EXPECT_TRUE(other_->Check(taken));
  EXPECT_TRUE(other_->Save(taken));
}

TEST_F(PostgresTest, WhoClaimsInTimeKeepsIt) {
  const Episode episode = AdmitOne(*one_, AlertFor("web-1")).episode;
  const auto until = base::Deadline::After(2 * kLease);
  while (!until.Passed()) {
    ASSERT_TRUE(one_->Claim());
    ASSERT_TRUE(one_->Check(episode));
    ASSERT_TRUE(other_->Claim()->empty());
  }
}

TEST_F(PostgresTest, ACleanEndLetsGoAtOnce) {
  AdmitOne(*one_, AlertFor("web-1"));
  one_.reset();
  EXPECT_EQ(other_->Claim()->size(), 1u);
}

TEST_F(PostgresTest, AServerThatHangsIsAskedNoLongerThanTheLeaseHolds) {
  const Episode episode = AdmitOne(*one_, AlertFor("web-1")).episode;
  ASSERT_TRUE(one_->Check(episode));
  server_->Stop();
  EXPECT_FALSE(one_->Save(episode));
  EXPECT_TRUE(one_->Dead());
  EXPECT_TRUE(Becomes([&] { return Fences(one_->Check(episode)); }));
  EXPECT_TRUE(Fences(one_->Check(episode)));
  server_->Continue();
  EXPECT_TRUE(Becomes([&] { return one_->Find({}).ok(); }));
  EXPECT_FALSE(one_->Dead());
}

TEST_F(PostgresTest, GoesOnWhenTheServerIsBack) {
  Episode episode = AdmitOne(*one_, AlertFor("web-1")).episode;
  server_->Kill();
  EXPECT_FALSE(one_->Save(episode));
  EXPECT_TRUE(one_->Dead());
  EXPECT_FALSE(one_->Admit({AlertFor("web-2")}, kNow));
  ASSERT_TRUE(server_->Restart());
  EXPECT_TRUE(Becomes([&] { return one_->Find({}).ok(); }));
  EXPECT_EQ(one_->Find({})->size(), 1u);
  EXPECT_FALSE(one_->Dead());
}

// The connection is lost in the middle of the COMMIT: nobody can tell what became of it but the database.
TEST_F(PostgresTest, ACommitOfUnknownOutcomeIsReadAgain) {
  ASSERT_TRUE(
      server_->Ask("CREATE FUNCTION die() RETURNS trigger LANGUAGE plpgsql AS $$BEGIN PERFORM "
                   "pg_terminate_backend(pg_backend_pid()); "
                   "RETURN NULL; END$$"));
  ASSERT_TRUE(server_->Ask(
      "CREATE CONSTRAINT TRIGGER at_commit AFTER INSERT ON episodes DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE "
      "FUNCTION die()"));
  auto admitted = one_->Admit({AlertFor("web-1")}, kNow);
  ASSERT_FALSE(admitted);
  EXPECT_EQ(admitted.error().code, base::ErrorCode::kTimeout);
  ASSERT_TRUE(server_->Ask("DROP TRIGGER at_commit ON episodes"));
  EXPECT_TRUE(Becomes([&] { return one_->Admit({AlertFor("web-1")}, kNow).ok(); }));
  EXPECT_EQ(one_->Find({})->size(), 1u);
}

// The other half: it is committed, and no answer came. What is ours and not in our hands is handed out by Claim.
TEST_F(PostgresTest, WhatWasOpenedWithoutAnAnswerIsHandedOut) {
  const auto wait_for = [&](const char* standby) {
    EXPECT_TRUE(server_->Ask(std::string("ALTER SYSTEM SET synchronous_standby_names = '") + standby + "'"));
    EXPECT_TRUE(server_->Ask("SELECT pg_reload_conf()"));
    EXPECT_TRUE(Becomes([&] { return *server_->Ask("SHOW synchronous_standby_names") == standby; }));
  };
  wait_for("nobody");
  base::Result<std::vector<Admission>> admitted = base::Error{};
  // A commit that began before the server had noticed is just a commit.
  EXPECT_TRUE(Becomes([&] {
    static int number = 0;
    admitted = one_->Admit({AlertFor("web-" + std::to_string(++number))}, kNow);
    return !admitted.ok();
  }));
  EXPECT_EQ(admitted.error().code, base::ErrorCode::kTimeout);
  wait_for("");
  std::vector<Episode> back;
  EXPECT_TRUE(Becomes([&] {
    auto claimed = one_->Claim();
    if (claimed) back = std::move(*claimed);
    return !back.empty();
  }));
  ASSERT_FALSE(back.empty());
  EXPECT_TRUE(one_->Check(back[0]));
  EXPECT_TRUE(one_->Save(back[0]));
}

TEST_F(PostgresTest, RefusesSecretsThatOthersCanRead) {
  fakes::TempDir directory;
  const std::string file = directory.File("password");
  std::ofstream(file) << "secret\n";
  std::filesystem::permissions(file, std::filesystem::perms(0644));
  EXPECT_EQ(OpenPostgres({server_->conninfo(), file, kLease}).error().code, base::ErrorCode::kInvalid);
  std::filesystem::permissions(file, std::filesystem::perms(0600));
  EXPECT_TRUE(OpenPostgres({server_->conninfo(), file, kLease}));
  EXPECT_EQ(CheckConninfo("host=x password=y").error().code, base::ErrorCode::kInvalid);
  EXPECT_EQ(CheckConninfo("host").error().code, base::ErrorCode::kInvalid);
}

TEST_F(PostgresTest, RefusesWhatANewerVersionWrote) {
  ASSERT_TRUE(server_->Ask("UPDATE schema_version SET version = 999"));
  EXPECT_EQ(OpenPostgres({server_->conninfo(), "", kLease}).error().code, base::ErrorCode::kUnsupported);
}

}  // namespace
}  // namespace forewarn::journal

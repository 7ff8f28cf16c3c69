// SPDX-License-Identifier: Apache-2.0
#include "webhook/journal/journal.h"

#include <gtest/gtest.h>
#include <sys/resource.h>
#include <unistd.h>

#include <csignal>
#include <filesystem>
#include <fstream>

namespace forewarn::journal {
namespace {

const base::WallTime kNow = base::FromSeconds(1'700'000'000);

alerts::Alert AlertFor(const std::string& domain, alerts::Status status = alerts::Status::kFiring,
                       base::Duration later = {}) {
  alerts::Alert alert;
  alert.status = status;
  alert.domain = domain;
  alert.fault = "DiskContention";
  alert.purpose = alerts::kMitigate;
  alert.severity = "warning";
  alert.fingerprint = "32e6a1df50e93ff7";
  alert.starts_at = kNow + std::chrono::duration_cast<base::WallTime::duration>(later);
  return alert;
}

// The contract of every journal; another store adds its way to (re)open.
class JournalTest : public ::testing::Test {
 protected:
  JournalTest() {
    std::string pattern = std::filesystem::temp_directory_path() / "journalXXXXXX";
    directory_ = mkdtemp(pattern.data());
    Reopen();
  }
  ~JournalTest() override {
    journal_.reset();
    std::filesystem::remove_all(directory_);
  }
  void Reopen() {
    journal_.reset();
    auto opened = OpenSqlite(path());
    ASSERT_TRUE(opened) << opened.error().message;
    journal_ = std::move(*opened);
  }
  std::string path() const { return directory_ / "journal.db"; }
  Admission AdmitOne(const alerts::Alert& alert) {
    auto admitted = journal_->Admit({alert}, kNow);
    EXPECT_TRUE(admitted);
    return admitted->at(0);
  }
  Episode Only() {
    auto found = journal_->Find({});
    EXPECT_TRUE(found);
    EXPECT_EQ(found->size(), 1u);
    return found->at(0);
  }

  std::filesystem::path directory_;
  std::unique_ptr<Store> journal_;
};

TEST_F(JournalTest, OpensOneEpisodeHoweverOftenTheAlertComes) {
  auto admitted = journal_->Admit({AlertFor("web-1"), AlertFor("web-1"), AlertFor("web-2")}, kNow);
  ASSERT_TRUE(admitted);
  EXPECT_EQ(admitted->at(0).what, Admitted::kOpened);
  EXPECT_EQ(admitted->at(1).what, Admitted::kDuplicate);
  EXPECT_EQ(admitted->at(2).what, Admitted::kOpened);
  EXPECT_NE(admitted->at(0).episode.id, admitted->at(2).episode.id);
  Reopen();
  EXPECT_EQ(AdmitOne(AlertFor("web-1")).what, Admitted::kDuplicate);
  // A second replica's other start doesn't make it another episode.
  EXPECT_EQ(AdmitOne(AlertFor("web-1", alerts::Status::kFiring, std::chrono::seconds(-5))).what, Admitted::kDuplicate);
  EXPECT_EQ(journal_->Find({})->size(), 2u);
}

TEST_F(JournalTest, AClosedEpisodeMakesPlaceForTheNext) {
  Episode episode = AdmitOne(AlertFor("web-1")).episode;
  episode.state = State::kClosed;
  episode.closed = kNow;
  ASSERT_TRUE(journal_->Save(episode));
  EXPECT_EQ(AdmitOne(AlertFor("web-1")).what, Admitted::kOpened);
}

TEST_F(JournalTest, AFiringThatItsResolvedOvertookOpensNothing) {
  EXPECT_EQ(AdmitOne(AlertFor("web-1", alerts::Status::kResolved)).what, Admitted::kResolved);
  EXPECT_EQ(AdmitOne(AlertFor("web-1")).what, Admitted::kLate);
  // A flap begins anew, later.
  EXPECT_EQ(AdmitOne(AlertFor("web-1", alerts::Status::kFiring, std::chrono::seconds(1))).what, Admitted::kOpened);
}

TEST_F(JournalTest, EverythingSurvivesAReopening) {
  Episode episode = AdmitOne(AlertFor("web-1")).episode;
  episode.uuid = "u1";
  episode.hypervisor = "host1";
  episode.prediction = Prediction{0.9, 0.4, 0.7, kNow, kNow, {{"disk_latency", 1.25}}};
  episode.state = State::kHeld;
  episode.step = 1;
  episode.baseline = 0.5;
  episode.deadline = kNow;
  episode.expiry = kNow;
  episode.renewals = 2;
  episode.outcome = Outcome::kRelieved;
  episode.reason = "symptom 0.5 → 0.1";
  episode.changes = {{0,
                      "disk_io",
                      {"web-2", "u2", "host2"},
                      "{}",
                      R"({"a":"1"})",
                      Outcome::kIneffective,
                      "why",
                      kNow,
                      kNow,
                      {},
                      kNow},
                     {1, "memory", {}, "{}", "{}", Outcome::kRelieved, "", kNow, {}, kNow, {}}};
  ASSERT_TRUE(journal_->Save(episode));
  Reopen();
  const Episode read = Only();
  EXPECT_EQ(read.prediction, episode.prediction);
  EXPECT_EQ(read.state, State::kHeld);
  EXPECT_EQ(read.baseline, 0.5);
  EXPECT_EQ(read.deadline, episode.deadline);
  EXPECT_EQ(read.expiry, episode.expiry);
  EXPECT_FALSE(read.closed);
  EXPECT_EQ(read.renewals, 2);
  EXPECT_EQ(read.outcome, Outcome::kRelieved);
  EXPECT_EQ(read.starts_at, episode.starts_at);
  ASSERT_EQ(read.changes.size(), 2u);
  EXPECT_EQ(read.changes[0].actuator, "disk_io");
  EXPECT_EQ(read.changes[0].reverted, OptionalTime(kNow));
  EXPECT_FALSE(read.changes[0].InForce());
  EXPECT_TRUE(read.changes[1].InForce());
  EXPECT_FALSE(read.changes[1].applied);
}

TEST_F(JournalTest, TwoNamesOfOneDomainAreOneEpisode) {
  Episode one = AdmitOne(AlertFor("web-1")).episode, other = AdmitOne(AlertFor("web-2")).episode;
  one.uuid = other.uuid = "u1";
  ASSERT_TRUE(journal_->Save(one));
  auto saved = journal_->Save(other);
  ASSERT_FALSE(saved);
  EXPECT_EQ(saved.error().code, base::ErrorCode::kConflict);
  EXPECT_FALSE(journal_->Dead());
}

TEST_F(JournalTest, FindsNewestFirstAndByFilter) {
  AdmitOne(AlertFor("web-1"));
  Episode second = AdmitOne(AlertFor("web-2")).episode;
  second.state = State::kClosed;
  second.closed = kNow;
  ASSERT_TRUE(journal_->Save(second));
  EXPECT_EQ(journal_->Find({})->at(0).domain, "web-2");
  Filter filter;
  filter.open = true;
  ASSERT_EQ(journal_->Find(filter)->size(), 1u);
  EXPECT_EQ(journal_->Find(filter)->at(0).domain, "web-1");
  filter.open = std::nullopt;
  filter.closed_since = kNow + std::chrono::seconds(1);
  EXPECT_TRUE(journal_->Find(filter)->empty());
  filter.closed_since = kNow;
  EXPECT_EQ(journal_->Find(filter)->size(), 1u);
  filter.domain = "' OR 1=1 --";
  EXPECT_TRUE(journal_->Find(filter)->empty());
}

TEST_F(JournalTest, ASecondProcessCannotHaveIt) {
  auto second = OpenSqlite(path());
  ASSERT_FALSE(second);
  EXPECT_EQ(second.error().code, base::ErrorCode::kConflict);
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

TEST_F(JournalTest, IsDeadAfterAFailedWrite) {
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

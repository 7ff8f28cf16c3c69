// SPDX-License-Identifier: Apache-2.0
#include "webhook/actuators/replica.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>

#include <chrono>
#include <fstream>

#include "tests/fakes/fake_hypervisor.h"
#include "tests/fakes/private_postgres.h"
#include "tests/fakes/temp_dir.h"
#include "webhook/actuators/postgres.h"
#include "webhook/actuators/replica_lag.h"

namespace forewarn::actuators {
namespace {

using base::ErrorCode;
using hypervisor::DomainState;
using std::chrono::milliseconds;
using std::chrono::seconds;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::StartsWith;

base::Deadline Soon() { return base::Deadline::After(seconds(20)); }

// Its domain's power is the primary's.
class Coupled : public fakes::FakeHypervisor {
 public:
  explicit Coupled(fakes::PrivatePostgres* primary) : FakeHypervisor("host1"), primary_(primary) {}
  base::Result<void> Shutdown(const std::string& uuid, base::Deadline deadline) override {
    if (!lies_) primary_->Kill();
    return FakeHypervisor::Shutdown(uuid, deadline);
  }
  void Lie() { lies_ = true; }  // from now on it says off, and isn't

 private:
  fakes::PrivatePostgres* primary_;
  bool lies_ = false;
};

class ReplicaTest : public ::testing::Test {
 protected:
  void SetUp() override {
    auto primary = fakes::PrivatePostgres::Start();
    if (!primary) GTEST_SKIP() << primary.error().message;
    primary_ = std::move(*primary);
    ASSERT_TRUE(primary_->Ask("CREATE TABLE t (n int)").ok());
    auto standby = fakes::PrivatePostgres::Follow(*primary_);
    ASSERT_TRUE(standby.ok()) << standby.error().message;
    standby_ = std::move(*standby);
    host_ = std::make_unique<Coupled>(primary_.get());
    inventory_ =
        std::make_unique<fakes::FakeInventory>(std::map<std::string, fakes::FakeHypervisor*>{{"host1", host_.get()}});
    target_ = {"db-1", host_->Add("db-1"), "host1"};
    config_.replica = {{primary_->conninfo(), ""}, {standby_->conninfo(), ""}, {16 << 20, {}}, {}};
    replica_ = MakeReplica(inventory_.get(), [this](const std::string&) { return config_; });
  }
  std::string Refused(base::Deadline deadline = Soon()) {
    const auto applied = replica_->Apply(target_, promoted_, deadline);
    EXPECT_EQ(applied.error().code, ErrorCode::kUnsupported) << applied.error().message;
    return applied.error().message;
  }
  bool Promoted() { return *standby_->Ask("SELECT pg_is_in_recovery()") == "f"; }
  std::string Rows() { return *standby_->Ask("SELECT count(*) FROM t"); }
  void AwaitRows(const std::string& rows) {
    for (const auto deadline = Soon(); !deadline.Passed() && Rows() != rows;) {
    }
    ASSERT_EQ(Rows(), rows);
  }

  const Setting standing_by_{{{"role", "standby"}}}, promoted_{{{"role", "primary"}}};
  std::unique_ptr<fakes::PrivatePostgres> primary_, standby_;
  std::unique_ptr<Coupled> host_;
  std::unique_ptr<fakes::FakeInventory> inventory_;
  Target target_;
  TargetConfig config_;
  std::unique_ptr<Actuator> replica_;
};

TEST_F(ReplicaTest, IsPromotedOnceThePrimaryIsOff) {
  ASSERT_TRUE(primary_->Ask("INSERT INTO t SELECT generate_series(1, 1000)").ok());
  AwaitRows("1000");
  EXPECT_EQ(*replica_->Read(target_, Soon()), standing_by_);
  EXPECT_EQ(*replica_->Propose(target_, standing_by_, Direction::kRelieve, 0.1), promoted_);
  ASSERT_TRUE(replica_->Apply(target_, standing_by_, Soon()).ok());  // nothing to go back from
  const auto since = std::chrono::steady_clock::now();
  const auto applied = replica_->Apply(target_, promoted_, Soon());
  ASSERT_TRUE(applied.ok()) << applied.error().message;
  std::printf("replica: fenced and promoted in %.0f ms\n",
              std::chrono::duration<double, std::milli>(std::chrono::steady_clock::now() - since).count());
  EXPECT_TRUE(primary_->Killed());
  EXPECT_EQ(Rows(), "1000");
  EXPECT_TRUE(standby_->Ask("INSERT INTO t VALUES (1)").ok());
  EXPECT_TRUE(replica_->Apply(target_, promoted_, Soon()).ok());
  EXPECT_THAT(replica_->Apply(target_, standing_by_, Soon()).error().message, StartsWith("final: "));
  EXPECT_THAT(replica_->Propose(target_, promoted_, Direction::kRelieve, 1).error().message, StartsWith("at_limit: "));
  EXPECT_THAT(replica_->Propose(target_, promoted_, Direction::kStress, 1).error().message, StartsWith("no_stress: "));
}

TEST_F(ReplicaTest, TooFarBehindIsRefusedBeforeAnythingIsCut) {
  ASSERT_TRUE(standby_->Ask("ALTER SYSTEM SET primary_conninfo = ''").ok());
  ASSERT_TRUE(standby_->Ask("SELECT pg_reload_conf()").ok());
  for (const auto deadline = Soon();
       !deadline.Passed() && *standby_->Ask("SELECT count(*) FROM pg_stat_wal_receiver") != "0";) {
  }
  ASSERT_TRUE(primary_->Ask("INSERT INTO t SELECT generate_series(1, 10000)").ok());
  config_.replica->max_lag = {100 << 10, {}};
  EXPECT_THAT(Refused(), HasSubstr("bytes behind"));
  config_.replica->max_lag = {{}, milliseconds(1)};
  EXPECT_THAT(Refused(), HasSubstr("s behind"));
  // Nobody knows any more, but the last that came is not that old.
  config_.replica->primary.conninfo = "host=/nonexistent user=forewarn dbname=postgres";
  EXPECT_THAT(Refused(), StartsWith("replica_lag: "));
  config_.replica->max_lag = {100 << 20, {}};
  EXPECT_THAT(Refused(), HasSubstr("nobody can say"));
  EXPECT_THAT(host_->Changes(), IsEmpty());
  EXPECT_FALSE(Promoted());
}

TEST_F(ReplicaTest, WithoutAProofThePrimaryGoesOn) {
  host_->Break({ErrorCode::kTimeout, "away"});
  EXPECT_THAT(Refused(), StartsWith("no_fence_proof: "));
  host_->Mend();
  config_.replica->fence.domain = "nobody";
  EXPECT_THAT(Refused(), StartsWith("no_fence_proof: "));
  EXPECT_TRUE(primary_->Ask("INSERT INTO t VALUES (1)").ok());
  EXPECT_FALSE(Promoted());
  EXPECT_THAT(host_->Changes(), IsEmpty());
}

TEST_F(ReplicaTest, APrimaryThatAnswersIsNotOffWhateverIsSaid) {
  ASSERT_TRUE(primary_->Ask("INSERT INTO t VALUES (1)").ok());
  AwaitRows("1");
  host_->Lie();
  EXPECT_THAT(Refused(), HasSubstr("accepts connections"));
  primary_->Stop();  // hangs: it may go on
  EXPECT_THAT(Refused(), StartsWith("no_fence_proof: "));
  primary_->Continue();
  EXPECT_FALSE(Promoted());
}

TEST_F(ReplicaTest, APrimaryThatStillSendsIsNotOffEither) {
  host_->Lie();
  config_.replica->primary.conninfo = "host=/nonexistent user=forewarn dbname=postgres";  // cut off from us alone
  std::atomic<bool> done = false;
  std::thread writer([&] {
    while (!done) {  // most of the time in the server itself, so that it's never quiet on a busy machine
      static_cast<void>(
          primary_->Ask("DO $$BEGIN FOR i IN 1..500 LOOP INSERT INTO t VALUES (1); COMMIT; END LOOP; END$$"));
    }
  });
  for (const auto deadline = Soon(); !deadline.Passed() && Rows() == "0";) {
  }
  EXPECT_THAT(Refused(), HasSubstr("still receives"));
  done = true;
  writer.join();
  EXPECT_FALSE(Promoted());
}

TEST_F(ReplicaTest, AServerThatHangsIsATimeout) {
  standby_->Stop();
  EXPECT_EQ(replica_->Read(target_, base::Deadline::After(milliseconds(200))).error().code, ErrorCode::kTimeout);
  standby_->Continue();
  EXPECT_TRUE(replica_->Read(target_, Soon()).ok());
  auto session = Postgres::Connect({standby_->conninfo(), ""}, Soon());
  ASSERT_TRUE(session.ok());
  EXPECT_EQ(session->Ask("SELECT pg_sleep(60)", base::Deadline::After(milliseconds(200))).error().code,
            ErrorCode::kTimeout);
  standby_->Kill();
  EXPECT_EQ(replica_->Read(target_, Soon()).error().code, ErrorCode::kUnavailable);
}

TEST(Replica, RefusesWhereNoneIsConfigured) {
  fakes::FakeInventory inventory({});
  const auto replica = MakeReplica(&inventory, [](const std::string&) { return TargetConfig{}; });
  EXPECT_THAT(replica->Read({"db-1", "", ""}, Soon()).error().message, StartsWith("no_replica: "));
}

TEST(MaxLag, IsBytesOrADuration) {
  EXPECT_EQ(ParseMaxLag("16MiB")->bytes, 16u << 20);
  EXPECT_EQ(ParseMaxLag("5kB")->bytes, 5000u);
  EXPECT_EQ(ParseMaxLag("5s")->time, seconds(5));
  for (const char* bad : {"", "16", "MiB", "-1B", "1.5MiB", "16 MiB", "99999999999999999999B", "9999999999GiB"}) {
    EXPECT_EQ(ParseMaxLag(bad).error().code, ErrorCode::kInvalid) << bad;
  }
}

TEST(Conninfo, HasAnAddressAndNoPassword) {
  for (const char* good : {"host=10.0.0.1 user=a", "host=::1", "host=/run/postgresql", "host=db hostaddr=10.0.0.1",
                           "postgresql://a@10.0.0.1:5432/b"}) {
    EXPECT_TRUE(CheckConninfo(good).ok()) << good;
  }
  for (const char* bad : {"", "host=db", "host=10.0.0.1,10.0.0.2", "host=10.0.0.1 password=x", "host", "service=x",
                          "postgresql://a:b@10.0.0.1/"}) {
    EXPECT_EQ(CheckConninfo(bad).error().code, ErrorCode::kInvalid) << bad;
  }
}

TEST(Password, IsForItsOwnerOnly) {
  fakes::TempDir folder;
  const std::string file = folder.path() + "/password";
  std::ofstream(file) << "secret\n";
  chmod(file.c_str(), 0644);
  const auto open = Postgres::Connect({"host=/nonexistent", file}, Soon());
  EXPECT_EQ(open.error().code, ErrorCode::kInvalid);
  EXPECT_THAT(open.error().message, ::testing::Not(HasSubstr("secret")));
  chmod(file.c_str(), 0600);
  EXPECT_EQ(Postgres::Connect({"host=/nonexistent", file}, Soon()).error().code, ErrorCode::kUnavailable);
  EXPECT_EQ(Postgres::Connect({"host=/nonexistent", file + "x"}, Soon()).error().code, ErrorCode::kInvalid);
}

}  // namespace
}  // namespace forewarn::actuators

// SPDX-License-Identifier: Apache-2.0
#include <time.h>
#include <unistd.h>

#include <array>
#include <map>
#include <random>

#include "webhook/journal/postgres.h"
#include "webhook/journal/records.h"
#include "webhook/journal/sql_store.h"

namespace forewarn::journal {
namespace {

using base::Duration;
using base::Result;

constexpr Dialect kPostgres{.id = "BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY",
                            .integer = "BIGINT",
                            .real = "DOUBLE PRECISION",
                            .strict = "",
                            .keyed = "",
                            .of_holder = ", owner TEXT NOT NULL DEFAULT current_setting('forewarn.holder')"};
constexpr const char* kHolders = R"(
CREATE TABLE holders(id TEXT PRIMARY KEY, until TIMESTAMPTZ NOT NULL);
CREATE INDEX episodes_owner ON episodes(owner) WHERE closed IS NULL;
CREATE TABLE schema_version(version BIGINT NOT NULL);
)";
// Of pg_advisory_xact_lock: who makes the tables, who admits.
constexpr const char* kLockTables = "SELECT pg_advisory_xact_lock(7165426, 1)";
constexpr const char* kLockAdmission = "SELECT pg_advisory_xact_lock(7165426, 2)";

// Goes on while the machine sleeps, as the database's clock does.
Duration Elapsed() {
  timespec now{};
  clock_gettime(CLOCK_BOOTTIME, &now);
  return std::chrono::seconds(now.tv_sec) + std::chrono::nanoseconds(now.tv_nsec);
}

// Another one at each start: what an ended process held is no longer ours.
std::string NewHolder() {
  std::array<char, 65> host{};
  gethostname(host.data(), host.size() - 1);
  std::string name(host.data());
  std::erase_if(name, [](char c) { return c == '\'' || c == '\\'; });
  std::random_device random;
  return name + "/" + std::to_string(getpid()) + "/" + std::to_string(random()) + std::to_string(random());
}

class PostgresJournal : public SqlStore {
 public:
  PostgresJournal(std::unique_ptr<PostgresDatabase> database, std::string holder, Duration lease)
      : SqlStore(*database), holder_(std::move(holder)), lease_(lease), owned_(std::move(database)) {}

  ~PostgresJournal() override {
    std::lock_guard lock(mutex_);
    if (database_.Dead()) return;
    auto release = database_.Prepare("UPDATE holders SET until = '-infinity' WHERE id = ?");
    static_cast<void>(release->Bind(holder_).Run());
  }

  Result<void> Begin() {
    std::lock_guard lock(mutex_);
    auto forget = database_.Prepare(
        "DELETE FROM holders WHERE until < clock_timestamp() - interval '1 day' AND NOT EXISTS (SELECT 1 FROM episodes "
        "WHERE owner = holders.id AND closed IS NULL)");
    if (auto forgotten = forget->Run(); !forgotten) return forgotten.error();
    return Extend();
  }

  Result<std::vector<Episode>> Claim() override {
    std::lock_guard lock(mutex_);
    if (auto ready = database_.Ready(); !ready) return ready.error();
    const bool due = Left() < lease_ * 2 / 3;
    if (auto extended = due ? Extend() : Result<void>(); !extended) return extended.error();
    Transaction transaction(database_);  // nobody takes it from us before we have read it
    if (!transaction.begun()) return transaction.begun().error();
    auto ids = due ? TakeBack() : std::vector<std::int64_t>();
    if (!ids) return ids.error();
    if (auto taken = TakeOver(*ids); !taken) return taken.error();
    auto episodes = Read(*ids);
    if (!episodes) return episodes.error();
    if (auto committed = transaction.Commit(); !committed) return committed.error();
    for (const Episode& episode : *episodes) Hold(episode);
    return episodes;
  }

  Result<base::SteadyTime> Check(const Episode& episode) override {
    std::lock_guard lock(mutex_);
    if (auto ready = database_.Ready(); !ready) return CheckAlone(episode);
    for (bool extended = false;; extended = true) {
      auto left = AskForLease(episode);
      if (!left)
        return left.error().message.starts_with(kFenced) ? Result<base::SteadyTime>(left.error()) : CheckAlone(episode);
      if (*left >= Margin()) return SteadyEnd();
      if (extended) return Lose(episode, "its lease ends");
      if (auto done = Extend(); !done) return CheckAlone(episode);
    }
  }

 private:
  struct Held {
    std::int64_t epoch = 0;
    std::int64_t lease = 0;  // the number of that in which it was surely ours
  };

  // No effect is begun with less: it would end in somebody else's time.
  Duration Margin() const { return lease_ / 4; }
  base::SteadyTime SteadyEnd() const {
    return base::SystemClock().Steady() + std::chrono::duration_cast<base::SteadyTime::duration>(Left());
  }
  Duration Left() const { return lease_end_ - Elapsed(); }

  // An answer that comes before the old end was given before it, so the lease was never broken.
  Result<void> Extend() {
    const Duration asked = Elapsed();
    auto extend = database_.Prepare(
        "INSERT INTO holders(id, until) VALUES(?, clock_timestamp() + ? * interval '1 microsecond') "
        "ON CONFLICT(id) DO UPDATE SET until = excluded.until");
    const auto micros = std::chrono::duration_cast<std::chrono::microseconds>(lease_).count();
    if (auto done = extend->Bind(holder_).Bind(std::int64_t{micros}).Run(); !done) return done.error();
    if (Elapsed() >= lease_end_) ++lease_number_;
    lease_end_ = asked + lease_ * 9 / 10;  // clocks don't run alike
    return {};
  }

  // What is ours and not in our hands: the answer to its opening or its taking over was lost, or we had to doubt it.
  Result<std::vector<std::int64_t>> TakeBack() {
    auto ours = database_.Prepare("SELECT id, epoch FROM episodes WHERE owner = ? AND closed IS NULL FOR UPDATE");
    ours->Bind(holder_);
    std::vector<std::int64_t> stray;
    for (;;) {
      auto row = ours->Step();
      if (!row) return row.error();
      if (!*row) break;
      const auto held = held_.find(ours->Integer(0));
      if (held == held_.end() || held->second.epoch != ours->Integer(1)) stray.push_back(ours->Integer(0));
    }
    for (const std::int64_t id : stray) {
      auto raise = database_.Prepare("UPDATE episodes SET epoch = epoch + 1 WHERE id = ?");
      if (auto raised = raise->Bind(id).Run(); !raised) return raised.error();
    }
    return stray;
  }

  // The holder's row is locked with the episode's: it cannot extend its lease while we take over, nor we take over
  // while it extends.
  Result<void> TakeOver(std::vector<std::int64_t>& taken) {
    auto take = database_.Prepare(
        "WITH free AS MATERIALIZED (SELECT e.id FROM episodes e JOIN holders h ON h.id = e.owner WHERE e.closed IS "
        "NULL "
        "AND h.until < clock_timestamp() AND h.id <> ? FOR UPDATE SKIP LOCKED) UPDATE episodes SET owner = ?, epoch = "
        "epoch + 1 FROM free WHERE episodes.id = free.id RETURNING episodes.id");
    take->Bind(holder_).Bind(holder_);
    for (;;) {
      auto row = take->Step();
      if (!row) return row.error();
      if (!*row) return {};
      taken.push_back(take->Integer(0));
    }
  }

  Result<std::vector<Episode>> Read(const std::vector<std::int64_t>& ids) {
    std::vector<Episode> episodes;
    for (const std::int64_t id : ids) {
      Filter filter;
      filter.id = id;
      auto found = FindEpisodes(database_, filter);
      if (!found) return found.error();
      for (Episode& episode : *found) episodes.push_back(std::move(episode));
    }
    return episodes;
  }

  // What is left of our lease, if the episode is ours: one look at one moment.
  Result<Duration> AskForLease(const Episode& episode) {
    auto ask = database_.Prepare(
        "SELECT (extract(epoch FROM h.until - clock_timestamp()) * 1000000)::bigint FROM episodes e JOIN holders h ON "
        "h.id = e.owner WHERE e.id = ? AND e.epoch = ? AND e.owner = ? AND h.until > '-infinity'");
    auto row = ask->Bind(episode.id).Bind(episode.epoch).Bind(holder_).Step();
    if (!row) return row.error();
    if (!*row) return Lose(episode, "it is another's");
    Hold(episode);
    return Duration(std::chrono::microseconds(ask->Integer(0)));
  }

  Result<base::SteadyTime> CheckAlone(const Episode& episode) {
    const auto held = held_.find(episode.id);
    const bool ours = held != held_.end() && held->second.epoch == episode.epoch && held->second.lease == lease_number_;
    if (ours && Left() >= Margin()) return SteadyEnd();
    return Lose(episode, "the journal cannot be asked, and the lease may have ended");
  }

  void Hold(const Episode& episode) { held_[episode.id] = {episode.epoch, lease_number_}; }

  // Whoever is told so lets it go. If it is ours nevertheless, it is taken back.
  base::Error Lose(const Episode& episode, const std::string& why) {
    Lost(episode);
    return Fenced(episode, why);
  }

  // Who was asleep for days may have been forgotten.
  Result<void> BeforeAdmission() override {
    if (Left() > Duration::zero()) return {};
    auto ready = database_.Ready();
    return ready ? Extend() : ready;
  }
  Result<void> Admitting() override {
    auto locked = database_.Prepare(kLockAdmission)->Run();
    return locked ? Result<void>() : locked.error();
  }
  void Opened(const Episode& episode) override { Hold(episode); }
  Result<void> MaySave(const Episode& episode) override {
    const auto held = held_.find(episode.id);
    if (held != held_.end() && held->second.epoch == episode.epoch) return {};
    return Fenced(episode, "it is not in our hands");
  }
  void Saved(const Episode& episode) override {
    if (episode.closed) held_.erase(episode.id);
  }
  void Lost(const Episode& episode) override {
    const auto held = held_.find(episode.id);
    if (held != held_.end() && held->second.epoch == episode.epoch) held_.erase(held);
  }

  const std::string holder_;
  const Duration lease_;
  Duration lease_end_{};  // by Elapsed
  std::int64_t lease_number_ = 0;
  std::map<std::int64_t, Held> held_;
  std::unique_ptr<PostgresDatabase> owned_;
};

// One process at a time makes them.
Result<void> PrepareSchema(Database& database) {
  Transaction transaction(database);
  if (!transaction.begun()) return transaction.begun();
  if (auto locked = database.Prepare(kLockTables)->Run(); !locked) return locked.error();
  auto there = database.Prepare("SELECT to_regclass('schema_version') IS NOT NULL");
  auto asked = there->Step();
  if (!asked) return asked.error();
  if (there->Text(0) == "t") {
    auto read = database.Prepare("SELECT version FROM schema_version");
    auto row = read->Step();
    if (!row) return row.error();
    const std::int64_t version = *row ? read->Integer(0) : 0;
    if (version == kSchemaVersion) return {};
    return base::Error{base::ErrorCode::kUnsupported, "written by another version (" + std::to_string(version) + ")"};
  }
  const std::string tables =
      Tables(kPostgres) + kHolders + "INSERT INTO schema_version VALUES(" + std::to_string(kSchemaVersion) + ")";
  if (auto made = database.Execute(tables.c_str()); !made) return made;
  return transaction.Commit();
}

}  // namespace

base::Result<std::unique_ptr<Store>> OpenPostgres(const PostgresOptions& options) {
  if (auto sound = CheckConninfo(options.conninfo); !sound) return sound.error();
  const std::string holder = NewHolder();
  auto database = std::make_unique<PostgresDatabase>(options, "SET forewarn.holder = '" + holder + "'");
  if (auto ready = PrepareSchema(*database); !ready) return ready.error();
  auto journal = std::make_unique<PostgresJournal>(std::move(database), holder, options.lease);
  if (auto begun = journal->Begin(); !begun) return begun.error();
  return std::unique_ptr<Store>(std::move(journal));
}

}  // namespace forewarn::journal

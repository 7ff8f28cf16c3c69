// SPDX-License-Identifier: Apache-2.0
#include <limits>

#include "webhook/journal/records.h"
#include "webhook/journal/sql_store.h"
#include "webhook/journal/sqlite.h"

namespace forewarn::journal {
namespace {

constexpr Dialect kSqlite{.id = "INTEGER PRIMARY KEY",
                          .integer = "INTEGER",
                          .real = "REAL",
                          .strict = " STRICT",
                          .keyed = " STRICT, WITHOUT ROWID",
                          .of_holder = ""};

class SqliteJournal : public SqlStore {
 public:
  explicit SqliteJournal(std::unique_ptr<SqliteDatabase> database) : SqlStore(*database), owned_(std::move(database)) {}

  // All that is open is ours from the first time on; what we opened since then we hold already.
  base::Result<std::vector<Episode>> Claim() override {
    std::lock_guard lock(mutex_);
    if (claimed_) return std::vector<Episode>{};
    auto raised = database_.Execute("UPDATE episodes SET epoch = epoch + 1 WHERE closed IS NULL");
    if (!raised) return raised.error();
    Filter open;
    open.open = true;
    open.limit = std::numeric_limits<std::int32_t>::max();
    auto taken = FindEpisodes(database_, open);
    claimed_ = taken.ok();
    return taken;
  }

  // Nobody else can open the file, and undoing must go on when it is dead.
  base::Result<base::SteadyTime> Check(const Episode&) override { return base::SteadyTime::max(); }

 private:
  bool claimed_ = false;
  std::unique_ptr<SqliteDatabase> owned_;
};

base::Result<void> PrepareSchema(Database& database) {
  std::int64_t version = 0;
  {
    auto read = database.Prepare("PRAGMA user_version");
    auto row = read->Step();
    if (!row) return row.error();
    version = read->Integer(0);
  }
  if (version == kSchemaVersion) return {};
  if (version != 0) {
    return base::Error{base::ErrorCode::kUnsupported, "written by another version (" + std::to_string(version) + ")"};
  }
  Transaction transaction(database);
  if (!transaction.begun()) return transaction.begun();
  const std::string tables = Tables(kSqlite) + "PRAGMA user_version = " + std::to_string(kSchemaVersion);
  if (auto made = database.Execute(tables.c_str()); !made) return made;
  return transaction.Commit();
}

// The exclusive lock is taken by the first transaction and kept: a second process can't act on the same journal.
// After a failed sync the kernel may still show what the disk doesn't have: all of it is written and synced anew.
constexpr const char* kSetup =
    "PRAGMA locking_mode = EXCLUSIVE; PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA foreign_keys = ON;"
    "BEGIN EXCLUSIVE; COMMIT; PRAGMA wal_checkpoint(TRUNCATE);";

// https://www.sqlite.org/walformat.html: as long as the log grows before a checkpoint, of 1,000 pages.
constexpr int kLogBytes = 32 + 1000 * (24 + 4096);

}  // namespace

base::Result<std::unique_ptr<Store>> OpenSqlite(const std::string& path) {
  auto database = SqliteDatabase::Open(path);
  if (!database) return base::Error{database.error().code, path + ": " + database.error().message};
  auto ready = (*database)->Execute(kSetup);
  if (ready) ready = (*database)->ReserveLog(kLogBytes);
  if (ready) ready = PrepareSchema(**database);
  if (!ready) return base::Error{ready.error().code, path + ": " + ready.error().message};
  return std::unique_ptr<Store>(std::make_unique<SqliteJournal>(std::move(*database)));
}

}  // namespace forewarn::journal

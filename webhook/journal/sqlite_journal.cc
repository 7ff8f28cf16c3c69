// SPDX-License-Identifier: Apache-2.0
#include <mutex>

#include "webhook/journal/journal.h"
#include "webhook/journal/records.h"
#include "webhook/journal/sqlite.h"

namespace forewarn::journal {
namespace {

constexpr std::int64_t kSchemaVersion = 1;

constexpr const char* kSchema = R"(
CREATE TABLE episodes(
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  domain TEXT NOT NULL, uuid TEXT NOT NULL, hypervisor TEXT NOT NULL,
  fault TEXT NOT NULL, purpose TEXT NOT NULL, severity_level TEXT NOT NULL,
  fingerprint TEXT NOT NULL, starts_at INTEGER NOT NULL, alerted INTEGER NOT NULL,
  prediction TEXT NOT NULL,
  state TEXT NOT NULL, step INTEGER NOT NULL, baseline REAL, deadline INTEGER, expiry INTEGER,
  renewals INTEGER NOT NULL, outcome TEXT NOT NULL, reason TEXT NOT NULL, closed INTEGER) STRICT;
CREATE UNIQUE INDEX one_open_per_domain ON episodes(domain, fault, purpose) WHERE closed IS NULL;
CREATE UNIQUE INDEX one_open_per_uuid ON episodes(uuid, fault, purpose) WHERE closed IS NULL AND uuid <> '';
CREATE INDEX episodes_closed ON episodes(closed);
CREATE TABLE changes(
  episode INTEGER NOT NULL REFERENCES episodes(id), position INTEGER NOT NULL, step INTEGER NOT NULL,
  actuator TEXT NOT NULL, from_setting TEXT NOT NULL, to_setting TEXT NOT NULL,
  outcome TEXT NOT NULL, reason TEXT NOT NULL,
  intended INTEGER, applied INTEGER, verified INTEGER, reverted INTEGER,
  PRIMARY KEY(episode, position)) STRICT, WITHOUT ROWID;
CREATE TABLE resolutions(
  fingerprint TEXT PRIMARY KEY, starts_at INTEGER NOT NULL) STRICT, WITHOUT ROWID;
PRAGMA user_version = 1;
)";

class SqliteJournal : public Journal {
 public:
  explicit SqliteJournal(std::unique_ptr<Database> database) : database_(std::move(database)) {}

  base::Result<std::vector<Admission>> Admit(const std::vector<alerts::Alert>& alerts, base::WallTime now) override {
    std::lock_guard lock(mutex_);
    Transaction transaction(*database_);
    if (!transaction.begun()) return transaction.begun().error();
    std::vector<Admission> admissions;
    for (const alerts::Alert& alert : alerts) {
      auto admission = alert.status == alerts::Status::kFiring ? AdmitFiring(alert, now) : AdmitResolved(alert);
      if (!admission) return admission.error();
      admissions.push_back(std::move(*admission));
    }
    if (auto committed = transaction.Commit(); !committed) return committed.error();
    return admissions;
  }

  base::Result<void> Save(const Episode& episode) override {
    std::lock_guard lock(mutex_);
    Transaction transaction(*database_);
    if (!transaction.begun()) return transaction.begun().error();
    if (auto updated = UpdateEpisode(*database_, episode); !updated) return updated;
    for (std::size_t i = 0; i < episode.changes.size(); ++i) {
      if (auto put = PutChange(*database_, episode, i); !put) return put;
    }
    return transaction.Commit();
  }

  base::Result<std::vector<Episode>> Find(const Filter& filter) override {
    std::lock_guard lock(mutex_);
    return FindEpisodes(*database_, filter);
  }

  std::optional<std::string> Dead() const override {
    std::lock_guard lock(mutex_);
    return database_->dead();
  }

 private:
  base::Result<Admission> AdmitFiring(const alerts::Alert& alert, base::WallTime now) {
    Statement open(*database_,
                   "SELECT 1 FROM episodes WHERE domain = ? AND fault = ? AND purpose = ? AND closed IS NULL");
    auto is_open = open.Bind(alert.domain).Bind(alert.fault).Bind(alert.purpose).Step();
    if (!is_open) return is_open.error();
    if (*is_open) return Admission{Admitted::kDuplicate, {}};
    Statement later(*database_, "SELECT 1 FROM resolutions WHERE fingerprint = ? AND starts_at >= ?");
    auto overtaken = later.Bind(alert.fingerprint).Bind(std::optional(alert.starts_at)).Step();
    if (!overtaken) return overtaken.error();
    if (*overtaken) return Admission{Admitted::kLate, {}};
    Episode episode = EpisodeOf(alert, now);
    if (auto inserted = InsertEpisode(*database_, episode); !inserted) return inserted.error();
    return Admission{Admitted::kOpened, std::move(episode)};
  }

  base::Result<Admission> AdmitResolved(const alerts::Alert& alert) {
    Statement note(
        *database_,
        "INSERT INTO resolutions(fingerprint, starts_at) VALUES(?, ?) ON CONFLICT(fingerprint) DO UPDATE SET "
        "starts_at = max(starts_at, excluded.starts_at)");
    auto noted = note.Bind(alert.fingerprint).Bind(std::optional(alert.starts_at)).Run();
    if (!noted) return noted.error();
    return Admission{Admitted::kResolved, {}};
  }

  mutable std::mutex mutex_;
  std::unique_ptr<Database> database_;
};

base::Result<void> PrepareSchema(Database& database) {
  std::int64_t version = 0;
  {
    Statement read(database, "PRAGMA user_version");
    auto row = read.Step();
    if (!row) return row.error();
    version = read.Integer(0);
  }
  if (version == kSchemaVersion) return {};
  if (version != 0) {
    return base::Error{base::ErrorCode::kUnsupported, "written by another version (" + std::to_string(version) + ")"};
  }
  Transaction transaction(database);
  if (!transaction.begun()) return transaction.begun();
  if (auto made = database.Execute(kSchema); !made) return made;
  return transaction.Commit();
}

// The exclusive lock is taken by the first transaction and kept: a second process can't act on the same journal.
constexpr const char* kSetup =
    "PRAGMA locking_mode = EXCLUSIVE; PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA foreign_keys = ON;"
    "BEGIN EXCLUSIVE; COMMIT;";

}  // namespace

base::Result<std::unique_ptr<Journal>> OpenSqlite(const std::string& path) {
  auto database = Database::Open(path);
  if (!database) return base::Error{database.error().code, path + ": " + database.error().message};
  auto ready = (*database)->Execute(kSetup);
  if (ready) ready = PrepareSchema(**database);
  if (!ready) return base::Error{ready.error().code, path + ": " + ready.error().message};
  return std::unique_ptr<Journal>(std::make_unique<SqliteJournal>(std::move(*database)));
}

}  // namespace forewarn::journal

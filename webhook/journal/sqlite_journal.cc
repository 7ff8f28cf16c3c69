// SPDX-License-Identifier: Apache-2.0
#include <limits>
#include <mutex>

#include "webhook/journal/journal.h"
#include "webhook/journal/records.h"
#include "webhook/journal/sqlite.h"

namespace forewarn::journal {
namespace {

constexpr std::int64_t kSchemaVersion = 2;

constexpr const char* kSchema = R"(
CREATE TABLE episodes(
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  domain TEXT NOT NULL, uuid TEXT NOT NULL, hypervisor TEXT NOT NULL,
  fault TEXT NOT NULL, purpose TEXT NOT NULL, severity_level TEXT NOT NULL,
  fingerprint TEXT NOT NULL, starts_at INTEGER NOT NULL, alerted INTEGER NOT NULL,
  prediction TEXT NOT NULL,
  epoch INTEGER NOT NULL, state TEXT NOT NULL, approval TEXT NOT NULL, decided_by TEXT NOT NULL,
  control INTEGER NOT NULL, step INTEGER NOT NULL, baseline REAL, deadline INTEGER, expiry INTEGER,
  renewals INTEGER NOT NULL, outcome TEXT NOT NULL, reason TEXT NOT NULL, closed INTEGER,
  wish TEXT NOT NULL DEFAULT '', wished_by TEXT NOT NULL DEFAULT '') STRICT;
CREATE UNIQUE INDEX one_open_per_domain ON episodes(domain, fault, purpose) WHERE closed IS NULL;
CREATE UNIQUE INDEX one_open_per_uuid ON episodes(uuid, fault, purpose) WHERE closed IS NULL AND uuid <> '';
CREATE INDEX episodes_closed ON episodes(closed);
CREATE INDEX episodes_fingerprint ON episodes(fingerprint);
CREATE TABLE changes(
  episode INTEGER NOT NULL REFERENCES episodes(id), position INTEGER NOT NULL, step INTEGER NOT NULL,
  actuator TEXT NOT NULL, domain TEXT NOT NULL, uuid TEXT NOT NULL, hypervisor TEXT NOT NULL,
  from_setting TEXT NOT NULL, to_setting TEXT NOT NULL,
  outcome TEXT NOT NULL, reason TEXT NOT NULL,
  intended INTEGER, applied INTEGER, verified INTEGER, reverted INTEGER, lasting INTEGER NOT NULL,
  PRIMARY KEY(episode, position)) STRICT, WITHOUT ROWID;
CREATE INDEX changes_uuid ON changes(uuid);
CREATE INDEX changes_intended ON changes(intended);
CREATE TABLE resolutions(
  fingerprint TEXT PRIMARY KEY, starts_at INTEGER NOT NULL) STRICT, WITHOUT ROWID;
PRAGMA user_version = 2;
)";

class SqliteJournal : public Store {
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
    Statement shrink(*database_, "DELETE FROM changes WHERE episode = ? AND position >= ?");  // a plan was forgotten
    if (auto shrunk = shrink.Bind(episode.id).Bind(static_cast<std::int64_t>(episode.changes.size())).Run(); !shrunk) {
      return shrunk;
    }
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

  // All that is open is ours from the first time on; what we opened since then we hold already.
  base::Result<std::vector<Episode>> Claim() override {
    std::lock_guard lock(mutex_);
    if (claimed_) return std::vector<Episode>{};
    auto raised = database_->Execute("UPDATE episodes SET epoch = epoch + 1 WHERE closed IS NULL");
    if (!raised) return raised.error();
    Filter open;
    open.open = true;
    open.limit = std::numeric_limits<std::int32_t>::max();
    auto taken = FindEpisodes(*database_, open);
    claimed_ = taken.ok();
    return taken;
  }

  // Nobody else can open the file, and undoing must go on when it is dead.
  base::Result<void> Check(const Episode&) override { return {}; }

  base::Result<void> Ask(std::int64_t episode, Wish wish, const std::string& by) override {
    std::lock_guard lock(mutex_);
    Statement ask(*database_,
                  "UPDATE episodes SET (wish, wished_by) = (?, ?) WHERE id = ? AND closed IS NULL RETURNING id");
    auto found = ask.Bind(Name(wish)).Bind(by).Bind(episode).Step();
    if (!found) return found.error();
    if (!*found) return base::Error{base::ErrorCode::kNotFound, "no open episode " + std::to_string(episode)};
    if (auto done = ask.Step(); !done) return done.error();  // the statement commits at its end
    return {};
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
  bool claimed_ = false;
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

base::Result<std::unique_ptr<Store>> OpenSqlite(const std::string& path) {
  auto database = Database::Open(path);
  if (!database) return base::Error{database.error().code, path + ": " + database.error().message};
  auto ready = (*database)->Execute(kSetup);
  if (ready) ready = PrepareSchema(**database);
  if (!ready) return base::Error{ready.error().code, path + ": " + ready.error().message};
  return std::unique_ptr<Store>(std::make_unique<SqliteJournal>(std::move(*database)));
}

}  // namespace forewarn::journal

// SPDX-License-Identifier: Apache-2.0
#include "webhook/journal/sql_store.h"

#include "webhook/journal/records.h"

namespace forewarn::journal {

base::Error Fenced(const Episode& episode, const std::string& why) {
  return {base::ErrorCode::kConflict, std::string(kFenced) + ": episode " + std::to_string(episode.id) + ", epoch " +
                                          std::to_string(episode.epoch) + ": " + why};
}

base::Result<std::vector<Admission>> SqlStore::Admit(const std::vector<alerts::Alert>& alerts, base::WallTime now) {
  std::lock_guard lock(mutex_);
  if (auto ready = BeforeAdmission(); !ready) return ready.error();
  Transaction transaction(database_);
  if (!transaction.begun()) return transaction.begun().error();
  if (auto admitting = Admitting(); !admitting) return admitting.error();
  std::vector<Admission> admissions;
  for (const alerts::Alert& alert : alerts) {
    auto admission = AdmitOne(alert, now);
    if (!admission) return admission.error();
    admissions.push_back(std::move(*admission));
  }
  if (auto committed = transaction.Commit(); !committed) return committed.error();
  for (const Admission& admission : admissions) {
    if (admission.what == Admitted::kOpened) Opened(admission.episode);
  }
  return admissions;
}

base::Result<void> SqlStore::Save(const Episode& episode) {
  std::lock_guard lock(mutex_);
  if (auto may = MaySave(episode); !may) return may;
  Transaction transaction(database_);
  if (!transaction.begun()) return transaction.begun().error();
  auto updated = UpdateEpisode(database_, episode);
  if (!updated) return updated.error();
  if (!*updated) {
    Lost(episode);
    return Fenced(episode, "the journal has another epoch");
  }
  if (auto put = PutChanges(database_, episode); !put) return put;
  if (auto committed = transaction.Commit(); !committed) return committed;
  Saved(episode);
  return {};
}

base::Result<std::vector<Episode>> SqlStore::Find(const Filter& filter) {
  std::lock_guard lock(mutex_);
  if (auto ready = database_.Ready(); !ready) return ready.error();
  return FindEpisodes(database_, filter);
}

base::Result<void> SqlStore::Ask(std::int64_t episode, Wish wish, const std::string& by) {
  std::lock_guard lock(mutex_);
  if (auto ready = database_.Ready(); !ready) return ready;
  auto ask =
      database_.Prepare("UPDATE episodes SET (wish, wished_by) = (?, ?) WHERE id = ? AND closed IS NULL RETURNING id");
  auto found = ask->Bind(Name(wish)).Bind(by).Bind(episode).Run();
  if (!found) return found.error();
  if (!*found) return base::Error{base::ErrorCode::kNotFound, "no open episode " + std::to_string(episode)};
  return {};
}

std::optional<std::string> SqlStore::Dead() const {
  std::lock_guard lock(mutex_);
  return database_.Dead();
}

base::Result<Admission> SqlStore::AdmitOne(const alerts::Alert& alert, base::WallTime now) {
  return alert.status == alerts::Status::kFiring ? AdmitFiring(alert, now) : AdmitResolved(alert);
}

base::Result<Admission> SqlStore::AdmitFiring(const alerts::Alert& alert, base::WallTime now) {
  auto known = database_.Prepare(
      "SELECT CASE WHEN EXISTS(SELECT 1 FROM episodes WHERE domain = ? AND fault = ? AND purpose = ? AND closed IS "
      "NULL) "
      "THEN 'open' WHEN EXISTS(SELECT 1 FROM resolutions WHERE fingerprint = ? AND starts_at >= ?) THEN 'over' "
      "ELSE '' END");
  known->Bind(alert.domain).Bind(alert.fault).Bind(alert.purpose);
  auto row = known->Bind(alert.fingerprint).Bind(std::optional(alert.starts_at)).Step();
  if (!row) return row.error();
  if (known->Text(0) == "open") return Admission{Admitted::kDuplicate, {}};
  if (known->Text(0) == "over") return Admission{Admitted::kLate, {}};
  Episode episode = EpisodeOf(alert, now);
  if (auto inserted = InsertEpisode(database_, episode); !inserted) return inserted.error();
  return Admission{Admitted::kOpened, std::move(episode)};
}

base::Result<Admission> SqlStore::AdmitResolved(const alerts::Alert& alert) {
  auto note = database_.Prepare(
      "INSERT INTO resolutions(fingerprint, starts_at) VALUES(?, ?) ON CONFLICT(fingerprint) DO UPDATE SET "
      "starts_at = excluded.starts_at WHERE excluded.starts_at > resolutions.starts_at");
  auto noted = note->Bind(alert.fingerprint).Bind(std::optional(alert.starts_at)).Run();
  if (!noted) return noted.error();
  return Admission{Admitted::kResolved, {}};
}

}  // namespace forewarn::journal

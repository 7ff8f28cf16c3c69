// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <mutex>
#include <string>
#include <vector>

#include "webhook/journal/database.h"
#include "webhook/journal/journal.h"

namespace forewarn::journal {

// How a database spells what the tables need.
struct Dialect {
  const char* id;         // of a key that grows by itself
  const char* integer;    // 64 bits
  const char* real;       // 64 bits
  const char* strict;     // behind a table
  const char* keyed;      // behind a table that is read by its key
  const char* of_holder;  // the column of an episode's holder, where there are several
};
inline constexpr std::int64_t kSchemaVersion = 3;
std::string Tables(const Dialect& dialect);

base::Error Fenced(const Episode& episode, const std::string& why);

// What is the same in every database; who holds what is not. Statements run one at a time.
class SqlStore : public Store {
 public:
  base::Result<std::vector<Admission>> Admit(const std::vector<alerts::Alert>& alerts, base::WallTime now) final;
  base::Result<void> Save(const Episode& episode) final;
  base::Result<std::vector<Episode>> Find(const Filter& filter) final;
  base::Result<void> Ask(std::int64_t episode, Wish wish, const std::string& by) final;
  std::optional<std::string> Dead() const final;

 protected:
  explicit SqlStore(Database& database) : database_(database) {}
  // With the mutex held.
  virtual base::Result<void> BeforeAdmission() { return {}; }
  virtual base::Result<void> Admitting() { return {}; }  // first in its transaction
  virtual void Opened(const Episode&) {}                 // durable now
  virtual base::Result<void> MaySave(const Episode&) { return {}; }
  virtual void Saved(const Episode&) {}
  virtual void Lost(const Episode&) {}  // it is another's

  mutable std::mutex mutex_;
  Database& database_;

 private:
  base::Result<Admission> AdmitOne(const alerts::Alert& alert, base::WallTime now);
  base::Result<Admission> AdmitFiring(const alerts::Alert& alert, base::WallTime now);
  base::Result<Admission> AdmitResolved(const alerts::Alert& alert);
};

}  // namespace forewarn::journal

// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <sqlite3.h>

#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "webhook/journal/database.h"

// SQLite's C interface (https://www.sqlite.org/cintro.html) with results and owners.
namespace forewarn::journal {

struct CloseDatabase {
  void operator()(sqlite3* database) const { sqlite3_close_v2(database); }
};

struct FinalizeStatement {
  void operator()(sqlite3_stmt* statement) const { sqlite3_finalize(statement); }
};
using StatementHandle = std::unique_ptr<sqlite3_stmt, FinalizeStatement>;

// Used by one thread at a time.
class SqliteDatabase : public Database {
 public:
  static base::Result<std::unique_ptr<SqliteDatabase>> Open(const std::string& path);
  std::unique_ptr<Statement> Prepare(std::string_view sql) override;
  base::Result<void> Execute(const char* sql) override;
  base::Result<void> Begin() override { return Again("BEGIN IMMEDIATE"); }
  base::Result<void> Commit() override { return Again("COMMIT"); }
  std::optional<std::string> Dead() const override { return dead_; }
  // Makes an empty write-ahead log so long beforehand: a commit then allocates nothing and changes no inode. A full
  // disk does without, and a log that holds anything stays as it is.
  base::Result<void> ReserveLog(int bytes);
  // The error of a call; one that leaves the file in doubt makes the database dead for good.
  base::Error Fail(int code);
  // Of a statement that is over: the next one of the same text needs no planning.
  void Keep(StatementHandle statement);

 private:
  explicit SqliteDatabase(sqlite3* handle) : handle_(handle) {}
  base::Result<void> Again(const char* sql);  // one statement, planned once
  std::unique_ptr<sqlite3, CloseDatabase> handle_;
  std::map<std::string, std::vector<StatementHandle>, std::less<>> idle_;  // by their text
  std::optional<std::string> dead_;
};

}  // namespace forewarn::journal

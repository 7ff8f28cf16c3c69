// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <sqlite3.h>

#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "common/base/clock.h"
#include "common/base/result.h"

// SQLite's C interface (https://www.sqlite.org/cintro.html) with results and owners.
namespace forewarn::journal {

struct CloseDatabase {
  void operator()(sqlite3* database) const { sqlite3_close_v2(database); }
};
struct FinalizeStatement {
  void operator()(sqlite3_stmt* statement) const { sqlite3_finalize(statement); }
};

class Database;

// One statement with its values bound in order. A first error stays and is what the next Step returns.
class Statement {
 public:
  Statement(Database& database, std::string_view sql);
  Statement& Bind(std::string_view text);
  Statement& Bind(std::int64_t number);
  Statement& Bind(std::optional<double> number);
  Statement& Bind(std::optional<base::WallTime> time);  // microseconds since the epoch

  base::Result<bool> Step();  // whether there is a row
  base::Result<void> Run();   // a statement without rows

  std::string Text(int column) const;
  std::int64_t Integer(int column) const { return sqlite3_column_int64(statement_.get(), column); }
  std::optional<double> Number(int column) const;
  std::optional<base::WallTime> Time(int column) const;

 private:
  void Note(int code);

  Database& database_;
  std::unique_ptr<sqlite3_stmt, FinalizeStatement> statement_;
  int bound_ = 0;
  int error_ = SQLITE_OK;
};

class Database {
 public:
  static base::Result<std::unique_ptr<Database>> Open(const std::string& path);
  base::Result<void> Execute(const char* sql);
  std::int64_t LastId() const { return sqlite3_last_insert_rowid(handle_.get()); }
  // The error of a call; one that leaves the file in doubt makes the database dead for good.
  base::Error Fail(int code);
  const std::optional<std::string>& dead() const { return dead_; }

 private:
  friend class Statement;
  explicit Database(sqlite3* handle) : handle_(handle) {}
  std::unique_ptr<sqlite3, CloseDatabase> handle_;
  std::optional<std::string> dead_;
};

// BEGIN IMMEDIATE … COMMIT; rolled back unless committed.
class Transaction {
 public:
  explicit Transaction(Database& database) : database_(database), begun_(database.Execute("BEGIN IMMEDIATE")) {}
  ~Transaction();
  Transaction(const Transaction&) = delete;
  Transaction& operator=(const Transaction&) = delete;
  const base::Result<void>& begun() const { return begun_; }
  base::Result<void> Commit();

 private:
  Database& database_;
  base::Result<void> begun_;
  bool done_ = false;
};

}  // namespace forewarn::journal

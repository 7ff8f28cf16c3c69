// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "common/base/clock.h"
#include "common/base/result.h"

// What the journal needs of a database, whichever it is.
namespace forewarn::journal {

// One statement with its values bound in order, a `?` for each. A first error stays and is what the next Step returns.
class Statement {
 public:
  virtual ~Statement() = default;
  virtual Statement& Bind(std::string_view text) = 0;
  virtual Statement& Bind(std::int64_t number) = 0;
  virtual Statement& Bind(std::optional<double> number) = 0;
  Statement& Bind(std::optional<base::WallTime> time);  // microseconds since the epoch

  virtual base::Result<bool> Step() = 0;  // whether there is a row
  base::Result<bool> Run();               // to its end; whether there was a row

  virtual bool Null(int column) const = 0;
  virtual std::string Text(int column) const = 0;
  virtual std::int64_t Integer(int column) const = 0;
  virtual double Real(int column) const = 0;
  std::optional<double> Number(int column) const;
  std::optional<base::WallTime> Time(int column) const;

 protected:
  virtual Statement& BindNull() = 0;
};

class Database {
 public:
  virtual ~Database() = default;
  // To be called before a transaction, or a statement outside of one.
  virtual base::Result<void> Ready() { return {}; }
  virtual std::unique_ptr<Statement> Prepare(std::string_view sql) = 0;
  virtual base::Result<void> Execute(const char* sql) = 0;         // one or several, without values and rows
  virtual base::Result<void> Begin() { return Execute("BEGIN"); }  // of a transaction that writes
  virtual base::Result<void> Commit() { return Execute("COMMIT"); }
  virtual std::optional<std::string> Dead() const = 0;  // why nothing can be asked
};

// Rolled back unless committed.
class Transaction {
 public:
  explicit Transaction(Database& database) : database_(database), begun_(Begin(database)) {}
  ~Transaction();
  Transaction(const Transaction&) = delete;
  Transaction& operator=(const Transaction&) = delete;
  const base::Result<void>& begun() const { return begun_; }
  base::Result<void> Commit();

 private:
  static base::Result<void> Begin(Database& database);
  Database& database_;
  base::Result<void> begun_;
  bool done_ = false;
};

}  // namespace forewarn::journal

// SPDX-License-Identifier: Apache-2.0
#include "webhook/journal/sqlite.h"

#include <array>

namespace forewarn::journal {
namespace {

base::ErrorCode CodeOf(int code) {
  switch (code & 0xff) {
    case SQLITE_CONSTRAINT:
    case SQLITE_BUSY:
    case SQLITE_LOCKED:
      return base::ErrorCode::kConflict;
    case SQLITE_MISUSE:
    case SQLITE_ERROR:
    case SQLITE_RANGE:
      return base::ErrorCode::kInternal;
    default:
      return base::ErrorCode::kUnavailable;
  }
}

class SqliteStatement : public Statement {
 public:
  SqliteStatement(SqliteDatabase& database, StatementHandle statement, int error)
      : database_(database), statement_(std::move(statement)), error_(error) {}
  ~SqliteStatement() override {
    if (statement_ && error_ == SQLITE_OK) database_.Keep(std::move(statement_));
  }
  SqliteStatement(const SqliteStatement&) = delete;
  SqliteStatement& operator=(const SqliteStatement&) = delete;

  Statement& Bind(std::string_view text) override {
    return Note(sqlite3_bind_text64(handle(), ++bound_, text.data(), text.size(), SQLITE_TRANSIENT, SQLITE_UTF8));
  }
  Statement& Bind(std::int64_t number) override { return Note(sqlite3_bind_int64(handle(), ++bound_, number)); }
  Statement& Bind(std::optional<double> number) override {
    if (!number) return BindNull();
    return Note(sqlite3_bind_double(handle(), ++bound_, *number));
  }

  base::Result<bool> Step() override {
    if (auto dead = database_.Dead()) return base::Error{base::ErrorCode::kUnavailable, *dead};
    if (error_ != SQLITE_OK) return database_.Fail(error_);
    const int code = sqlite3_step(handle());
    if (code == SQLITE_ROW) return true;
    if (code == SQLITE_DONE) return false;
    return database_.Fail(code);
  }

  bool Null(int column) const override { return sqlite3_column_type(handle(), column) == SQLITE_NULL; }
  std::string Text(int column) const override {
    const unsigned char* text = sqlite3_column_text(handle(), column);
    if (text == nullptr) return {};
    return std::string(text, text + sqlite3_column_bytes(handle(), column));
  }
  std::int64_t Integer(int column) const override { return sqlite3_column_int64(handle(), column); }
  double Real(int column) const override { return sqlite3_column_double(handle(), column); }

 private:
  Statement& BindNull() override { return Note(sqlite3_bind_null(handle(), ++bound_)); }
  Statement& Note(int code) {
    if (error_ == SQLITE_OK) error_ = code;
    return *this;
  }
  sqlite3_stmt* handle() const { return statement_.get(); }

  SqliteDatabase& database_;
  StatementHandle statement_;
  int bound_ = 0;
  int error_;
};

}  // namespace

base::Result<std::unique_ptr<SqliteDatabase>> SqliteDatabase::Open(const std::string& path) {
  sqlite3* handle = nullptr;
  const int code =
      sqlite3_open_v2(path.c_str(), &handle, SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE | SQLITE_OPEN_NOMUTEX, nullptr);
  auto database = std::unique_ptr<SqliteDatabase>(new SqliteDatabase(handle));
  if (code != SQLITE_OK) return database->Fail(code);
  sqlite3_extended_result_codes(handle, 1);
  return database;
}

base::Result<void> SqliteDatabase::Execute(const char* sql) {
  if (dead_) return base::Error{base::ErrorCode::kUnavailable, *dead_};
  const int code = sqlite3_exec(handle_.get(), sql, nullptr, nullptr, nullptr);
  if (code != SQLITE_OK) return Fail(code);
  return {};
}

base::Result<void> SqliteDatabase::Again(const char* sql) {
  auto done = Prepare(sql)->Run();
  return done ? base::Result<void>() : done.error();
}

// https://www.sqlite.org/c3ref/c_fcntl_begin_atomic_write.html#sqlitefcntljournalpointer
base::Result<void> SqliteDatabase::ReserveLog(int bytes) {
  sqlite3_file* log = nullptr;
  int code = sqlite3_file_control(handle_.get(), "main", SQLITE_FCNTL_JOURNAL_POINTER, &log);
  if (code != SQLITE_OK || log == nullptr || log->pMethods == nullptr) return Fail(SQLITE_MISUSE);
  sqlite3_int64 used = 0;
  if (code = log->pMethods->xFileSize(log, &used); code != SQLITE_OK) return Fail(code);
  if (used > 0) return {};                   // what is there may be nowhere else yet
  const std::array<char, 64 << 10> zeros{};  // no frame begins so: nothing of it is read. Larger writes are cut short
  for (int at = 0; at < bytes && code == SQLITE_OK; at += static_cast<int>(zeros.size())) {
    code = log->pMethods->xWrite(log, zeros.data(), static_cast<int>(zeros.size()), at);
  }
  if (code == SQLITE_OK) code = log->pMethods->xSync(log, SQLITE_SYNC_NORMAL);
  if (code != SQLITE_OK && code != SQLITE_FULL) return Fail(code);
  return {};
}

base::Error SqliteDatabase::Fail(int code) {
  const base::ErrorCode kind = CodeOf(code);
  std::string message = std::string("the journal: ") + (handle_ ? sqlite3_errmsg(handle_.get()) : "out of memory");
  if (kind == base::ErrorCode::kUnavailable && !dead_) dead_ = message;
  return {kind, std::move(message)};
}

std::unique_ptr<Statement> SqliteDatabase::Prepare(std::string_view sql) {
  if (auto idle = idle_.find(sql); idle != idle_.end() && !idle->second.empty()) {
    StatementHandle again = std::move(idle->second.back());
    idle->second.pop_back();
    return std::make_unique<SqliteStatement>(*this, std::move(again), SQLITE_OK);
  }
  sqlite3_stmt* statement = nullptr;
  const int code = sqlite3_prepare_v3(handle_.get(), sql.data(), static_cast<int>(sql.size()),
                                      SQLITE_PREPARE_PERSISTENT, &statement, nullptr);
  return std::make_unique<SqliteStatement>(*this, StatementHandle(statement), code);
}

// Reset at once: one that still stands at a row would hold a transaction open.
void SqliteDatabase::Keep(StatementHandle statement) {
  sqlite3_reset(statement.get());
  sqlite3_clear_bindings(statement.get());
  idle_[sqlite3_sql(statement.get())].push_back(std::move(statement));
}

}  // namespace forewarn::journal

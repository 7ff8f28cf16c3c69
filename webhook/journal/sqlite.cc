// SPDX-License-Identifier: Apache-2.0
#include "webhook/journal/sqlite.h"

#include <chrono>

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

}  // namespace

base::Result<std::unique_ptr<Database>> Database::Open(const std::string& path) {
  sqlite3* handle = nullptr;
  const int code = sqlite3_open_v2(path.c_str(), &handle,
                                   SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE | SQLITE_OPEN_FULLMUTEX, nullptr);
  auto database = std::unique_ptr<Database>(new Database(handle));
  if (code != SQLITE_OK) return database->Fail(code);
  sqlite3_extended_result_codes(handle, 1);
  return database;
}

base::Result<void> Database::Execute(const char* sql) {
  if (dead_) return base::Error{base::ErrorCode::kUnavailable, *dead_};
  const int code = sqlite3_exec(handle_.get(), sql, nullptr, nullptr, nullptr);
  if (code != SQLITE_OK) return Fail(code);
  return {};
}

base::Error Database::Fail(int code) {
  const base::ErrorCode kind = CodeOf(code);
  std::string message = std::string("the journal: ") + (handle_ ? sqlite3_errmsg(handle_.get()) : "out of memory");
  if (kind == base::ErrorCode::kUnavailable && !dead_) dead_ = message;
  return {kind, std::move(message)};
}

Transaction::~Transaction() {
  if (begun_ && !done_ && !database_.dead()) static_cast<void>(database_.Execute("ROLLBACK"));
}

base::Result<void> Transaction::Commit() {
  auto committed = database_.Execute("COMMIT");
  done_ = committed.ok();
  return committed;
}

Statement::Statement(Database& database, std::string_view sql) : database_(database) {
  sqlite3_stmt* statement = nullptr;
  Note(sqlite3_prepare_v2(database.handle_.get(), sql.data(), static_cast<int>(sql.size()), &statement, nullptr));
  statement_.reset(statement);
}

void Statement::Note(int code) {
  if (error_ == SQLITE_OK) error_ = code;
}

Statement& Statement::Bind(std::string_view text) {
  Note(sqlite3_bind_text64(statement_.get(), ++bound_, text.data(), text.size(), SQLITE_TRANSIENT, SQLITE_UTF8));
  return *this;
}

Statement& Statement::Bind(std::int64_t number) {
  Note(sqlite3_bind_int64(statement_.get(), ++bound_, number));
  return *this;
}

Statement& Statement::Bind(std::optional<double> number) {
  ++bound_;
  Note(number ? sqlite3_bind_double(statement_.get(), bound_, *number) : sqlite3_bind_null(statement_.get(), bound_));
  return *this;
}

Statement& Statement::Bind(std::optional<base::WallTime> time) {
  using std::chrono::microseconds;
  ++bound_;
  Note(time ? sqlite3_bind_int64(statement_.get(), bound_,
                                 std::chrono::duration_cast<microseconds>(time->time_since_epoch()).count())
            : sqlite3_bind_null(statement_.get(), bound_));
  return *this;
}

base::Result<bool> Statement::Step() {
  if (database_.dead()) return base::Error{base::ErrorCode::kUnavailable, *database_.dead()};
  if (error_ != SQLITE_OK) return database_.Fail(error_);
  const int code = sqlite3_step(statement_.get());
  if (code == SQLITE_ROW) return true;
  if (code == SQLITE_DONE) return false;
  return database_.Fail(code);
}

base::Result<void> Statement::Run() {
  auto stepped = Step();
  if (!stepped) return stepped.error();
  return {};
}

std::string Statement::Text(int column) const {
  const unsigned char* text = sqlite3_column_text(statement_.get(), column);
  if (text == nullptr) return {};
  return std::string(text, text + sqlite3_column_bytes(statement_.get(), column));
}

std::optional<double> Statement::Number(int column) const {
  if (sqlite3_column_type(statement_.get(), column) == SQLITE_NULL) return std::nullopt;
  return sqlite3_column_double(statement_.get(), column);
}

std::optional<base::WallTime> Statement::Time(int column) const {
  if (sqlite3_column_type(statement_.get(), column) == SQLITE_NULL) return std::nullopt;
  return base::WallTime(std::chrono::microseconds(Integer(column)));
}

}  // namespace forewarn::journal

// SPDX-License-Identifier: Apache-2.0
#include "webhook/journal/postgres.h"

#include <libpq-fe.h>
#include <poll.h>

#include <algorithm>
#include <array>
#include <random>

#include "common/config/password.h"

namespace forewarn::journal {
namespace {

using base::Error;
using base::ErrorCode;

constexpr std::string_view kReadOnly = "25006";
constexpr base::Duration kShortestCall = std::chrono::milliseconds(250), kLongestCall = std::chrono::seconds(5);
constexpr base::Duration kFirstRetry = std::chrono::milliseconds(50), kLastRetry = std::chrono::seconds(2);

// The server would call a COMMIT done whose waiting for a synchronous standby its own timeout has ended.
constexpr const char* kCommit = "SET LOCAL statement_timeout = 0; COMMIT";

// libpq's messages have several lines, of which the first says what it is.
std::string FirstLine(const char* text) {
  const std::string_view all = text == nullptr ? "" : text;
  return std::string(all.substr(0, all.find('\n')));
}

// https://www.postgresql.org/docs/15/errcodes-appendix.html
ErrorCode CodeOf(std::string_view state) {
  for (const char* conflict : {"23505", "40001", "40P01"}) {
    if (state == conflict) return ErrorCode::kConflict;
  }
  for (const char* defect : {"22", "23", "42", "0A"}) {
    if (state.starts_with(defect)) return ErrorCode::kInternal;
  }
  return ErrorCode::kUnavailable;
}

// `?` in their order become $1, $2, …
std::string Numbered(std::string_view sql) {
  std::string out;
  int place = 0;
  for (const char c : sql) {
    if (c == '?') {
      out += '$' + std::to_string(++place);
    } else {
      out += c;
    }
  }
  return out;
}

class PostgresStatement : public Statement {
 public:
  PostgresStatement(PostgresDatabase& database, std::string sql) : database_(database), sql_(std::move(sql)) {}

  // PostgreSQL's texts have no zero bytes.
  Statement& Bind(std::string_view text) override {
    std::string value(text);
    std::replace(value.begin(), value.end(), '\0', ' ');
    return Add(std::move(value));
  }
  Statement& Bind(std::int64_t number) override { return Add(std::to_string(number)); }
  Statement& Bind(std::optional<double> number) override {
    if (!number) return BindNull();
    std::array<char, 40> digits{};
    std::snprintf(digits.data(), digits.size(), "%.17g", *number);
    return Add(digits.data());
  }

  base::Result<bool> Step() override {
    if (!result_) {
      auto answer = database_.Ask(sql_, values_);
      if (!answer) return answer.error();
      result_ = std::move(*answer);
    }
    return ++row_ < PQntuples(result_.get());
  }

  bool Null(int column) const override { return PQgetisnull(result_.get(), row_, column) != 0; }
  std::string Text(int column) const override { return PQgetvalue(result_.get(), row_, column); }
  std::int64_t Integer(int column) const override { return std::strtoll(Cell(column), nullptr, 10); }
  double Real(int column) const override { return std::strtod(Cell(column), nullptr); }

 private:
  Statement& BindNull() override {
    values_.emplace_back();
    return *this;
  }
  Statement& Add(std::string value) {
    values_.emplace_back(std::move(value));
    return *this;
  }
  const char* Cell(int column) const { return PQgetvalue(result_.get(), row_, column); }

  PostgresDatabase& database_;
  const std::string sql_;
  Values values_;
  PostgresResult result_;
  int row_ = -1;
};

}  // namespace

void ClosePostgres::operator()(pg_conn* connection) const { PQfinish(connection); }
void ClearResult::operator()(pg_result* result) const { PQclear(result); }

PostgresDatabase::PostgresDatabase(PostgresOptions options, std::string session)
    : options_(std::move(options)),
      session_(std::move(session)),
      call_(std::clamp<base::Duration>(options_.lease / 4, kShortestCall, kLongestCall)),
      backoff_(kFirstRetry, kLastRetry, std::random_device{}()) {}

std::optional<std::string> PostgresDatabase::Dead() const {
  if (connection_) return std::nullopt;
  return last_error_;
}

Error PostgresDatabase::Drop(Error error) {
  last_error_ = error.message;
  connection_.reset();
  next_try_ = base::SystemClock().Steady() + std::chrono::duration_cast<base::SteadyTime::duration>(backoff_.Next());
  return error;
}

Error PostgresDatabase::Away(const char* otherwise) {
  const std::string why = FirstLine(PQerrorMessage(connection_.get()));
  return {ErrorCode::kUnavailable, "the journal: " + (why.empty() ? otherwise : why)};
}

base::Result<void> PostgresDatabase::Await(short events, base::Deadline deadline) {
  for (;;) {
    const auto left = std::chrono::ceil<std::chrono::milliseconds>(deadline.Left()).count();
    if (left <= 0) return Error{ErrorCode::kTimeout, "the journal: no answer in time"};
    pollfd watched{PQsocket(connection_.get()), events, 0};
    if (watched.fd < 0) return Away("no connection");
    if (poll(&watched, 1, static_cast<int>(left)) > 0) return {};
  }
}

base::Result<void> PostgresDatabase::Handshake(base::Deadline deadline) {
  PostgresPollingStatusType next = PGRES_POLLING_WRITING;
  while (next != PGRES_POLLING_OK) {
    if (next == PGRES_POLLING_FAILED) return Away("cannot connect");
    auto ready = Await(next == PGRES_POLLING_READING ? POLLIN : POLLOUT, deadline);
    if (!ready) return Error{ErrorCode::kUnavailable, ready.error().message};
    next = PQconnectPoll(connection_.get());
  }
  return {};
}

// A server that has become a standby is of no use; another of the hosts may be. What comes later counts more.
base::Result<void> PostgresDatabase::Open() {
  auto password = config::ReadPassword(options_.password_file);
  if (!password) return password.error();
  const std::array<const char*, 5> keys{"target_session_attrs", "dbname", "application_name",
                                        password->empty() ? nullptr : "password", nullptr};
  const std::array<const char*, 5> values{"read-write", options_.conninfo.c_str(), "forewarn", password->c_str(),
                                          nullptr};
  connection_.reset(PQconnectStartParams(keys.data(), values.data(), /*expand_dbname=*/1));
  if (PQstatus(connection_.get()) == CONNECTION_BAD) return Away("cannot connect");
  if (auto opened = Handshake(base::Deadline::After(call_)); !opened) return opened;
  PQsetnonblocking(connection_.get(), 1);
  PQsetNoticeProcessor(
      connection_.get(), [](void*, const char*) {}, nullptr);
  return SetUp();
}

// What a process that was stopped has locked is free again before long.
base::Result<void> PostgresDatabase::SetUp() {
  const auto call = std::to_string(std::chrono::duration_cast<std::chrono::milliseconds>(call_).count() * 3 / 4);
  const std::string settings =
      "SET client_encoding = 'UTF8'; SET synchronous_commit = on; SET statement_timeout = " + call +
      "; SET lock_timeout = " + call + "; SET idle_in_transaction_session_timeout = " + call + "; " + session_;
  if (PQsendQuery(connection_.get(), settings.c_str()) == 0) return Away("cannot ask");
  auto set = Receive();
  return set ? base::Result<void>() : set.error();
}

// A server that has ended meanwhile has said so.
bool PostgresDatabase::Alive() {
  pollfd watched{PQsocket(connection_.get()), POLLIN, 0};
  if (watched.fd < 0) return false;
  if (poll(&watched, 1, 0) <= 0) return true;
  return PQconsumeInput(connection_.get()) != 0 && PQstatus(connection_.get()) == CONNECTION_OK;
}

base::Result<void> PostgresDatabase::Ready() {
  if (connection_ && Alive()) return {};
  connection_.reset();
  if (base::SystemClock().Steady() < next_try_) return Error{ErrorCode::kUnavailable, last_error_};
  prepared_.clear();
  standby_ = false;
  if (auto opened = Open(); !opened) return Drop(opened.error());
  backoff_.Reset();
  return {};
}

// To the end of the answers; the last one, or the first error.
base::Result<PostgresResult> PostgresDatabase::Receive() {
  const auto deadline = base::Deadline::After(call_);
  PostgresResult last;
  for (;;) {
    const int unsent = PQflush(connection_.get());
    if (unsent < 0) return Away("cannot send");
    if (unsent > 0 || PQisBusy(connection_.get()) != 0) {
      const auto events = static_cast<short>(unsent > 0 ? POLLIN | POLLOUT : POLLIN);
      if (auto ready = Await(events, deadline); !ready) return ready.error();
      if (PQconsumeInput(connection_.get()) == 0) return Away("connection lost");
      continue;
    }
    PostgresResult next(PQgetResult(connection_.get()));
    if (!next) break;
    const bool failed = last && PQresultStatus(last.get()) == PGRES_FATAL_ERROR;
    if (!failed) last = std::move(next);
  }
  if (!last) return Away("no answer");
  if (PQresultStatus(last.get()) == PGRES_FATAL_ERROR) return Refused(last.get());
  return last;
}

Error PostgresDatabase::Refused(const pg_result* result) {
  const char* state = PQresultErrorField(result, PG_DIAG_SQLSTATE);
  const std::string message = "the journal: " + FirstLine(PQresultErrorMessage(result));
  standby_ = state != nullptr && std::string_view(state) == kReadOnly;
  return {state == nullptr ? ErrorCode::kUnavailable : CodeOf(state), message};
}

base::Result<std::string> PostgresDatabase::NameOf(const std::string& sql) {
  if (auto known = prepared_.find(sql); known != prepared_.end()) return known->second;
  const std::string name = "s" + std::to_string(prepared_.size());
  if (PQsendPrepare(connection_.get(), name.c_str(), sql.c_str(), 0, nullptr) == 0) return Away("cannot ask");
  if (auto made = Receive(); !made) return made.error();
  return prepared_.emplace(sql, name).first->second;
}

base::Result<PostgresResult> PostgresDatabase::Ask(const std::string& sql, const Values& values) {
  if (!connection_) return Error{ErrorCode::kUnavailable, last_error_};
  std::vector<const char*> texts;
  for (const auto& value : values) texts.push_back(value ? value->c_str() : nullptr);
  auto answer = [&]() -> base::Result<PostgresResult> {
    auto name = NameOf(sql);
    if (!name) return name.error();
    if (PQsendQueryPrepared(connection_.get(), name->c_str(), static_cast<int>(texts.size()), texts.data(), nullptr,
                            nullptr, 0) == 0) {
      return Away("cannot ask");
    }
    return Receive();
  }();
  if (answer) return answer;
  return Failed(answer.error());
}

base::Result<void> PostgresDatabase::Execute(const char* sql) {
  if (!connection_) return Error{ErrorCode::kUnavailable, last_error_};
  const bool commit = std::string_view(sql) == "COMMIT";
  auto done = PQsendQuery(connection_.get(), commit ? kCommit : sql) == 0 ? Away("cannot ask") : Receive();
  if (done) return {};
  Error error = Failed(done.error());
  if (commit && !connection_) error.code = ErrorCode::kTimeout;
  return error;
}

Error PostgresDatabase::Failed(Error error) {
  const bool usable = PQstatus(connection_.get()) == CONNECTION_OK && error.code != ErrorCode::kTimeout && !standby_;
  return usable ? error : Drop(std::move(error));
}

std::unique_ptr<Statement> PostgresDatabase::Prepare(std::string_view sql) {
  return std::make_unique<PostgresStatement>(*this, Numbered(sql));
}

base::Result<void> CheckConninfo(const std::string& conninfo) {
  char* why = nullptr;
  PQconninfoOption* options = PQconninfoParse(conninfo.c_str(), &why);
  if (options == nullptr) {
    Error error{ErrorCode::kInvalid, "not a conninfo: " + FirstLine(why)};
    PQfreemem(why);
    return error;
  }
  bool secret = false;
  for (const PQconninfoOption* option = options; option->keyword != nullptr; ++option) {
    secret = secret || (option->val != nullptr && std::string_view(option->keyword) == "password");
  }
  PQconninfoFree(options);
  if (secret) return Error{ErrorCode::kInvalid, "a password belongs into password_file"};
  return {};
}

}  // namespace forewarn::journal

// SPDX-License-Identifier: Apache-2.0
#include "webhook/actuators/postgres.h"

#include <arpa/inet.h>
#include <libpq-fe.h>
#include <poll.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <map>
#include <string_view>

#include "common/config/password.h"

namespace forewarn::actuators {
namespace {

using base::Error;
using base::ErrorCode;

// libpq's messages have several lines, of which the first says what it is.
std::string FirstLine(const char* text) {
  const std::string_view all = text == nullptr ? "" : text;
  return std::string(all.substr(0, all.find('\n')));
}

Error Away(const PGconn* connection) {
  return {ErrorCode::kUnavailable, "postgresql: " + FirstLine(PQerrorMessage(connection))};
}

Error TooLate() { return {ErrorCode::kTimeout, "postgresql: no answer in time"}; }

bool IsAddress(const std::string& text) {
  std::array<unsigned char, sizeof(in6_addr)> address;
  return inet_pton(AF_INET, text.c_str(), address.data()) == 1 ||
         inet_pton(AF_INET6, text.c_str(), address.data()) == 1;
}

base::Result<std::map<std::string, std::string>> Parse(const std::string& conninfo) {
  char* why = nullptr;
  PQconninfoOption* options = PQconninfoParse(conninfo.c_str(), &why);
  if (options == nullptr) {
    Error error{ErrorCode::kInvalid, "not a conninfo: " + FirstLine(why)};
    PQfreemem(why);
    return error;
  }
  std::map<std::string, std::string> values;
  for (const PQconninfoOption* option = options; option->keyword != nullptr; ++option) {
    if (option->val != nullptr) values[option->keyword] = option->val;
  }
  PQconninfoFree(options);
  return values;
}

base::Result<void> Await(const PGconn* connection, short events, base::Deadline deadline) {
  for (;;) {
    const auto left = std::chrono::ceil<std::chrono::milliseconds>(deadline.Left()).count();
    if (left <= 0) return TooLate();
    pollfd watched{PQsocket(connection), events, 0};
    if (watched.fd < 0) return Away(connection);
    const int ready = poll(&watched, 1, static_cast<int>(std::min<std::int64_t>(left, 1000)));
    if (ready > 0) return {};
    if (ready < 0 && errno != EINTR) return Error{ErrorCode::kUnavailable, "postgresql: waiting failed"};
  }
}

PGconn* Begin(const PostgresLogin& login, const std::string& password) {
  // The first is expanded; what comes later counts more.
  const std::array<const char*, 4> keys{"dbname", "application_name", password.empty() ? nullptr : "password", nullptr};
  const std::array<const char*, 4> values{login.conninfo.c_str(), "forewarn", password.c_str(), nullptr};
  return PQconnectStartParams(keys.data(), values.data(), /*expand_dbname=*/1);
}

// `reached`: somebody accepted the connection, however it ended.
base::Result<void> Complete(PGconn* connection, base::Deadline deadline, bool& reached) {
  PostgresPollingStatusType next = PGRES_POLLING_WRITING;
  while (next != PGRES_POLLING_OK) {
    if (PQstatus(connection) == CONNECTION_BAD || next == PGRES_POLLING_FAILED) return Away(connection);
    if (auto ready = Await(connection, next == PGRES_POLLING_READING ? POLLIN : POLLOUT, deadline); !ready)
      return ready;
    next = PQconnectPoll(connection);
    const ConnStatusType status = PQstatus(connection);
    reached = reached || (status != CONNECTION_BAD && status != CONNECTION_STARTED && status != CONNECTION_NEEDED);
  }
  return {};
}

Error Refused(const PGresult* result) {
  constexpr std::string_view kCanceled = "57014", kNoRight = "42501";
  const char* state = PQresultErrorField(result, PG_DIAG_SQLSTATE);
  const std::string message = "postgresql: " + FirstLine(PQresultErrorMessage(result));
  if (state != nullptr && state == kCanceled) return {ErrorCode::kTimeout, message};
  if (state != nullptr && state == kNoRight) return {ErrorCode::kUnsupported, message};
  return {ErrorCode::kUnavailable, message};
}

}  // namespace

void Postgres::Finish::operator()(pg_conn* connection) const { PQfinish(connection); }

base::Result<void> CheckConninfo(const std::string& conninfo) {
  auto values = Parse(conninfo);
  if (!values) return values.error();
  for (const char* never : {"password", "passfile", "service"}) {
    if (values->contains(never)) return Error{ErrorCode::kInvalid, std::string("a conninfo here has no ") + never};
  }
  const std::string host = values->contains("hostaddr") ? (*values)["hostaddr"] : (*values)["host"];
  if (host.starts_with('/') || IsAddress(host)) return {};
  return Error{ErrorCode::kInvalid, "a conninfo needs one host: a numeric address, or a socket's folder"};
}

base::Result<Postgres> Postgres::Connect(const PostgresLogin& login, base::Deadline deadline) {
  if (auto sound = CheckConninfo(login.conninfo); !sound) return sound.error();
  auto password = config::ReadPassword(login.password_file);
  if (!password) return password.error();
  Postgres session(Handle(Begin(login, *password)));
  bool reached = false;
  if (auto connected = Complete(session.connection_.get(), deadline, reached); !connected) return connected.error();
  return session;
}

base::Result<std::string> Postgres::Ask(const std::string& sql, base::Deadline deadline) {
  const auto left = std::chrono::floor<std::chrono::milliseconds>(deadline.Left()).count();
  if (left <= 0) return TooLate();
  const std::string limit = std::to_string(std::min<std::int64_t>(left, 3600000));
  if (auto bounded = Command("SET statement_timeout = " + limit, deadline); !bounded) return bounded;
  return Command(sql, deadline);
}

base::Result<std::string> Postgres::Command(const std::string& sql, base::Deadline deadline) {
  if (PQsendQuery(connection_.get(), sql.c_str()) == 0) return Away(connection_.get());
  return Receive(deadline);
}

// All answers up to the end of the command; the first error counts.
base::Result<std::string> Postgres::Receive(base::Deadline deadline) {
  PGconn* connection = connection_.get();
  base::Result<std::string> answer = std::string();
  for (;;) {
    while (PQisBusy(connection) != 0) {
      if (auto ready = Await(connection, POLLIN, deadline); !ready) return ready.error();
      if (PQconsumeInput(connection) == 0) return Away(connection);
    }
    const std::unique_ptr<PGresult, void (*)(PGresult*)> result(PQgetResult(connection), PQclear);
    if (!result) return answer;
    const ExecStatusType status = PQresultStatus(result.get());
    if (status != PGRES_TUPLES_OK && status != PGRES_COMMAND_OK) {
      if (answer) answer = Refused(result.get());
    } else if (answer && PQntuples(result.get()) > 0) {
      answer = std::string(PQgetvalue(result.get(), 0, 0));
    }
  }
}

bool Answers(const PostgresLogin& login, base::Deadline deadline) {
  bool reached = false;
  const Postgres::Handle connection(Begin(login, ""));
  static_cast<void>(Complete(connection.get(), deadline, reached));
  return reached;
}

}  // namespace forewarn::actuators

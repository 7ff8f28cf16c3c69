// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "common/base/backoff.h"
#include "webhook/journal/database.h"
#include "webhook/journal/shared.h"

struct pg_conn;
struct pg_result;

// PostgreSQL by libpq without blocking (https://www.postgresql.org/docs/15/libpq-async.html).
namespace forewarn::journal {

struct ClosePostgres {
  void operator()(pg_conn* connection) const;
};
struct ClearResult {
  void operator()(pg_result* result) const;
};
using PostgresResult = std::unique_ptr<pg_result, ClearResult>;
using Values = std::vector<std::optional<std::string>>;

// One connection, made anew with backoff where it was lost, but never within a transaction. Not thread-safe.
// Errors: kUnavailable (nobody there, or refused for now), kTimeout (no answer to a COMMIT, or to a statement outside
// a transaction: whether it took effect is unknown), kConflict (unique violation, deadlock, serialization), kInternal
// (the statement is wrong).
class PostgresDatabase : public Database {
 public:
  // No call takes longer than a quarter of the lease. A transaction of a process that stands still for as long is
  // rolled back by the server. `session`: what is said first on each connection.
  PostgresDatabase(PostgresOptions options, std::string session);
  base::Result<void> Ready() override;  // connected
  std::unique_ptr<Statement> Prepare(std::string_view sql) override;
  base::Result<void> Execute(const char* sql) override;
  // The last error, as long as there is no connection.
  std::optional<std::string> Dead() const override;
  base::Result<PostgresResult> Ask(const std::string& sql, const Values& values);

 private:
  bool Alive();
  base::Result<void> Open();
  base::Result<void> Handshake(base::Deadline deadline);
  base::Result<void> SetUp();
  base::Result<std::string> NameOf(const std::string& sql);  // of the prepared statement
  base::Result<void> Await(short events, base::Deadline deadline);
  base::Result<PostgresResult> Receive();
  base::Error Refused(const pg_result* result);
  base::Error Failed(base::Error error);  // which may be the connection's end
  base::Error Drop(base::Error error);
  base::Error Away(const char* otherwise);

  const PostgresOptions options_;
  const std::string session_;
  const base::Duration call_;
  std::unique_ptr<pg_conn, ClosePostgres> connection_;
  std::map<std::string, std::string> prepared_;  // by text
  std::string last_error_ = "not connected";
  base::Backoff backoff_;
  base::SteadyTime next_try_;
  bool standby_ = false;  // what it has become
};

}  // namespace forewarn::journal

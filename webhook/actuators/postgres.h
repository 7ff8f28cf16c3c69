// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <string>

#include "common/base/clock.h"
#include "common/base/result.h"
#include "webhook/actuators/target_config.h"

struct pg_conn;

namespace forewarn::actuators {

// kInvalid with what is wrong: a conninfo has one host as a numeric address (host or hostaddr; a name's resolution has
// no deadline) or a socket's folder, no password (that is for password_file) and no service.
base::Result<void> CheckConninfo(const std::string& conninfo);

// One session with a PostgreSQL server (libpq, without blocking:
// https://www.postgresql.org/docs/15/libpq-async.html). Not thread-safe.
// Errors: kUnavailable (nobody there, or it refuses), kTimeout (whether it took effect is unknown; the session is of no
// further use), kUnsupported (the role may not), kInvalid (the login, or the answer).
class Postgres {
 public:
  static base::Result<Postgres> Connect(const PostgresLogin& login, base::Deadline deadline);
  // The first cell of the last command's answer; empty where it has none. The server gives up at the deadline, too.
  base::Result<std::string> Ask(const std::string& sql, base::Deadline deadline);

 private:
  struct Finish {
    void operator()(pg_conn* connection) const;
  };
  using Handle = std::unique_ptr<pg_conn, Finish>;
  friend bool Answers(const PostgresLogin& login, base::Deadline deadline);
  explicit Postgres(Handle connection) : connection_(std::move(connection)) {}
  base::Result<std::string> Command(const std::string& sql, base::Deadline deadline);
  base::Result<std::string> Receive(base::Deadline deadline);

  Handle connection_;
};

// Whether anybody accepts connections there, be it to refuse them: also a server that has hung.
bool Answers(const PostgresLogin& login, base::Deadline deadline);

}  // namespace forewarn::actuators

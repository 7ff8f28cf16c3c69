// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <memory>
#include <string>

#include "common/base/clock.h"
#include "webhook/journal/journal.h"

// The store that several processes share. Who works with episodes needs not know.
namespace forewarn::journal {

struct PostgresOptions {
  std::string conninfo;       // https://www.postgresql.org/docs/15/libpq-connect.html#LIBPQ-CONNSTRING
  std::string password_file;  // for its owner only; empty: none is needed
  base::Duration lease = std::chrono::seconds(10);
};
// kInvalid: it cannot be read, or has a password.
base::Result<void> CheckConninfo(const std::string& conninfo);

// Several processes on one PostgreSQL; tables are made where there are none. What a process opens or takes over is its
// own until its lease ends, by the database's clock; then any other may take it over. Its destructor ends the lease.
// - `Check` asks the database. Where that can't be asked, it agrees as long as the lease surely holds by the machine's
//   own clock (which counts while the machine sleeps, too), and only about what was ours in this very lease.
// - A failed call has changed nothing, but for kTimeout. A `Save` of which that is unknown may be repeated: it sets all
//   of the episode, behind the one before. What an `Admit` of unknown outcome, or a `Claim`, has made ours is handed
//   out by a later `Claim`, within a third of a lease of the database's return, like all that is ours but not in our
//   hands.
// - `Dead` says why there is no connection, as long as there is none. It is made again by the next call.
// As durable as the database: with synchronous_commit = on, and on a standby where the server says so.
base::Result<std::unique_ptr<Store>> OpenPostgres(const PostgresOptions& options);

}  // namespace forewarn::journal

// SPDX-License-Identifier: Apache-2.0
#include "webhook/journal/database.h"

#include <chrono>

namespace forewarn::journal {

Statement& Statement::Bind(std::optional<base::WallTime> time) {
  if (!time) return BindNull();
  return Bind(std::int64_t{std::chrono::duration_cast<std::chrono::microseconds>(time->time_since_epoch()).count()});
}

base::Result<bool> Statement::Run() {
  auto first = Step();
  if (!first || !*first) return first;
  for (;;) {
    auto next = Step();
    if (!next) return next;
    if (!*next) return true;
  }
}

std::optional<double> Statement::Number(int column) const {
  if (Null(column)) return std::nullopt;
  return Real(column);
}

std::optional<base::WallTime> Statement::Time(int column) const {
  if (Null(column)) return std::nullopt;
  return base::WallTime(std::chrono::microseconds(Integer(column)));
}

base::Result<void> Transaction::Begin(Database& database) {
  auto ready = database.Ready();
  return ready ? database.Begin() : ready;
}

Transaction::~Transaction() {
  if (begun_ && !done_ && !database_.Dead()) static_cast<void>(database_.Execute("ROLLBACK"));
}

base::Result<void> Transaction::Commit() {
  auto committed = database_.Commit();
  done_ = committed.ok();
  return committed;
}

}  // namespace forewarn::journal

// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <sys/types.h>

#include <memory>
#include <string>

#include "common/base/result.h"

namespace forewarn::fakes {

// A real PostgreSQL of our own on a socket in a private folder: unprivileged (as nobody where we are root), gone with
// its owner. The role forewarn is its superuser, without a password. Commits are synced to the disk, as they
// are in production.
class PrivatePostgres {
 public:
  // kUnavailable where this machine lacks what it takes; the message says what.
  static base::Result<std::unique_ptr<PrivatePostgres>> Start();
  // A copy of that one, which follows it by streaming replication until it is promoted.
  static base::Result<std::unique_ptr<PrivatePostgres>> Follow(const PrivatePostgres& primary);
  ~PrivatePostgres();
  PrivatePostgres(const PrivatePostgres&) = delete;
  PrivatePostgres& operator=(const PrivatePostgres&) = delete;

  std::string conninfo() const { return "host=" + directory_ + " user=forewarn dbname=postgres"; }
  // The first cell of the answer, over a connection of its own; within ten seconds.
  base::Result<std::string> Ask(const std::string& sql) const;

  void Stop();      // SIGSTOP to all its processes: a server that hangs
  void Continue();  // SIGCONT
  void Kill();      // all at once, as a loss of power would
  bool Killed() const { return pid_ <= 0; }
  base::Result<void> Restart();  // after Kill

 private:
  explicit PrivatePostgres(std::string directory) : directory_(std::move(directory)) {}
  static base::Result<std::unique_ptr<PrivatePostgres>> Folder();
  base::Result<void> Launch();

  const std::string directory_;
  pid_t pid_ = -1;
};

}  // namespace forewarn::fakes

// SPDX-License-Identifier: Apache-2.0
#include "webhook/guard/kill_switch.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <filesystem>

#include "webhook/guard/guard_rails.h"

namespace forewarn::guard {
namespace {

std::string FolderOf(const std::string& file) {
  const std::string folder = std::filesystem::path(file).parent_path();
  return folder.empty() ? "." : folder;
}

base::Error SystemError(const std::string& file) {
  return {base::ErrorCode::kUnavailable, file + ": " + std::strerror(errno)};
}

// A new or a removed name is durable only once its folder is.
base::Result<void> SyncFolder(const std::string& file) {
  const int folder = open(FolderOf(file).c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (folder < 0) return SystemError(file);
  const int synced = fsync(folder);
  const base::Error error = SystemError(file);
  close(folder);
  if (synced != 0) return error;
  return {};
}

}  // namespace

KillSwitch::State KillSwitch::Read() const {
  struct stat status {};
  if (lstat(file_.c_str(), &status) == 0) return {true, file_ + " exists"};
  if (errno != ENOENT) return {true, SystemError(file_).message};
  // A folder that is missing (not mounted?) says nothing about the file.
  if (access(FolderOf(file_).c_str(), R_OK | X_OK) != 0) return {true, SystemError(FolderOf(file_)).message};
  return {false, ""};
}

base::Result<void> KillSwitch::Engage() const {
  const int file = open(file_.c_str(), O_WRONLY | O_CREAT | O_CLOEXEC, 0644);
  if (file < 0) return SystemError(file_);
  close(file);
  return SyncFolder(file_);
}

base::Result<void> KillSwitch::Disengage() const {
  if (unlink(file_.c_str()) != 0 && errno != ENOENT) return SystemError(file_);
  return SyncFolder(file_);
}

std::optional<std::string> KillSwitchRefuses(const Question& question) {
  KillSwitch::State state = question.kill_switch.Read();
  if (!state.engaged) return std::nullopt;
  return std::move(state.why);
}

}  // namespace forewarn::guard

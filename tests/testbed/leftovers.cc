// SPDX-License-Identifier: Apache-2.0
#include "tests/testbed/leftovers.h"

#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <vector>

#include "tests/testbed/cgroups.h"

namespace forewarn::testbed {

namespace fs = std::filesystem;

namespace {

constexpr std::string_view kPrefix = "forewarn-";

pid_t ParentOf(const fs::path& process) {
  std::string line;
  std::getline(std::ifstream(process / "stat"), line);
  const std::size_t name_end = line.rfind(')');  // "PID (NAME) STATE PARENT …", and a name may hold anything
  return name_end == std::string::npos ? -1 : static_cast<pid_t>(std::atoi(line.c_str() + name_end + 4));
}

}  // namespace

std::string PrivateName(pid_t supervisor) { return std::string(kPrefix) + std::to_string(supervisor); }

bool RemovePrivate(const std::string& name) {
  std::error_code failed;
  const fs::path folder = fs::temp_directory_path() / name;
  fs::remove_all(folder, failed);
  return RemoveCgroups(name) && !fs::exists(folder);
}

void RemoveStale() {
  std::error_code ignored;
  std::vector<std::string> names = ListCgroups();
  for (const auto& entry : fs::directory_iterator(fs::temp_directory_path(), ignored))
    names.push_back(entry.path().filename());
  for (const std::string& name : names) {
    if (!name.starts_with(kPrefix)) continue;
    const int pid = std::atoi(name.c_str() + kPrefix.size());
    if (pid > 0 && PrivateName(pid) == name && kill(pid, 0) != 0 && errno == ESRCH) RemovePrivate(name);
  }
}

void KillChildren() {
  std::error_code ignored;
  while (waitpid(-1, nullptr, WNOHANG) >= 0) {
    for (const auto& entry : fs::directory_iterator("/proc", ignored)) {
      if (ParentOf(entry.path()) == getpid()) kill(std::atoi(entry.path().filename().c_str()), SIGKILL);
    }
    usleep(10'000);
  }
}

}  // namespace forewarn::testbed

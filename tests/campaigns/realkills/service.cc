// SPDX-License-Identifier: Apache-2.0
#include "tests/campaigns/realkills/service.h"

#include <signal.h>
#include <unistd.h>

#include <fstream>
#include <sstream>
#include <vector>

namespace forewarn::crash {

using base::Error;
using base::ErrorCode;

namespace {

constexpr uid_t kNobody = 65534;

std::vector<pid_t> ChildrenOf(pid_t parent) {
  std::ifstream file("/proc/" + std::to_string(parent) + "/task/" + std::to_string(parent) + "/children");
  std::vector<pid_t> children;
  for (pid_t child = 0; file >> child;) children.push_back(child);
  return children;
}

std::string NameOf(pid_t pid) {
  std::string name;
  std::getline(std::ifstream("/proc/" + std::to_string(pid) + "/comm") >> std::ws, name);
  return name;
}

}  // namespace

// In a PID namespace, so that no guest outlives us; its init is the shell that starts libvirtd again.
base::Result<void> Service::Start() {
  if (geteuid() != 0) return Error{ErrorCode::kUnavailable, "must be root to have a PID namespace"};
  for (const char* tool : {"libvirtd", "qemu-system-x86_64", "unshare", "setpriv", "virsh"}) {
    if (!testbed::RunCommand({"sh", "-c", std::string("command -v ") + tool})) {
      return Error{ErrorCode::kUnavailable, std::string("no ") + tool};
    }
  }
  if (chown(folder_.path().c_str(), kNobody, kNobody) != 0)
    return Error{ErrorCode::kUnavailable, "cannot give a folder"};
  std::string run = "exec env -i PATH=/usr/sbin:/usr/bin:/sbin:/bin";
  for (const char* name : {"HOME", "XDG_RUNTIME_DIR", "XDG_CONFIG_HOME", "XDG_CACHE_HOME", "XDG_DATA_HOME"}) {
    run += " " + std::string(name) + "=" + folder_.path();
  }
  run += " libvirtd -f /dev/null -p " + folder_.File("pid");
  auto started =
      testbed::Process::Start({.argv = {"unshare", "--pid", "--fork", "--kill-child", "--mount-proc", "setpriv",
                                        "--reuid=65534", "--regid=65534", "--clear-groups", "sh", "-c",
                                        "while :; do rm -f '" + socket() + "'; (" + run + ") >/dev/null 2>&1; done"}});
  if (!started) return started.error();
  process_.emplace(std::move(*started));
  if (testbed::WaitUntil(std::chrono::seconds(40), [this] { return Answers(); })) return {};
  return Error{ErrorCode::kUnavailable, "libvirtd is not ready in time"};
}

bool Service::Answers() const {
  return access(socket().c_str(), R_OK) == 0 && testbed::RunCommand({"virsh", "-q", "-c", uri(), "list"}).ok();
}

void Service::Kill() {
  for (const pid_t shell : ChildrenOf(process_->pid())) {
    for (const pid_t child : ChildrenOf(shell)) {
      if (NameOf(child) == "libvirtd") kill(child, SIGKILL);
    }
  }
}

}  // namespace forewarn::crash

// SPDX-License-Identifier: Apache-2.0
#include "tests/testbed/host.h"

#include <signal.h>

#include <filesystem>
#include <fstream>

#include "tests/testbed/bed.h"
#include "tests/testbed/libvirt.h"

namespace forewarn::testbed {

using base::Error;
using base::ErrorCode;
using base::Result;
namespace fs = std::filesystem;

namespace {

// libvirtd's folders are compiled in: each daemon sees its own in their place. $1 its folder, $2 its name, $3 the
// capability cache. Only the emulator that is used is in its PATH, since it asks each that it finds for seconds.
constexpr const char* kLaunch = R"(set -e
hostname "$2"
mkdir -p /run/libvirt
mount --bind "$1/etc" /etc/libvirt
mount --bind "$1/lib" /var/lib/libvirt
mount --bind "$1/run" /run/libvirt
mount --bind "$3" /var/cache/libvirt
mount --bind "$1/log" /var/log/libvirt
exec libvirtd -p "$1/run/libvirtd.pid"
)";

constexpr const char* kQemuConf = R"(security_driver = "none"
user = "root"
group = "root"
dynamic_ownership = 0
remember_owner = 0
stdio_handler = "file"
namespaces = []
max_core = 0
)";

constexpr const char* kLibvirtdConf = R"(unix_sock_rw_perms = "0700"
unix_sock_ro_perms = "0777"
auth_unix_ro = "none"
auth_unix_rw = "none"
log_outputs = "2:stderr"
)";

std::string Uuid() {
  std::string uuid;
  std::getline(std::ifstream("/proc/sys/kernel/random/uuid"), uuid);
  return uuid;
}

void WriteFolders(const fs::path& directory, const fs::path& cache) {
  for (const char* name : {"etc", "lib/images", "run", "log", "bin"}) fs::create_directories(directory / name);
  fs::create_directories(cache);
  fs::copy("/etc/libvirt", directory / "etc",
           fs::copy_options::recursive | fs::copy_options::skip_existing | fs::copy_options::copy_symlinks);
  fs::remove_all(directory / "etc/qemu/networks/autostart");  // they need dnsmasq
  std::ofstream(directory / "etc/qemu.conf") << kQemuConf;
  std::ofstream(directory / "etc/libvirtd.conf") << kLibvirtdConf << "host_uuid = \"" << Uuid() << "\"\n";
}

}  // namespace

std::string Host::dir() const { return std::string(Bed::kRunDir) + "/hosts/" + name_; }
std::string Host::uri() const { return "qemu+unix:///system?socket=" + dir() + "/run/libvirt-sock"; }
std::string Host::read_only_uri() const { return uri() + "-ro"; }

Result<Host> Host::Start(const std::string& name, const std::string& cache_dir) {
  Host host(name, cache_dir + "/libvirt");
  try {
    WriteFolders(host.dir(), host.cache_dir_);
  } catch (const fs::filesystem_error& error) {
    return Error{ErrorCode::kUnavailable, error.what()};
  }
  if (const auto started = host.RestartDaemon(); !started) return started.error();
  return host;
}

Result<void> Host::RestartDaemon() {
  KillDaemon();
  Result<Process> started = Process::Start({.argv = {"unshare", "--mount", "--uts", "--propagation=private", "sh", "-c",
                                                     kLaunch, "sh", dir(), name_, cache_dir_},
                                            .log = dir() + "/log/libvirtd.log"});
  if (!started) return started.error();
  daemon_.emplace(std::move(*started));
  const bool answers =
      WaitUntil(std::chrono::seconds(40), [this] { return !daemon_->Running() || Connect(uri()).ok(); });
  if (!answers || !daemon_->Running())
    return Error{ErrorCode::kUnavailable, "libvirtd of " + name_ + " does not answer"};
  return {};
}

void Host::KillDaemon() {
  if (daemon_) daemon_->Kill();
}

void Host::PowerOff() {
  KillDaemon();
  std::error_code ignored;
  for (const auto& entry : fs::directory_iterator(dir() + "/run/qemu", ignored)) {
    pid_t pid = 0;
    if (entry.path().extension() == ".pid" && std::ifstream(entry.path()) >> pid && pid > 1) kill(pid, SIGKILL);
  }
}

}  // namespace forewarn::testbed

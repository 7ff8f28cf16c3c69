// SPDX-License-Identifier: Apache-2.0
#include "tests/testbed/bed.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sched.h>
#include <signal.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <ctime>
#include <filesystem>

#include "tests/testbed/cgroups.h"
#include "tests/testbed/leftovers.h"
#include "tests/testbed/process.h"

namespace forewarn::testbed {

namespace fs = std::filesystem;

namespace {

constexpr unsigned long kNamespaces = CLONE_NEWNS | CLONE_NEWPID | CLONE_NEWNET | CLONE_NEWUTS | CLONE_NEWIPC;
constexpr int kSetupFailed = 70;  // EX_SOFTWARE
constexpr int kFirstOtherPort = 8100;

// fork() into new namespaces. What it makes may only set things up and fork() in the usual way: the C library does not
// know of it.
pid_t ForkInto(unsigned long namespaces) {
  return static_cast<pid_t>(syscall(SYS_clone, namespaces | SIGCHLD, nullptr, nullptr, nullptr, nullptr));
}

Bed::Door OpenDoor() {
  Bed::Door door;
  door.fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  socklen_t size = sizeof address;
  auto* generic = reinterpret_cast<sockaddr*>(&address);
  if (bind(door.fd, generic, size) == 0 && getsockname(door.fd, generic, &size) == 0)
    door.port = ntohs(address.sin_port);
  return door;
}

int Status(int status) { return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status); }

void Require(const char* what, int result) {
  if (result == 0) return;
  std::fprintf(stderr, "test bed: %s: %s\n", what, std::strerror(errno));
  _exit(kSetupFailed);
}

// One bridge for the guests of all hosts, with the bed at 10.0.2.2.
void MakeNetwork() {
  for (const char* arguments :
       {"link set lo up", "link add br0 type bridge", "addr add 10.0.2.2/24 dev br0", "link set br0 up"}) {
    Require("network",
            std::system((std::string("ip ") + arguments).c_str()));  // no threads, no input: a shell is harmless
  }
}

void MakeMounts(const std::string& cgroup) {
  Require("mounts", mount(nullptr, "/", nullptr, MS_REC | MS_PRIVATE, nullptr));
  Require("/proc", mount("proc", "/proc", "proc", 0, nullptr));
  EnterCgroups(cgroup);
  Require("/run", mount("forewarn", "/run", "tmpfs", 0, "mode=755"));
  Require("/run/forewarn", mkdir(Bed::kRunDir, 0755));
  Require("host name", sethostname("forewarn", 8));
}

// The first process of the bed takes in what loses its parent (QEMU does). Where there are no namespaces it kills it in
// the end.
[[noreturn]] void RunInit(pid_t body, BedOptions::Kind kind) {
  int status = 0;
  for (pid_t ended = 0; ended != body;) {
    ended = waitpid(-1, &status, 0);
    if (ended < 0 && errno != EINTR) _exit(kSetupFailed);
  }
  if (kind == BedOptions::Kind::kPlain) KillChildren();
  _exit(Status(status));
}

volatile sig_atomic_t g_body = 0;

[[noreturn]] void RunInside(BedOptions::Kind kind, const std::string& name, const std::function<int()>& body) {
  prctl(PR_SET_PDEATHSIG, SIGKILL);
  if (kind == BedOptions::Kind::kNamespaces) {
    MakeMounts(name);
    MakeNetwork();
  } else {
    prctl(PR_SET_CHILD_SUBREAPER, 1);
  }
  sigset_t none;
  sigemptyset(&none);
  const pid_t child = fork();
  if (child == 0) {
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    setpgid(0, 0);  // the terminal's Ctrl-C is for the supervisor alone
    sigprocmask(SIG_SETMASK, &none, nullptr);
    signal(SIGPIPE, SIG_IGN);  // daemons that it talks to may go away
    const char* path = std::getenv("PATH");
    setenv("PATH", (std::string(path != nullptr ? path : "/usr/bin:/bin") + ":/usr/sbin:/sbin").c_str(),
           1);  // a user's lacks them
    const int status = body();
    std::fflush(nullptr);
    _exit(status);
  }
  g_body = child;
  signal(SIGTERM, [](int) { kill(g_body, SIGTERM); });
  sigprocmask(SIG_SETMASK, &none, nullptr);
  RunInit(child, kind);
}

// Waits for the bed's first process, or for a signal that ends it early: at once when it comes a second time.
int Supervise(pid_t init, const sigset_t& signals) {
  int status = 0;
  int caught = 0;
  const timespec grace{2, 0};
  while (waitpid(init, &status, WNOHANG) == 0) {
    const int number = caught == 0 ? sigwaitinfo(&signals, nullptr) : sigtimedwait(&signals, nullptr, &grace);
    if (number == SIGCHLD || (number < 0 && errno == EINTR)) continue;
    kill(init, caught == 0 ? SIGTERM : SIGKILL);
    if (caught == 0) caught = number;
  }
  return caught != 0 ? 128 + caught : Status(status);
}

}  // namespace

int Bed::Port(const std::string& name) {
  static const std::map<std::string, int> usual = {{"prometheus", 9090}, {"alertmanager", 9093}, {"blackbox", 9115},
                                                   {"mtail", 3903},      {"haproxy", 8404},      {"exporter", 9177},
                                                   {"webhook", 9178}};
  const auto [port, added] = ports_.try_emplace(name, 0);
  if (!added) return port->second;
  if (kind_ == BedOptions::Kind::kPlain) {
    const Door free = OpenDoor();
    close(free.fd);
    port->second = free.port;
  } else {
    port->second = usual.contains(name) ? usual.at(name) : kFirstOtherPort + static_cast<int>(ports_.size());
  }
  return port->second;
}

std::string Bed::OutsideUrl(const std::string& name) {
  if (kind_ == BedOptions::Kind::kPlain) return Url(name);
  const auto door = doors_.find(name);
  return door == doors_.end() ? "" : "http://127.0.0.1:" + std::to_string(door->second.port);
}

std::optional<std::string> WhyNoBed() {
  if (geteuid() != 0) return "not root";
  const pid_t probe = ForkInto(kNamespaces);
  if (probe == 0) _exit(mount(nullptr, "/", nullptr, MS_REC | MS_PRIVATE, nullptr) == 0 ? 0 : 1);
  int status = 1;
  if (probe > 0) waitpid(probe, &status, 0);
  if (status != 0) return "namespaces are refused";
  for (const char* program : {"libvirtd", "qemu-system-x86_64", "busybox", "cpio", "ip", "prometheus",
                              "prometheus-alertmanager", "prometheus-libvirt-exporter", "prometheus-node-exporter",
                              "prometheus-blackbox-exporter", "mtail", "haproxy"}) {
    if (!RunCommand({"sh", "-c", std::string("PATH=$PATH:/usr/sbin:/sbin command -v ") + program}))
      return std::string("no ") + program;
  }
  return std::nullopt;
}

int RunInBed(const BedOptions& options, const std::function<int(Bed&)>& body) {
  const bool plain = options.kind == BedOptions::Kind::kPlain;
  const std::string name = PrivateName(getpid());
  Bed bed;
  bed.kind_ = options.kind;
  bed.dir_ = plain ? (fs::temp_directory_path() / name).string() : Bed::kRunDir;
  for (const std::string& service : options.publish) bed.doors_[service] = plain ? Bed::Door{} : OpenDoor();
  sigset_t signals, before;
  sigemptyset(&signals);
  for (const int number : {SIGINT, SIGTERM, SIGHUP, SIGCHLD}) sigaddset(&signals, number);
  sigprocmask(SIG_BLOCK, &signals, &before);
  RemoveStale();
  if (plain) Require("private folder", mkdir(bed.dir_.c_str(), 0755));
  if (!plain) MakeCgroups(name);
  std::fflush(nullptr);
  const pid_t init = plain ? fork() : ForkInto(kNamespaces);
  Require("namespaces", init < 0 ? -1 : 0);
  if (init == 0) RunInside(options.kind, name, [&] { return body(bed); });
  const int status = Supervise(init, signals);
  WaitUntil(std::chrono::seconds(2), [&] { return RemovePrivate(name); });
  for (const auto& [service, door] : bed.doors_) close(door.fd);
  sigprocmask(SIG_SETMASK, &before, nullptr);
  return status;
}

}  // namespace forewarn::testbed

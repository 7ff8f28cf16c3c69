// SPDX-License-Identifier: Apache-2.0
#include "tests/fakes/private_libvirtd.h"

#include <fcntl.h>
#include <libvirt/libvirt.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <chrono>
#include <filesystem>
#include <fstream>
#include <thread>
#include <vector>

#include "webhook/hypervisor/handles.h"
#include "webhook/hypervisor/libvirt_error.h"

namespace forewarn::fakes {
namespace {

namespace fs = std::filesystem;
using base::Error;
using base::ErrorCode;
using base::Result;

constexpr auto kReadyTime = std::chrono::seconds(40);  // QEMU's capabilities are probed at the first start
constexpr uid_t kNobody = 65534;

bool InPath(const char* tool) {
  for (const char* folder : {"/usr/bin/", "/bin/", "/usr/sbin/", "/sbin/"}) {
    if (access((std::string(folder) + tool).c_str(), X_OK) == 0) return true;
  }
  return false;
}

// As root in a PID namespace: nothing that libvirtd starts can outlive it. Its init is a shell, which reaps orphans;
// libvirtd waits half a minute for each that nobody reaps.
std::vector<std::string> CommandLine(const std::string& directory) {
  std::vector<std::string> words;
  if (geteuid() == 0) {
    words = {"unshare",
             "--pid",
             "--fork",
             "--mount-proc",
             "--uts",
             "sh",
             "-c",
             "hostname \"$0\" && exec \"$@\"",
             fs::path(directory).filename(),  // two of one name would not migrate to each other
             "setpriv",
             "--reuid=65534",
             "--regid=65534",
             "--clear-groups",
             "--pdeathsig=KILL",
             "sh",
             "-c",
             "\"$@\" & wait $!",
             "sh"};
  }
  for (const std::string word : {"env", "-i", "PATH=/usr/sbin:/usr/bin:/sbin:/bin"}) words.push_back(word);
  for (const std::string name : {"HOME", "XDG_RUNTIME_DIR", "XDG_CONFIG_HOME", "XDG_CACHE_HOME", "XDG_DATA_HOME"}) {
    words.push_back(name + "=" + directory);
  }
  for (const std::string word : {"libvirtd", "-f", "-p"}) words.push_back(word);
  words.insert(words.end() - 1, directory + "/libvirtd.conf");
  words.push_back(directory + "/pid");
  return words;
}

[[noreturn]] void Become(const std::vector<std::string>& words, const std::string& log) {
  prctl(PR_SET_PDEATHSIG, SIGKILL);
  const int out = open(log.c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0644);
  dup2(out, 1);
  dup2(out, 2);
  std::vector<char*> argv;
  for (const std::string& word : words) argv.push_back(const_cast<char*>(word.c_str()));
  argv.push_back(nullptr);
  execvp(argv[0], argv.data());
  _exit(127);
}

pid_t FirstChildOf(pid_t parent) {
  std::ifstream children("/proc/" + std::to_string(parent) + "/task/" + std::to_string(parent) + "/children");
  pid_t child = -1;
  children >> child;
  return child;
}

std::string NewUuid() {
  std::string uuid;
  std::getline(std::ifstream("/proc/sys/kernel/random/uuid"), uuid);
  return uuid;
}

std::string BiosDomain(const std::string& directory) {
  return "<domain type='qemu'><name>bios</name><memory unit='MiB'>64</memory><vcpu current='1'>4</vcpu>"
         "<os><type arch='x86_64' machine='pc'>hvm</type></os><cpu mode='custom' "
         "match='exact'><model>qemu64</model></cpu><features><acpi/></features>"
         "<devices><emulator>/usr/bin/qemu-system-x86_64</emulator>"
         "<disk type='file' device='disk'><driver name='qemu' type='raw'/><source file='" +
         directory +
         "/disk.img'/><target dev='vda' bus='virtio'/></disk>"
         "<disk type='file' device='cdrom'><target dev='hdc' bus='ide'/></disk>"
         "<interface type='user'><mac address='52:54:00:00:00:01'/><model type='virtio'/><rom "
         "enabled='no'/></interface>"
         "<controller type='usb' model='none'/><memballoon model='virtio'/></devices></domain>";
}

}  // namespace

// The test driver's state lives as long as somebody is connected.
struct PrivateLibvirtd::Hold {
  hypervisor::ConnectHandle connect;
  hypervisor::DomainHandle domain;
};

PrivateLibvirtd::PrivateLibvirtd(Driver driver, std::string directory)
    : driver_(driver), directory_(std::move(directory)), hold_(std::make_unique<Hold>()) {}

Result<std::unique_ptr<PrivateLibvirtd>> PrivateLibvirtd::Start(Driver driver) {
  hypervisor::PrepareLibvirt();
  for (const char* tool : {"libvirtd", "unshare", "setpriv"}) {
    if (!InPath(tool)) return Error{ErrorCode::kUnavailable, std::string("no ") + tool};
  }
  if (driver != Driver::kTest && !InPath("qemu-system-x86_64")) return Error{ErrorCode::kUnavailable, "no QEMU"};
  std::array<char, 32> name{"/tmp/forewarn-libvirt-XXXXXX"};
  if (mkdtemp(name.data()) == nullptr) return Error{ErrorCode::kUnavailable, "no temporary folder"};
  std::unique_ptr<PrivateLibvirtd> daemon(new PrivateLibvirtd(driver, name.data()));
  std::ofstream(daemon->directory_ + "/libvirtd.conf") << "host_uuid = \"" << NewUuid() << "\"\n";
  std::ofstream(daemon->directory_ + "/disk.img");
  fs::resize_file(daemon->directory_ + "/disk.img", 1 << 20);
  if (geteuid() == 0) {
    for (const std::string& path : {daemon->directory_, daemon->directory_ + "/disk.img"}) {
      if (chown(path.c_str(), kNobody, kNobody) != 0) return Error{ErrorCode::kUnavailable, "cannot give " + path};
    }
  }
  if (auto launched = daemon->Launch(); !launched) return launched.error();
  return daemon;
}

PrivateLibvirtd::~PrivateLibvirtd() {
  if (driver_ == Driver::kQemu && hold_->domain) virDomainDestroy(hold_->domain.get());
  Kill();
  hold_.reset();
  std::error_code ignored;
  fs::remove_all(directory_, ignored);
}

std::string PrivateLibvirtd::uri() const {
  const std::string what = driver_ == Driver::kTest ? "test+unix:///default" : "qemu+unix:///session";
  return what + "?socket=" + directory_ + "/libvirt/libvirt-sock";
}

std::string PrivateLibvirtd::domain() const { return driver_ == Driver::kTest ? "test" : "bios"; }

std::string PrivateLibvirtd::uuid() const {
  std::array<char, VIR_UUID_STRING_BUFLEN> uuid{};
  virDomainGetUUIDString(hold_->domain.get(), uuid.data());
  return uuid.data();
}

Result<void> PrivateLibvirtd::Launch() {
  const auto words = CommandLine(directory_);
  const std::string log = directory_ + "/log";
  wrapper_ = fork();
  if (wrapper_ < 0) return Error{ErrorCode::kUnavailable, "cannot fork"};
  if (wrapper_ == 0) Become(words, log);
  if (auto ready = AwaitReady(); !ready) return ready;
  daemon_ = geteuid() == 0 ? FirstChildOf(FirstChildOf(wrapper_)) : wrapper_;
  return Prepare();
}

Result<void> PrivateLibvirtd::AwaitReady() {
  signal(SIGPIPE, SIG_IGN);  // as every program does that may see a daemon go away
  const auto deadline = base::Deadline::After(kReadyTime);
  while (!deadline.Passed()) {
    if (waitpid(wrapper_, nullptr, WNOHANG) == wrapper_) {
      wrapper_ = -1;
      std::ifstream log(directory_ + "/log");
      std::string line;
      std::getline(log, line);
      return Error{ErrorCode::kUnavailable, "libvirtd ended at once: " + line};
    }
    if (access((directory_ + "/libvirt/libvirt-sock").c_str(), R_OK) == 0) {
      hold_->connect.reset(virConnectOpen(uri().c_str()));
      if (hold_->connect) return {};
    }
    std::this_thread::sleep_for(std::chrono::milliseconds(20));
  }
  return Error{ErrorCode::kUnavailable, "libvirtd is not ready in time"};
}

Result<void> PrivateLibvirtd::Prepare() {
  if (driver_ == Driver::kBare) return {};
  if (driver_ == Driver::kTest) {
    hold_->domain.reset(virDomainLookupByName(hold_->connect.get(), "test"));
  } else {
    hold_->domain.reset(virDomainDefineXML(hold_->connect.get(), BiosDomain(directory_).c_str()));
    if (hold_->domain && virDomainCreate(hold_->domain.get()) < 0) return hypervisor::LastError("starting the guest");
  }
  if (!hold_->domain) return hypervisor::LastError("the test's domain");
  return {};
}

void PrivateLibvirtd::Kill() {
  if (wrapper_ <= 0) return;
  // The namespace's init: the wrapper ends when all in there are gone.
  const pid_t init = geteuid() == 0 ? FirstChildOf(wrapper_) : -1;
  kill(init > 0 ? init : wrapper_, SIGKILL);
  waitpid(wrapper_, nullptr, 0);
  wrapper_ = daemon_ = -1;
}

void PrivateLibvirtd::Stop() { kill(daemon_, SIGSTOP); }
void PrivateLibvirtd::Continue() { kill(daemon_, SIGCONT); }

Result<void> PrivateLibvirtd::KillAndRestart() {
  Kill();
  *hold_ = {};
  std::error_code ignored;
  fs::remove(directory_ + "/libvirt/libvirt-sock", ignored);
  return Launch();
}

}  // namespace forewarn::fakes

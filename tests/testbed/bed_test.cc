// SPDX-License-Identifier: Apache-2.0
#include "tests/testbed/bed.h"

#include <gtest/gtest.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstring>
#include <filesystem>
#include <fstream>
#include <set>
#include <sstream>

#include "tests/testbed/cgroups.h"
#include "tests/testbed/guest.h"
#include "tests/testbed/leftovers.h"
#include "tests/testbed/process.h"
#include "tests/testbed/stack.h"

namespace forewarn::testbed {
namespace {

namespace fs = std::filesystem;
using std::chrono::seconds;

std::string ReadAll(const std::string& path) {
  std::ostringstream text;
  text << std::ifstream(path).rdbuf();
  return text.str();
}

std::string Namespace(const std::string& pid, const std::string& kind) {
  std::error_code ignored;
  return fs::read_symlink("/proc/" + pid + "/ns/" + kind, ignored).string();
}

// Who lives in the pid or network namespace with that name.
std::set<std::string> Inhabitants(const std::string& pid_namespace, const std::string& net_namespace) {
  std::set<std::string> found;
  for (const auto& entry : fs::directory_iterator("/proc")) {
    const std::string pid = entry.path().filename();
    if (Namespace(pid, "pid") == pid_namespace || Namespace(pid, "net") == net_namespace) found.insert(pid);
  }
  return found;
}

bool HasCgroups(pid_t supervisor) {
  for (const char* hierarchy : {"", "/cpu", "/memory", "/cpuset"}) {
    if (fs::exists(std::string("/sys/fs/cgroup") + hierarchy + "/" + PrivateName(supervisor))) return true;
  }
  return false;
}

// A supervisor in a process of its own, which says how far its bed has come.
class Supervised {
 public:
  explicit Supervised(const std::function<int(Bed&, const std::function<void(const std::string&)>&)>& body) {
    int ends[2];
    EXPECT_EQ(pipe(ends), 0);
    pid_ = fork();
    if (pid_ == 0) {
      const auto say = [&](const std::string& line) {
        const std::string text = line + "\n";
        EXPECT_EQ(write(ends[1], text.data(), text.size()), static_cast<ssize_t>(text.size()));
      };
      _exit(RunInBed({.publish = {"prometheus"}}, [&](Bed& bed) {
        say(Namespace("self", "pid") + " " + Namespace("self", "net"));
        return body(bed, say);
      }));
    }
    close(ends[1]);
    from_ = fdopen(ends[0], "r");
    std::istringstream(NextLine()) >> pid_namespace_ >> net_namespace_;
  }
  ~Supervised() { std::fclose(from_); }

  std::string NextLine() {
    char line[200] = "";
    return std::fgets(line, sizeof line, from_) == nullptr ? "" : std::string(line, std::strcspn(line, "\n"));
  }
  void AwaitLine(const std::string& line) {
    for (std::string next = NextLine(); next != line; next = NextLine())
      ASSERT_FALSE(next.empty()) << "ended before: " << line;
  }
  int End(int signal) {
    if (signal != 0) kill(pid_, signal);
    int status = 0;
    waitpid(pid_, &status, 0);
    return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
  }
  bool NothingLeft() const {
    return WaitUntil(seconds(5), [this] { return Inhabitants(pid_namespace_, net_namespace_).empty(); });
  }
  pid_t pid() const { return pid_; }
  bool Populated() const { return !pid_namespace_.empty() && !Inhabitants(pid_namespace_, net_namespace_).empty(); }

 private:
  pid_t pid_ = -1;
  FILE* from_ = nullptr;
  std::string pid_namespace_, net_namespace_;
};

class BedTest : public testing::Test {
 protected:
  void SetUp() override {
    if (const auto why = WhyNoBed()) GTEST_SKIP() << *why;
    mounts_ = ReadAll("/proc/self/mountinfo");
    links_ = *RunCommand({"ip", "-o", "link"});
  }
  void TearDown() override {
    if (IsSkipped()) return;
    EXPECT_EQ(ReadAll("/proc/self/mountinfo"), mounts_);
    EXPECT_EQ(*RunCommand({"ip", "-o", "link"}), links_);
    EXPECT_FALSE(fs::exists(Bed::kRunDir));
  }
  std::string mounts_, links_;
};

TEST_F(BedTest, GivesTheStatusOfWhatRanInside) {
  EXPECT_EQ(RunInBed({}, [](Bed&) { return 7; }), 7);
  EXPECT_FALSE(HasCgroups(getpid()));
}

TEST_F(BedTest, IsAMachineOfItsOwn) {
  EXPECT_EQ(RunInBed({},
                     [](Bed&) {
                       const bool own = fs::is_empty(Bed::kRunDir) && !fs::exists("/run/dbus") &&
                                        fs::exists("/sys/class/net/br0") && fs::exists("/proc/1/status") &&
                                        getpid() < 50;
                       return own ? 0 : 1;
                     }),
            0);
}

TEST_F(BedTest, TakesWithItWhatWasLeftRunning) {
  Supervised bed([](Bed&, const auto& say) {
    if (system("setsid sh -c 'trap \"\" TERM INT HUP; sleep 1000 & sleep 1000' >/dev/null 2>&1 &") != 0) return 1;
    say("started");
    return 0;
  });
  bed.AwaitLine("started");
  EXPECT_EQ(bed.End(0), 0);
  EXPECT_TRUE(bed.NothingLeft());
}

TEST_F(BedTest, ABodyThatDoesNotListenIsKilled) {
  Supervised bed([](Bed&, const auto& say) {
    signal(SIGTERM, SIG_IGN);
    say("deaf");
    for (;;) pause();
    return 0;
  });
  bed.AwaitLine("deaf");
  EXPECT_EQ(bed.End(SIGINT), 128 + SIGINT);
  EXPECT_TRUE(bed.NothingLeft());
}

TEST_F(BedTest, EvenAKilledSupervisorLeavesNoProcessAndTheNextOneNoCgroup) {
  Supervised bed([](Bed&, const auto& say) {
    say("in");
    for (;;) pause();
    return 0;
  });
  bed.AwaitLine("in");
  ASSERT_TRUE(bed.Populated());
  EXPECT_EQ(bed.End(SIGKILL), 128 + SIGKILL);
  EXPECT_TRUE(bed.NothingLeft());
  EXPECT_EQ(RunInBed({}, [](Bed&) { return 0; }), 0);
  EXPECT_FALSE(HasCgroups(bed.pid()));
}

// Ctrl-C at whatever moment.
class InterruptedBedTest : public BedTest, public testing::WithParamInterface<const char*> {};

TEST_P(InterruptedBedTest, LeavesNothing) {
  const auto image = BuildImage(DefaultCacheDir());
  ASSERT_TRUE(image.ok()) << image.error().message;
  Supervised supervised([&](Bed& bed, const auto& say) {
    say("bed");
    auto host = Host::Start("host1", DefaultCacheDir());
    say("host");
    auto guest = Guest::Create(*host, *image, {.name = "interrupted"});
    say("guest");
    if (!guest->WaitReady()) return 1;
    say("ready");
    auto stack = Stack::Start(
        bed, {.guests = {{guest->options().name, guest->endpoints().telemetry, guest->endpoints().console}}});
    say("stack");
    for (;;) pause();
    return 0;
  });
  supervised.AwaitLine(GetParam());
  ASSERT_TRUE(supervised.Populated());
  EXPECT_EQ(supervised.End(SIGINT), 128 + SIGINT);
  EXPECT_TRUE(supervised.NothingLeft());
  EXPECT_FALSE(HasCgroups(supervised.pid()));
}

INSTANTIATE_TEST_SUITE_P(At, InterruptedBedTest, testing::Values("bed", "host", "guest", "ready", "stack"),
                         [](const auto& moment) { return std::string(moment.param); });

TEST_F(BedTest, WeighsWhatItIsTold) {
  const int status = RunInBed({}, [](Bed&) {
    int shares = 0;
    if (!(std::ifstream("/sys/fs/cgroup/cpu/cpu.shares") >> shares)) return 2;  // version 2, or none
    WeighAs(3);
    std::ifstream("/sys/fs/cgroup/cpu/cpu.shares") >> shares;
    return shares == 3 * 1024 ? 0 : 1;
  });
  if (status == 2) GTEST_SKIP() << "no cgroups of version 1";
  EXPECT_EQ(status, 0);
}

}  // namespace
}  // namespace forewarn::testbed

// SPDX-License-Identifier: Apache-2.0
// Ctrl-C at any moment leaves no process, namespace, bridge, mount or file behind.
#include <gtest/gtest.h>
#include <signal.h>

#include <set>

#include "tests/e2e/program.h"
#include "tests/testbed/bed.h"
#include "tests/testbed/leftovers.h"
#include "tests/testbed/simulation.h"

namespace forewarn::e2e {
namespace {

namespace fs = std::filesystem;
using std::chrono::seconds;

std::string NamespaceOf(const std::string& process, const std::string& kind) {
  std::error_code ignored;
  return fs::read_symlink("/proc/" + process + "/ns/" + kind, ignored).string();
}

// What belongs to one run: the namespaces of its children that are not ours, and its name.
class Traces {
 public:
  explicit Traces(pid_t program) : program_(program) { Follow(); }

  // To be called while it runs.
  void Follow() {
    const std::string pid = std::to_string(program_);
    std::istringstream children(ReadAll("/proc/" + pid + "/task/" + pid + "/children"));
    for (std::string child; children >> child;) {
      for (const char* kind : {"pid", "net", "mnt"}) {
        const std::string name = NamespaceOf(child, kind);
        if (!name.empty() && name != NamespaceOf("self", kind)) namespaces_.insert(name);
      }
    }
  }

  // Everything that is still there, for a person; empty: nothing.
  std::string Left() const {
    std::string left;
    const std::string name = testbed::PrivateName(program_), folder = (fs::temp_directory_path() / name).string();
    for (const auto& entry : fs::directory_iterator("/proc")) {
      const std::string process = entry.path().filename();
      for (const char* kind : {"pid", "net", "mnt"}) {
        if (namespaces_.contains(NamespaceOf(process, kind))) left += "process " + process + " in its " + kind + "\n";
      }
      if (ReadAll("/proc/" + process + "/cmdline").find(folder + "/") != std::string::npos)
        left += "process " + process + "\n";
    }
    for (const char* hierarchy : {"", "/cpu", "/memory", "/cpuset"}) {
      const std::string cgroup = std::string("/sys/fs/cgroup") + hierarchy + "/" + name;
      if (fs::exists(cgroup)) left += cgroup + "\n";
    }
    if (fs::exists(folder)) left += folder + "\n";
    return left;
  }
  bool Seen() const { return !namespaces_.empty(); }

 private:
  const pid_t program_;
  std::set<std::string> namespaces_;
};

// Interrupts a run as soon as it has said `line`.
void LeavesNothing(const std::string& hypervisor, const std::string& line) {
  const std::string mounts = ReadAll("/proc/self/mounts");
  Program program({"--hypervisor", hypervisor});
  Traces traces(program.process().pid());
  ASSERT_TRUE(testbed::WaitUntil(seconds(150), [&] {
    return program.said().find(line) != std::string::npos || !program.process().Running();
  })) << program.said();
  ASSERT_TRUE(program.process().Running()) << program.said();
  traces.Follow();
  EXPECT_EQ(traces.Seen(), hypervisor == "qemu");
  program.process().Signal(SIGINT);
  EXPECT_EQ(program.process().Wait(), 128 + SIGINT) << program.said();
  EXPECT_EQ(traces.Left(), "") << "after: " << line;
  EXPECT_EQ(ReadAll("/proc/self/mounts"), mounts);
  EXPECT_FALSE(fs::exists(program.report_path()));
}

TEST(InterruptTest, LeavesNothingOfRealMachines) {
  if (const auto why = testbed::WhyNoBed()) GTEST_SKIP() << *why;
  for (const char* line : {"starting a private libvirtd", "starting the virtual machines", "starting Prometheus",
                           "learning what is ordinary", "both twins, from now on"}) {
    LeavesNothing("qemu", line);
  }
}

TEST(InterruptTest, LeavesNothingOfSimulatedMachines) {
  if (const auto why = testbed::Simulation::WhyNot()) GTEST_SKIP() << *why;
  for (const char* line : {"starting the virtual machines", "learning what is ordinary"}) LeavesNothing("test", line);
}

}  // namespace
}  // namespace forewarn::e2e

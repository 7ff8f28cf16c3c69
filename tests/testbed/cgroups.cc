// SPDX-License-Identifier: Apache-2.0
#include "tests/testbed/cgroups.h"

#include <sched.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <vector>

namespace forewarn::testbed {

namespace fs = std::filesystem;

namespace {

constexpr const char* kRoot = "/sys/fs/cgroup";

bool IsUnified(const fs::path& hierarchy) { return fs::exists(hierarchy / "cgroup.controllers"); }

// What libvirt uses of version 1; version 2 has one hierarchy for all.
std::vector<fs::path> Hierarchies() {
  std::error_code ignored;
  if (IsUnified(kRoot)) return {kRoot};
  std::vector<fs::path> found;
  for (const char* controller : {"cpu", "cpuacct", "cpuset", "memory", "devices", "freezer", "blkio", "pids"}) {
    const fs::path path = fs::path(kRoot) / controller;
    if (fs::exists(path / "cgroup.procs", ignored)) found.push_back(path);
  }
  return found;
}

void Write(const fs::path& path, const char* text) { std::ofstream(path) << text << std::flush; }

void RemoveTree(const fs::path& directory) {
  std::error_code ignored;
  std::vector<fs::path> children;
  for (const auto& entry : fs::directory_iterator(directory, ignored)) {
    if (entry.is_directory(ignored)) children.push_back(entry.path());
  }
  for (const fs::path& child : children) RemoveTree(child);
  rmdir(directory.c_str());  // the kernel refuses one with processes
}

}  // namespace

void MakeCgroups(const std::string& name) {
  for (const fs::path& hierarchy : Hierarchies()) {
    const fs::path group = hierarchy / name;
    if (mkdir(group.c_str(), 0755) != 0) continue;
    if (hierarchy.filename() == "cpuset") {  // a new one has no CPU and no memory node: nothing could enter it
      std::string cpus, nodes;
      std::getline(std::ifstream(hierarchy / "cpuset.cpus"), cpus);
      std::getline(std::ifstream(hierarchy / "cpuset.mems"), nodes);
      Write(group / "cpuset.cpus", cpus.c_str());
      Write(group / "cpuset.mems", nodes.c_str());
    }
  }
}

bool RemoveCgroups(const std::string& name) {
  bool gone = true;
  for (const fs::path& hierarchy : Hierarchies()) {
    RemoveTree(hierarchy / name);
    gone = gone && !fs::exists(hierarchy / name);
  }
  return gone;
}

std::vector<std::string> ListCgroups() {
  std::error_code ignored;
  std::vector<std::string> names;
  for (const fs::path& hierarchy : Hierarchies()) {
    for (const auto& entry : fs::directory_iterator(hierarchy, ignored)) {
      if (entry.is_directory(ignored)) names.push_back(entry.path().filename());
    }
  }
  return names;
}

void EnterCgroups(const std::string& name) {
  const bool unified = IsUnified(kRoot);
  std::vector<std::string> controllers;
  for (const fs::path& hierarchy : Hierarchies()) {
    if (!fs::exists(hierarchy / name / "cgroup.procs")) continue;
    Write(hierarchy / name / "cgroup.procs", "0");
    controllers.push_back(hierarchy.filename());
  }
  const bool entered = !controllers.empty() && unshare(CLONE_NEWCGROUP) == 0;
  umount2("/sys", MNT_DETACH);  // with the cgroups of the caller; and it shows the network of the caller
  mount("sysfs", "/sys", "sysfs", 0, nullptr);
  if (!entered) return;
  if (unified) {
    mount("cgroup2", kRoot, "cgroup2", 0, nullptr);
    const fs::path leaf = fs::path(kRoot) / "bed";  // version 2: processes only in the leaves
    mkdir(leaf.c_str(), 0755);
    Write(leaf / "cgroup.procs", "0");
    return;
  }
  mount("cgroup", kRoot, "tmpfs", 0, "mode=755");
  for (const std::string& controller : controllers) {
    const fs::path path = fs::path(kRoot) / controller;
    mkdir(path.c_str(), 0755);
    mount("cgroup", path.c_str(), "cgroup", 0, controller.c_str());
  }
}

void WeighAs(int processes) {
  constexpr int kShares = 1024, kWeight = 100;  // of one, in version 1 and 2
  const fs::path shares = fs::path(kRoot) / "cpu/cpu.shares", weight = fs::path(kRoot) / "cpu.weight";
  if (fs::exists(shares)) Write(shares, std::to_string(kShares * processes).c_str());
  if (fs::exists(weight)) Write(weight, std::to_string(kWeight * processes).c_str());
}

}  // namespace forewarn::testbed

// SPDX-License-Identifier: Apache-2.0
#include "tests/testbed/image.h"

#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <functional>
#include <optional>
#include <sstream>
#include <vector>

#include "tests/testbed/process.h"

namespace forewarn::testbed {

using base::Error;
using base::ErrorCode;
using base::Result;
namespace fs = std::filesystem;

namespace {

constexpr const char* kNodeExporter = "/usr/bin/prometheus-node-exporter";
constexpr const char* kModules[] = {"virtio_ring",
                                    "virtio",
                                    "virtio_pci_legacy_dev",
                                    "virtio_pci_modern_dev",
                                    "virtio_pci",
                                    "virtio_blk",
                                    "failover",
                                    "net_failover",
                                    "virtio_net",
                                    "virtio_balloon",
                                    "virtio_console",
                                    "pvpanic",
                                    "pvpanic-mmio",
                                    "sch_netem"};

// The cache is shared by whatever runs at the same time.
class Lock {
 public:
  explicit Lock(const fs::path& path) : fd_(open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0644)) {
    flock(fd_, LOCK_EX);
  }
  ~Lock() { close(fd_); }
  Lock(const Lock&) = delete;
  Lock& operator=(const Lock&) = delete;

 private:
  int fd_;
};

std::string ReadFile(const fs::path& path) {
  std::ostringstream text;
  text << std::ifstream(path, std::ios::binary).rdbuf();
  return text.str();
}

std::optional<fs::path> CachedKernel(const fs::path& cache) {
  for (const auto& entry : fs::directory_iterator(cache)) {
    if (entry.path().filename().string().starts_with("linux-image-")) return entry.path();
  }
  return std::nullopt;
}

// The kernel that Debian's meta package stands for at present.
Result<std::string> KernelPackage() {
  for (const bool updated : {false, true}) {
    if (updated) static_cast<void>(RunCommand({"apt-get", "-qq", "update"}, std::chrono::minutes(3)));
    const Result<std::string> depends = RunCommand({"apt-cache", "depends", "linux-image-cloud-amd64"});
    const std::size_t at = depends ? depends->find("linux-image-6") : std::string::npos;
    if (at != std::string::npos) return depends->substr(at, depends->find_first_of(" \n", at) - at);
  }
  return Error{ErrorCode::kUnavailable, "apt knows no linux-image-cloud-amd64"};
}

// Fetches and unpacks the package to a folder named after it; that it is there means that it is whole.
Result<fs::path> Fetch(const std::string& package, const fs::path& cache) {
  const fs::path unpacking = cache / "unpacking";
  fs::remove_all(unpacking);
  fs::create_directories(unpacking);
  const std::string script =
      "cd '" + unpacking.string() + "' && apt-get -qq download " + package + " && dpkg-deb -x *.deb . && rm *.deb";
  if (const auto run = RunCommand({"sh", "-c", script}, std::chrono::minutes(5)); !run) return run.error();
  fs::rename(unpacking, cache / package);
  return cache / package;
}

Result<fs::path> FetchKernel(const fs::path& cache) {
  const Result<std::string> package = KernelPackage();
  if (!package) return package.error();
  return Fetch(*package, cache);
}

fs::path Kernel(const fs::path& package) {
  for (const auto& entry : fs::directory_iterator(package / "boot")) {
    if (entry.path().filename().string().starts_with("vmlinuz-")) return entry.path();
  }
  return {};
}

// The initramfs is named after what is in it.
std::string ContentKey(const fs::path& kernel) {
  const std::string all = kernel.filename().string() + ReadFile(FOREWARN_GUEST_AGENT) + ReadFile(FOREWARN_GUEST_INIT) +
                          ReadFile(kNodeExporter);
  return std::to_string(std::hash<std::string>{}(all));
}

void CopyLibraries(const std::string& program, const fs::path& root) {
  std::istringstream words(RunCommand({"ldd", program}).ok() ? *RunCommand({"ldd", program}) : "");
  for (std::string word; words >> word;) {
    if (word.front() != '/') continue;
    fs::create_directories(root / fs::path(word).parent_path().relative_path());
    fs::copy_file(word, root / fs::path(word).relative_path(), fs::copy_options::overwrite_existing);
  }
}

void FillRoot(const fs::path& package, const fs::path& root) {
  fs::remove_all(root);
  for (const char* directory : {"bin", "m", "dev", "proc", "sys", "tmp"}) fs::create_directories(root / directory);
  fs::copy_file("/usr/bin/busybox", root / "bin/busybox");
  fs::create_symlink("busybox", root / "bin/sh");
  fs::copy_file(kNodeExporter, root / "bin/node_exporter");
  fs::copy_file(FOREWARN_GUEST_AGENT, root / "bin/guest_agent");
  fs::copy_file(FOREWARN_GUEST_INIT, root / "init");
  fs::permissions(root / "init", fs::perms(0755));
  CopyLibraries(kNodeExporter, root);
  for (const auto& entry : fs::recursive_directory_iterator(package / "lib/modules")) {
    for (const char* module : kModules) {
      if (entry.path().filename() == std::string(module) + ".ko")
        fs::copy_file(entry.path(), root / "m" / entry.path().filename());
    }
  }
}

// `base` and the folder behind it, which goes. Not compressed: an emulated processor takes seconds to unpack what is
// read from memory here.
Result<fs::path> Pack(const fs::path& root, const fs::path& base, const fs::path& initrd) {
  const std::string to = "'" + initrd.string() + ".new'";
  const std::string script = "set -e; cd '" + root.string() + "'; cat '" + base.string() + "' >" + to +
                             "; find . | cpio --quiet -o -H newc >>" + to + "; mv " + to + " '" + initrd.string() + "'";
  const Result<std::string> packed = RunCommand({"sh", "-c", script});
  fs::remove_all(root);
  if (!packed) return packed.error();
  return initrd;
}

Result<fs::path> PackInitrd(const fs::path& package, const fs::path& cache) {
  const fs::path initrd = cache / ("initrd-" + ContentKey(Kernel(package)));
  if (fs::exists(initrd)) return initrd;
  for (const auto& entry : fs::directory_iterator(cache)) {
    if (entry.path().filename().string().starts_with("initrd-")) fs::remove(entry.path());
  }
  const fs::path root = cache / "root";
  FillRoot(package, root);
  return Pack(root, "/dev/null", initrd);
}

// The kernel unpacks one archive after the other.
Result<fs::path> PackAgent(const fs::path& package, const fs::path& base, const fs::path& initrd) {
  const fs::path root = initrd.parent_path() / "root", agent = package / "usr/sbin/qemu-ga";
  fs::remove_all(root);
  fs::create_directories(root / "bin");
  fs::copy_file(agent, root / "bin/qemu-ga");
  CopyLibraries(agent, root);
  return Pack(root, base, initrd);
}

}  // namespace

Result<Image> BuildImage(const std::string& cache_dir) {
  try {
    fs::create_directories(cache_dir);
    const Lock lock(fs::path(cache_dir) / "lock");
    const std::optional<fs::path> cached = CachedKernel(cache_dir);
    const Result<fs::path> package = cached ? Result<fs::path>(*cached) : FetchKernel(cache_dir);
    if (!package) return package.error();
    const Result<fs::path> initrd = PackInitrd(*package, cache_dir);
    if (!initrd) return initrd.error();
    return Image{Kernel(*package), *initrd};
  } catch (const fs::filesystem_error& error) {
    return Error{ErrorCode::kUnavailable, error.what()};
  }
}

Result<Image> WithGuestAgent(const Image& image, const std::string& cache_dir) {
  try {
    const Lock lock(fs::path(cache_dir) / "lock");
    const fs::path initrd = fs::path(cache_dir) / ("agent-" + fs::path(image.initrd).filename().string());
    if (fs::exists(initrd)) return Image{image.kernel, initrd};
    for (const auto& entry : fs::directory_iterator(cache_dir)) {
      if (entry.path().filename().string().starts_with("agent-initrd-")) fs::remove(entry.path());
    }
    const fs::path cached = fs::path(cache_dir) / "qemu-guest-agent";
    const Result<fs::path> package =
        fs::exists(cached) ? Result<fs::path>(cached) : Fetch("qemu-guest-agent", cache_dir);
    if (!package) return package.error();
    const Result<fs::path> packed = PackAgent(*package, image.initrd, initrd);
    if (!packed) return packed.error();
    return Image{image.kernel, *packed};
  } catch (const fs::filesystem_error& error) {
    return Error{ErrorCode::kUnavailable, error.what()};
  }
}

std::string DefaultCacheDir() {
  if (const char* given = std::getenv("FOREWARN_CACHE")) return given;
  if (const char* xdg = std::getenv("XDG_CACHE_HOME")) return std::string(xdg) + "/forewarn";
  const char* home = std::getenv("HOME");
  return std::string(home != nullptr ? home : "/root") + "/.cache/forewarn";
}

}  // namespace forewarn::testbed

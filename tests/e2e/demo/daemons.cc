// SPDX-License-Identifier: Apache-2.0
#include "tests/e2e/demo/daemons.h"

#include <filesystem>
#include <fstream>

#include "tests/testbed/net.h"

namespace forewarn::demo {
namespace {

using base::Error;
using base::ErrorCode;

constexpr auto kReadyTime = std::chrono::seconds(30);

std::string LastLine(const std::string& path) {
  std::ifstream file(path);
  std::string line, last;
  while (std::getline(file, line)) last = line;
  return last;
}

}  // namespace

base::Result<Daemons> Daemons::Start(const Site& site, const std::string& webhook, const std::string& exporter) {
  std::ofstream(site.dir + "/forewarn-exporter.yaml") << exporter;
  std::ofstream(site.dir + "/forewarn-webhook.yaml") << webhook;
  Daemons daemons;
  if (auto started = daemons.Launch(site, "forewarn-webhook", site.webhook); !started) return started.error();
  if (exporter.empty()) return daemons;
  if (auto started = daemons.Launch(site, "forewarn-exporter", site.exporter); !started) return started.error();
  return daemons;
}

base::Result<void> Daemons::Launch(const Site& site, const std::string& name, const std::string& address) {
  const std::string bin = std::filesystem::read_symlink("/proc/self/exe").parent_path();
  const std::string log = site.dir + "/" + name + ".log";
  auto process = testbed::Process::Start({.argv = {bin + "/" + name, "--config.file=" + site.dir + "/" + name + ".yaml",
                                                   "--web.listen-address=" + address},
                                          .log = log});
  if (!process) return process.error();
  auto& [_, started] = running_.emplace_back(name, std::move(*process));
  const bool ready = testbed::WaitUntil(kReadyTime, [&, &child = started] {
    return !child.Running() || testbed::HttpGet(address, "/-/ready").status == 200;
  });
  if (ready && started.Running()) return {};
  const std::string how =
      started.Running() ? "is not ready" : "has ended with status " + std::to_string(started.Wait());
  return Error{ErrorCode::kUnavailable, name + " " + how + ": " + LastLine(log)};
}

std::optional<std::string> Daemons::Ended() {
  for (auto& [name, process] : running_) {
    if (!process.Running()) return name;
  }
  return std::nullopt;
}

}  // namespace forewarn::demo

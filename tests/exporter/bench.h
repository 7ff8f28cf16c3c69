// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <atomic>
#include <chrono>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "common/http/client.h"
#include "common/http/server.h"
#include "tests/testbed/process.h"

// What the tests of the binary stand on: a target, a Prometheus that scrapes it each second, and the exporter.
namespace forewarn::exporter {

class TemporaryDirectory {
 public:
  TemporaryDirectory();
  ~TemporaryDirectory() { std::filesystem::remove_all(path_); }
  TemporaryDirectory(const TemporaryDirectory&) = delete;
  TemporaryDirectory& operator=(const TemporaryDirectory&) = delete;

  std::string Path(const std::string& name) const { return (path_ / name).string(); }
  std::string Write(const std::string& name, const std::string& text) const;
  std::string Read(const std::string& name) const;

 private:
  std::filesystem::path path_;
};

// The metrics of a guest's node_exporter, of a libvirt exporter, of mtail and of a blackbox_exporter, growing with
// time.
class Target {
 public:
  Target();
  int port() const { return server_->ports()[0]; }
  void SetDiskBusy(int operations_per_second) { disk_operations_ = operations_per_second; }

 private:
  std::string Node();
  std::string Libvirt() const;
  static std::string Probes();

  const std::chrono::steady_clock::time_point start_ = std::chrono::steady_clock::now();
  std::atomic<int> disk_operations_ = 50;  // per second
  std::unique_ptr<http::Server> server_;   // last: its handlers use the others
};

// Scrapes the target as three jobs each second: node (domain by relabelling), libvirt (hypervisor by relabelling),
// mtail.
class Prometheus {
 public:
  static bool Installed();
  Prometheus(const TemporaryDirectory& directory, const Target& target);

  void Start();  // until it is ready
  void Kill() { process_.reset(); }
  std::string url() const { return "http://127.0.0.1:" + std::to_string(port_); }

 private:
  const TemporaryDirectory& directory_;
  int port_;
  std::optional<testbed::Process> process_;
};

// The status and body of one request; status 0 where nobody answers.
http::ClientResponse Ask(const std::string& base_url, const std::string& method, const std::string& path);

// forewarn-exporter on a free port.
class Binary {
 public:
  Binary(const TemporaryDirectory& directory, std::vector<std::string> flags);

  bool Listening();  // waits for it
  http::ClientResponse Get(const std::string& path) { return Ask(url_, "GET", path); }
  http::ClientResponse Post(const std::string& path) { return Ask(url_, "POST", path); }
  std::string Metrics() { return Get("/metrics").body; }
  bool WaitForMetric(const std::string& line);  // a text that /metrics is to contain
  testbed::Process& process() { return *process_; }
  std::string Log() const { return directory_.Read("exporter.log"); }

 private:
  const TemporaryDirectory& directory_;
  std::optional<testbed::Process> process_;
  std::string url_;
};

constexpr std::chrono::seconds kPatience{60};

}  // namespace forewarn::exporter

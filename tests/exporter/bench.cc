// SPDX-License-Identifier: Apache-2.0
#include "tests/exporter/bench.h"

#include <gtest/gtest.h>
#include <netinet/in.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

#include <fstream>
#include <sstream>

namespace forewarn::exporter {
namespace {

int FreePort() {
  const int fd = socket(AF_INET, SOCK_STREAM, 0);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  socklen_t size = sizeof address;
  EXPECT_EQ(bind(fd, reinterpret_cast<sockaddr*>(&address), size), 0);
  EXPECT_EQ(getsockname(fd, reinterpret_cast<sockaddr*>(&address), &size), 0);
  close(fd);
  return ntohs(address.sin_port);
}

double Since(std::chrono::steady_clock::time_point start) {
  return std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
}

}  // namespace

TemporaryDirectory::TemporaryDirectory() {
  std::string name = (std::filesystem::temp_directory_path() / "forewarn-exporter-XXXXXX").string();
  path_ = mkdtemp(name.data());
}

std::string TemporaryDirectory::Write(const std::string& name, const std::string& text) const {
  std::ofstream(path_ / name) << text;
  return Path(name);
}

std::string TemporaryDirectory::Read(const std::string& name) const {
  std::ostringstream text;
  text << std::ifstream(path_ / name).rdbuf();
  return text.str();
}

Target::Target() {
  std::vector<http::Route> routes(4);
  for (auto& route : routes) route.method = "GET";
  routes[0].path = "/node";
  routes[0].handler = [this](const http::Request&) { return http::Text(200, Node()); };
  routes[1].path = "/libvirt";
  routes[1].handler = [this](const http::Request&) { return http::Text(200, Libvirt()); };
  routes[2].path = "/mtail";
  routes[2].handler = [this](const http::Request&) {
    return http::Text(200, "forewarn_error_lines_total{domain=\"vm1\"} " + std::to_string(Since(start_)) + "\n");
  };
  routes[3].path = "/probe";
  routes[3].handler = [](const http::Request&) { return http::Text(200, Probes()); };
  http::ServerOptions options;
  options.listen = {"127.0.0.1:0"};
  auto server = http::Server::Start(options, std::move(routes));
  if (server) server_ = std::move(*server);
}

// Two vCPUs, each busy for 0.4 of the time; one disk with 10 ms per operation; a filesystem that is 0.7 full.
std::string Target::Node() {
  const double t = Since(start_), operations = disk_operations_ * t;
  std::ostringstream text;
  text.precision(12);
  for (const char* cpu : {"0", "1"}) {
    text << "node_cpu_seconds_total{cpu=\"" << cpu << "\",mode=\"user\"} " << 0.35 * t << "\n"
         << "node_cpu_seconds_total{cpu=\"" << cpu << "\",mode=\"steal\"} " << 0.05 * t << "\n"
         << "node_cpu_seconds_total{cpu=\"" << cpu << "\",mode=\"iowait\"} " << 0.1 * t << "\n"
         << "node_cpu_seconds_total{cpu=\"" << cpu << "\",mode=\"idle\"} " << 0.5 * t << "\n";
  }
  text << "node_memory_MemAvailable_bytes 3e8\nnode_memory_MemTotal_bytes 4e8\nnode_memory_Cached_bytes "
          "1e8\nnode_load1 3\nnode_time_seconds "
       << 1e9 + t << "\n"
       << "node_pressure_cpu_waiting_seconds_total " << 0.2 * t << "\nnode_netstat_Tcp_RetransSegs " << 5 * t << "\n";
  for (const auto& [mount, available] :
       {std::pair{"/\",fstype=\"ext4", 300}, {"/boot\",fstype=\"vfat", 800}, {"/run\",fstype=\"tmpfs", 0}}) {
    text << "node_filesystem_size_bytes{mountpoint=\"" << mount << "\"} 1000\nnode_filesystem_avail_bytes{mountpoint=\""
         << mount << "\"} " << available << "\n";
  }
  for (const char* kind : {"read", "write"}) {
    text << "node_disk_" << kind << "_time_seconds_total{device=\"vda\"} " << 0.01 * operations << "\n"
         << "node_disk_" << kind << "s_completed_total{device=\"vda\"} " << operations << "\n";
  }
  text << "node_disk_io_time_seconds_total{device=\"vda\"} " << 0.25 * t << "\n";
  for (const char* device : {"lo", "eth0"}) {
    for (const char* name :
         {"receive_bytes", "transmit_bytes", "receive_errs", "transmit_errs", "receive_drop", "transmit_drop"}) {
      text << "node_network_" << name << "_total{device=\"" << device << "\"} " << 100 * t << "\n";
    }
  }
  return text.str();
}

// The host gives 0.6 of the 0.8 cores that the guest is busy with. vm2 is on this host, too, but nothing else knows it.
std::string Target::Libvirt() const {
  const double t = Since(start_);
  std::ostringstream text;
  for (const char* domain : {"vm1", "vm2"}) {
    text << "libvirt_domain_info_virtual_cpus{domain=\"" << domain << "\"} 2\n"
         << "libvirt_domain_info_cpu_time_seconds_total{domain=\"" << domain << "\"} " << 0.6 * t << "\n";
  }
  return text.str();
}

// Two services of one guest, of which one is slow and the other fails.
std::string Target::Probes() {
  return "probe_duration_seconds{service=\"a\"} 0.3\nprobe_success{service=\"a\"} 1\n"
         "probe_duration_seconds{service=\"b\"} 0.1\nprobe_success{service=\"b\"} 0\n";
}

bool Prometheus::Installed() { return testbed::RunCommand({"prometheus", "--version"}).ok(); }

Prometheus::Prometheus(const TemporaryDirectory& directory, const Target& target)
    : directory_(directory), port_(FreePort()) {
  const auto job = [&](const std::string& name, const std::string& labels) {
    return "  - job_name: " + name + "\n    metrics_path: /" + name +
           "\n    static_configs:\n      - targets: ['127.0.0.1:" + std::to_string(target.port()) +
           "']\n        labels: {" + labels + "}\n";
  };
  directory_.Write("prometheus.yml", "global: {scrape_interval: 1s, scrape_timeout: 1s}\nscrape_configs:\n" +
                                         job("node", "domain: vm1") + job("libvirt", "hypervisor: host1") +
                                         job("mtail", "zone: a") + job("probe", "domain: vm1"));
}

void Prometheus::Start() {
  auto started = testbed::Process::Start({.argv = {"prometheus", "--config.file=" + directory_.Path("prometheus.yml"),
                                                   "--storage.tsdb.path=" + directory_.Path("tsdb"),
                                                   "--web.listen-address=127.0.0.1:" + std::to_string(port_)},
                                          .log = directory_.Path("prometheus.log")});
  ASSERT_TRUE(started.ok());
  process_.emplace(std::move(*started));
  ASSERT_TRUE(testbed::WaitUntil(kPatience, [&] { return Ask(url(), "GET", "/-/ready").status == 200; }))
      << directory_.Read("prometheus.log");
}

http::ClientResponse Ask(const std::string& base_url, const std::string& method, const std::string& path) {
  auto client = http::Client::Create(base_url, {}, "forewarn-test");
  if (!client) return {};
  http::ClientRequest request;
  request.method = method;
  request.path = path;
  auto response = (*client)->Send(request, std::chrono::seconds(10), 16 << 20);
  return response ? *response : http::ClientResponse{};
}

Binary::Binary(const TemporaryDirectory& directory, std::vector<std::string> flags) : directory_(directory) {
  std::filesystem::remove(directory.Path("exporter.log"));
  flags.insert(flags.begin(), FOREWARN_EXPORTER);
  auto started = testbed::Process::Start({.argv = std::move(flags), .log = directory.Path("exporter.log")});
  if (started) process_.emplace(std::move(*started));
}

bool Binary::Listening() {
  constexpr std::string_view kSaid = "msg=listening port=";
  return testbed::WaitUntil(kPatience,
                            [&] {
                              const std::string log = Log();
                              const auto at = log.find(kSaid);
                              if (at == std::string::npos || log.find('\n', at) == std::string::npos)
                                return !process_->Running();
                              url_ = "http://127.0.0.1:" + std::to_string(std::stoi(log.substr(at + kSaid.size())));
                              return true;
                            }) &&
         !url_.empty();
}

bool Binary::WaitForMetric(const std::string& line) {
  return testbed::WaitUntil(kPatience, [&] { return Metrics().find(line) != std::string::npos; });
}

}  // namespace forewarn::exporter

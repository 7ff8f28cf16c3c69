// SPDX-License-Identifier: Apache-2.0
#include "tests/campaigns/pair/campaign.h"

#include <signal.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <nlohmann/json.hpp>
#include <optional>
#include <random>
#include <thread>

#include "common/base/clock.h"
#include "common/http/client.h"
#include "tests/campaigns/pair/telemetry.h"
#include "tests/fakes/private_postgres.h"
#include "tests/testbed/process.h"

namespace forewarn::replicas {
namespace {

using base::Error;
using base::ErrorCode;
using base::Result;
using Milliseconds = std::chrono::milliseconds;

constexpr Milliseconds kLease{2000}, kReady{60'000}, kRest{240'000};
constexpr int kAlertsPerPause = 10;
constexpr const char* kAlertmanager = "/usr/bin/prometheus-alertmanager";
constexpr const char* kRestless = "SELECT count(*) FROM episodes WHERE state NOT IN ('held', 'closed')";
constexpr const char* kRecords =
    "SELECT string_agg(concat_ws(E'\\t', id, state, outcome, reason, domain), E'\\n' ORDER BY id) FROM episodes";

// Without it there is nothing to measure; whatever fails later is a finding.
Error Lacking(const Error& error) { return {ErrorCode::kUnsupported, error.message}; }

class Campaign {
 public:
  explicit Campaign(const Options& options) : options_(options), random_(options.seed) {
    std::string pattern = std::filesystem::temp_directory_path() / "replicasXXXXXX";
    directory_ = mkdtemp(pattern.data());
  }
  ~Campaign() {
    for (auto* processes : {&replicas_, &alertmanagers_}) processes->clear();
    std::filesystem::remove_all(directory_);
  }

  Result<void> Begin() {
    auto postgres = fakes::PrivatePostgres::Start();
    if (!postgres) return Lacking(postgres.error());
    postgres_ = std::move(*postgres);
    auto plant = Plant::Start(options_.n);
    if (!plant) return Lacking(plant.error());
    if (access(kAlertmanager, X_OK) != 0) return Error{ErrorCode::kUnsupported, "no prometheus-alertmanager"};
    plant_ = std::move(*plant);
    telemetry_.emplace(*plant_);
    for (int i = 0; i < 2; ++i) {
      if (auto started = StartReplica(i); !started) return started;
    }
    for (int i = 0; i < 2; ++i) {
      if (auto started = StartAlertmanager(i); !started) return started;
    }
    return {};
  }

  // The alerts come in small groups, and all the while one of the two stands still or neither does.
  Result<void> Storm(const std::function<void(const Figures&)>& progress) {
    for (int next = 0; next < options_.n;) {
      testbed::Process& victim = replicas_[random_() % 2];
      std::jthread pause([&, before = Between(0, 1500), still = Between(2200, 4500)] {
        std::this_thread::sleep_for(before);
        victim.Signal(SIGSTOP);
        std::this_thread::sleep_for(still);
        victim.Signal(SIGCONT);
      });
      for (const int end = std::min(options_.n, next + kAlertsPerPause); next < end;) {
        const int size = std::min(end - next, 1 + static_cast<int>(random_() % 6));
        if (auto posted = Post(next, size); !posted) return posted;
        next += size;
        std::this_thread::sleep_for(Between(50, 400));
      }
      pause.join();
      ++figures_.pauses;
      figures_.alerts = next;
      progress(figures_);
    }
    return {};
  }

  // Everything is held or closed.
  Figures Settle() {
    testbed::WaitUntil(kRest, [&] { return Number(kDomains) >= options_.n && Number(kRestless) == 0; });
    figures_.open = Number(kRestless);
    figures_.episodes = Number("SELECT count(*) FROM episodes");
    std::vector<Line> lines = ReadLines(Path("replica0.log"));
    const std::vector<Line> more = ReadLines(Path("replica1.log"));
    lines.insert(lines.end(), more.begin(), more.end());
    Sort(lines);
    const auto table = postgres_->Ask(kRecords);
    figures_.effects = Judge(plant_->domains(), lines, ReadRecords(table ? *table : ""),
                             [this](const std::string& domain) { return plant_->Look(domain); });
    return figures_;
  }

 private:
  static constexpr const char* kDomains = "SELECT count(DISTINCT domain) FROM episodes";

  std::string Path(const std::string& name) const { return directory_ / name; }
  Milliseconds Between(int from, int to) { return Milliseconds(std::uniform_int_distribution<int>(from, to)(random_)); }
  int Number(const std::string& sql) const {
    auto answer = postgres_->Ask(sql);
    return answer && !answer->empty() ? std::stoi(*answer) : -1;
  }

  void Configure(const std::string& file, int replica) const {
    std::ofstream(file) << "source: {url: '" << telemetry_->url() << "', timeout: 2s}\njournal: {postgres: {conninfo: '"
                        << postgres_->conninfo() << "', lease: " << kLease.count()
                        << "ms}}\nkill_switch: {file: " << Path("kill" + std::to_string(replica))
                        << "}\nhypervisors: [{name: host1, uri: '" << plant_->uri()
                        << "'}]\ntargets: [{domain: 'vm-[0-9]+'}]\npolicies:\n  MemoryLeak:\n    "
                        << "mode: act\n    steps: [memory]\n    expiry: 1h\n    verify: {expr: "
                        << "'symptom{domain=\"$domain\"}', deadline: 30s}\nguard:\n  allow: ['vm-[0-9]+']\n"
                        << "  max_in_force: 100000\n  max_in_force_per_hypervisor: 100000\n  max_per_hour: 100000\n"
                        << "  fleet_budget: 1\n  max_fleet_predicted: 1\n  minimum_healthy: 0\n"
                        << "  circuit_breaker: {failures: 100000}\n";
  }

  Result<void> StartReplica(int i) {
    const std::string name = "replica" + std::to_string(i), log = Path(name + ".log");
    Configure(Path(name + ".yaml"), i);
    auto started = testbed::Process::Start(
        {.argv = {FOREWARN_WEBHOOK, "--config.file=" + Path(name + ".yaml"), "--web.listen-address=127.0.0.1:0"},
         .log = log});
    if (!started) return started.error();
    replicas_.push_back(std::move(*started));
    std::string port;
    testbed::WaitUntil(kReady, [&] { return !(port = PortIn(log)).empty() || !replicas_.back().Running(); });
    if (port.empty()) return Error{ErrorCode::kUnavailable, name + " did not start"};
    ports_[static_cast<std::size_t>(i)] = port;
    return {};
  }

  static std::string PortIn(const std::string& log) {
    std::ifstream in(log);
    for (std::string line; std::getline(in, line);) {
      if (const auto at = line.find("port="); at != std::string::npos) return line.substr(at + 5);
    }
    return {};
  }

  // They don't know of each other, and each tells both replicas.
  Result<void> StartAlertmanager(int i) {
    const std::string name = "alertmanager" + std::to_string(i);
    std::ofstream(Path(name + ".yml"))
        << "route: {receiver: both, group_by: [domain], group_wait: 100ms, group_interval: 1s, repeat_interval: 1h}\n"
        << "receivers:\n- name: both\n  webhook_configs:\n  - {url: 'http://127.0.0.1:" << ports_[0]
        << "/api/v1/alerts'}\n  - {url: 'http://127.0.0.1:" << ports_[1] << "/api/v1/alerts'}\n";
    const std::string port = std::to_string(FreePort());
    auto started =
        testbed::Process::Start({.argv = {kAlertmanager, "--storage.path=" + Path(name),
                                          "--cluster.listen-address=", "--config.file=" + Path(name + ".yml"),
                                          "--web.listen-address=127.0.0.1:" + port},
                                 .log = Path(name + ".log")});
    if (!started) return started.error();
    alertmanagers_.push_back(std::move(*started));
    auto client = http::Client::Create("http://127.0.0.1:" + port, {}, "campaign");
    if (!client) return client.error();
    clients_.push_back(std::move(*client));
    const bool ready = testbed::WaitUntil(kReady, [&] { return Send(*clients_.back(), "GET", "/-/ready", "") == 200; });
    return ready ? Result<void>() : Error{ErrorCode::kUnavailable, name + " is not ready"};
  }

  static int FreePort() {
    auto server = http::Server::Start({.listen = {"127.0.0.1:0"}}, {});
    return server ? (*server)->ports()[0] : 0;
  }

  static int Send(http::Client& client, const std::string& method, const std::string& path, const std::string& body) {
    http::ClientRequest request;
    request.method = method;
    request.path = path;
    request.body = body;
    if (!body.empty()) request.content_type = "application/json";
    auto response = client.Send(request, std::chrono::seconds(10), 1 << 20);
    return response ? response->status : 0;
  }

  Result<void> Post(int first, int size) {
    nlohmann::json alerts = nlohmann::json::array();
    for (int i = first; i < first + size; ++i) {
      alerts.push_back({{"labels",
                         {{"alertname", "ForewarnMitigationDue"},
                          {"domain", NameOf(i)},
                          {"fault", "MemoryLeak"},
                          {"purpose", "mitigate"},
                          {"severity", "warning"}}},
                        {"endsAt", "2099-01-01T00:00:00Z"}});
    }
    for (auto& client : clients_) {
      if (Send(*client, "POST", "/api/v2/alerts", alerts.dump()) != 200) {
        return Error{ErrorCode::kUnavailable, "an Alertmanager refused an alert"};
      }
    }
    return {};
  }

  const Options options_;
  std::mt19937_64 random_;
  Figures figures_;
  std::filesystem::path directory_;
  std::unique_ptr<fakes::PrivatePostgres> postgres_;
  std::unique_ptr<Plant> plant_;
  std::optional<Telemetry> telemetry_;
  std::array<std::string, 2> ports_;
  std::vector<testbed::Process> replicas_, alertmanagers_;
  std::vector<std::unique_ptr<http::Client>> clients_;
};

}  // namespace

Result<Figures> Run(const Options& options, const std::function<void(const Figures&)>& progress) {
  const auto began = base::SystemClock().Steady();
  Campaign campaign(options);
  if (auto begun = campaign.Begin(); !begun) return begun.error();
  if (auto stormed = campaign.Storm(progress); !stormed) return stormed.error();
  Figures figures = campaign.Settle();
  figures.seconds = base::ToSeconds(base::Duration(base::SystemClock().Steady() - began));
  return figures;
}

}  // namespace forewarn::replicas

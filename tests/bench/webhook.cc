// SPDX-License-Identifier: Apache-2.0
#include <libvirt/libvirt.h>
#include <time.h>
#include <unistd.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <stdexcept>

#include "common/http/client.h"
#include "common/http/server.h"
#include "tests/bench/bench.h"
#include "tests/bench/meter.h"
#include "tests/fakes/private_libvirtd.h"
#include "webhook/alerts/alert.h"
#include "webhook/journal/journal.h"

namespace forewarn::bench {
namespace {

constexpr int kAlerts = 500, kFew = 5, kRounds = 15;
constexpr auto kPatience = std::chrono::seconds(10);

double ThreadCpuSeconds() {
  timespec time{};
  clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time);
  return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_nsec) * 1e-9;
}

// As Alertmanager sends it: five alerts are three kilobytes.
std::string Body(int first, int count) {
  std::string alerts;
  for (int i = first; i < first + count; ++i) {
    char alert[900];
    std::snprintf(
        alert, sizeof alert,
        R"(%s{"status":"firing","labels":{"alertname":"ForewarnMitigate","domain":"vm-%06d",)"
        R"("fault":"DiskContention","purpose":"mitigate","severity":"warning","instance":"prometheus:9090"},)"
        R"("annotations":{"summary":"DiskContention is predicted on vm-%06d","description":"With confidence )"
        R"(87 %% within the next five minutes; the disk's queue grows and its requests take longer than usual.",)"
        R"("runbook_url":"https://example.org/runbooks/DiskContention"},"startsAt":"2026-11-24T02:10:40.123Z",)"
        R"("endsAt":"0001-01-01T00:00:00Z","generatorURL":"http://prometheus:9090/graph?g0.expr=x&g0.tab=1",)"
        R"("fingerprint":"%016x"})",
        i == first ? "" : ",", i, i, static_cast<unsigned>(i));
    alerts += alert;
  }
  return R"({"version":"4","groupKey":"{}:{}","truncatedAlerts":0,"status":"firing","receiver":"forewarn",)"
         R"("groupLabels":{},"commonLabels":{},"commonAnnotations":{},"externalURL":"http://alertmanager:9093",)"
         R"("alerts":[)" +
         alerts + "]}";
}

// CPU seconds of the webhook's side: from the socket to the intent on disk.
double ReceiveAll(const std::filesystem::path& directory, int per_post) {
  auto journal = journal::OpenSqlite(directory / "journal.db");
  if (!journal) throw std::runtime_error(journal.error().message);
  http::Route route{"POST", "/api/v1/alerts",
                    [&](const http::Request& request) {
                      auto notification = alerts::Parse(request.body);
                      if (!notification) return http::Text(400, notification.error().message);
                      auto admitted = (*journal)->Admit(notification->alerts, base::SystemClock().Now());
                      return admitted ? http::Text(200, "OK\n") : http::Text(503, admitted.error().message);
                    },
                    "application/json", 1 << 20};
  http::ServerOptions options;
  options.listen = {"127.0.0.1:0"};
  auto server = http::Server::Start(options, {route});
  if (!server) throw std::runtime_error(server.error().message);
  auto client = http::Client::Create("http://127.0.0.1:" + std::to_string((*server)->ports().at(0)), {}, "bench");
  if (!client) throw std::runtime_error(client.error().message);
  const auto post = [&](int first) {
    http::ClientRequest request;
    request.method = "POST";
    request.path = "/api/v1/alerts";
    request.content_type = "application/json";
    request.body = Body(first, per_post);
    auto answer = (*client)->Send(request, kPatience, 1 << 16);
    if (!answer || answer->status != 200) throw std::runtime_error("the alerts were not accepted");
  };
  for (int i = 0; i < 20; ++i) post(1'000'000 + i * per_post);  // warm
  const double process = CpuSeconds(), sender = ThreadCpuSeconds();
  for (int first = 0; first < kAlerts; first += per_post) post(first);
  return CpuSeconds() - process - (ThreadCpuSeconds() - sender);
}

// All threads of another process, s (proc(5): schedstat counts nanoseconds).
double CpuSecondsOfProcess(int process) {
  double sum = 0;
  for (const auto& task : std::filesystem::directory_iterator("/proc/" + std::to_string(process) + "/task")) {
    double nanoseconds = 0;
    std::ifstream(task.path() / "schedstat") >> nanoseconds;
    sum += nanoseconds * 1e-9;
  }
  return sum;
}

// CPU seconds of one bare call, both sides.
double OneCall(const fakes::PrivateLibvirtd& daemon) {
  constexpr int kCalls = 2000;
  virConnectPtr connect = virConnectOpen(daemon.uri().c_str());
  if (connect == nullptr) throw std::runtime_error("libvirtd does not answer");
  virDomainPtr domain = virDomainLookupByName(connect, daemon.domain().c_str());
  virDomainInfo info;
  const auto call = [&] {
    if (virDomainGetInfo(domain, &info) != 0) throw std::runtime_error("libvirtd refuses");
  };
  for (int i = 0; i < 100; ++i) call();
  const double daemon_before = CpuSecondsOfProcess(daemon.process()), ours = CpuSeconds();
  for (int i = 0; i < kCalls; ++i) call();
  const double spent = CpuSeconds() - ours + CpuSecondsOfProcess(daemon.process()) - daemon_before;
  virDomainFree(domain);
  virConnectClose(connect);
  return spent / kCalls;
}

}  // namespace

std::vector<Figure> MeasureWebhook(const Scale&) {
  auto daemon = fakes::PrivateLibvirtd::Start(fakes::PrivateLibvirtd::Driver::kTest);
  if (!daemon) throw Skipped(daemon.error().message);
  std::string pattern = std::filesystem::temp_directory_path() / "benchXXXXXX";
  const std::filesystem::path directory = mkdtemp(pattern.data());
  std::vector<double> few, all, calls;
  for (int round = 0; round < kRounds; ++round) {
    for (const auto& [per_post, into] : {std::pair{kFew, &few}, {kAlerts, &all}}) {
      into->push_back(ReceiveAll(directory, per_post) / kAlerts);
      std::filesystem::remove_all(directory);
      std::filesystem::create_directory(directory);
    }
    calls.push_back(OneCall(**daemon));
  }
  std::filesystem::remove_all(directory);
  const double alert = Median(few), burst = Median(all), call = Median(calls);
  return {{"alert_to_rpc", alert / call, "x", 0.5, 0,
           "CPU per alert, receive to journaled, in POSTs of five, over one libvirt call"},
          {"burst_to_rpc", burst / call, "x", 0.5, 0, "the same 500 alerts in one POST"},
          {"alert_cpu", alert * 1e6, "us", 0, 0, "in POSTs of five, each synced to disk"},
          {"burst_cpu", burst * 1e6, "us", 0, 0, "in one POST"},
          {"rpc_cpu", call * 1e6, "us", 0, 0, "virDomainGetInfo through a libvirtd, both sides"}};
}

}  // namespace forewarn::bench

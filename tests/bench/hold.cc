// SPDX-License-Identifier: Apache-2.0
#include <stdlib.h>

#include <algorithm>
#include <charconv>
#include <cmath>
#include <filesystem>
#include <fstream>
#include <stdexcept>

#include "common/http/client.h"
#include "tests/bench/bench.h"
#include "tests/bench/canned_source.h"
#include "tests/bench/loopback.h"
#include "tests/bench/meter.h"
#include "tests/testbed/process.h"

namespace forewarn::bench {
namespace {

using testbed::Process;

constexpr std::chrono::seconds kPatience{120};

class Folder {
 public:
  Folder() {
    std::string name = (std::filesystem::temp_directory_path() / "forewarn-bench-XXXXXX").string();
    path_ = mkdtemp(name.data());
  }
  ~Folder() { std::filesystem::remove_all(path_); }
  Folder(const Folder&) = delete;
  Folder& operator=(const Folder&) = delete;
  std::string Write(const std::string& name, const std::string& text) const {
    std::ofstream(path_ / name) << text;
    return Path(name);
  }
  std::string Path(const std::string& name) const { return (path_ / name).string(); }

 private:
  std::filesystem::path path_;
};

std::string Get(const std::string& url, const std::string& path) {
  auto client = http::Client::Create(url, {}, "forewarn-bench");
  if (!client) return {};
  http::ClientRequest request;
  request.path = path;
  auto response = (*client)->Send(request, std::chrono::seconds(10), 1u << 30);
  return response && response->status == 200 ? response->body : "";
}

// A sample of an exposition; -1 where it is absent.
double Sample(const std::string& text, const std::string& name) {
  const auto at = text.find("\n" + name + " ");
  double value = -1;
  if (at != std::string::npos) std::from_chars(text.data() + at + name.size() + 2, text.data() + text.size(), value);
  return value;
}

Process Start(std::vector<std::string> argv, const std::string& log) {
  auto started = Process::Start({.argv = std::move(argv), .log = log});
  if (!started) throw std::runtime_error(started.error().message);
  return std::move(*started);
}

void Await(const char* what, const std::function<bool()>& condition) {
  if (!testbed::WaitUntil(kPatience, condition)) throw std::runtime_error(std::string("waited in vain for ") + what);
}

int FreePort() { return Listener().port(); }

std::string PrometheusConfig(const CannedSource& target) {
  return "global: {scrape_interval: 1s, scrape_timeout: 1s}\nscrape_configs:\n  - job_name: node\n    static_configs:\n"
         "      - targets: ['127.0.0.1:" +
         std::to_string(target.port()) + "']\n";
}

std::string ExporterConfig(const Fleet& fleet, const std::string& prometheus) {
  std::string config = "source: {url: '" + prometheus + "', timeout: 1s}\ntick: 1s\noffset: 0s\nsignals:\n  define:\n";
  for (const auto& signal : fleet.signals()) config += "    " + signal + ": {expr: " + signal + "}\n";
  return config;
}

struct Counts {
  double ticks = 0, failures = 0, seconds = 0, series = 0;
};

Counts CountsOf(const std::string& metrics) {
  return {Sample(metrics, "forewarn_ticks_total"), Sample(metrics, "forewarn_tick_failures_total"),
          Sample(metrics, "forewarn_tick_duration_seconds_sum"), Sample(metrics, "forewarn_source_series")};
}

// The ticks of so many seconds, once the exporter sees every series and is warm.
std::vector<Figure> Count(const std::string& exporter, const Fleet& fleet, std::size_t ticks) {
  Counts before, after;
  const auto all = static_cast<double>(fleet.series());
  Await("ticks that see every series", [&] {
    before = CountsOf(Get(exporter, "/metrics"));
    return before.ticks >= 15 && before.series >= all;
  });
  const double start = WallSeconds();
  const auto wanted = static_cast<double>(ticks);
  // Half a second more: `before` was seen just after a tick, and the last one may end a bit later in its second.
  Await("the ticks to be counted", [&] { return WallSeconds() - start >= wanted + 0.5; });
  const double took = WallSeconds() - start;
  after = CountsOf(Get(exporter, "/metrics"));
  const double failed = after.failures - before.failures, done = after.ticks - before.ticks;
  const double missed = std::max(0.0, std::floor(took) - (done - failed));
  const std::string of = " of " + std::to_string(fleet.series()) + " series, a second each, Prometheus asked";
  return {{"ticks_missed", missed, "ticks", 0.5, 0.5, "missed or failed in " + std::to_string(ticks) + " ticks" + of},
          {"tick_duration", (after.seconds - before.seconds) / done, "s", 0, 0, "mean wall time of a tick" + of}};
}

}  // namespace

std::vector<Figure> MeasureHold(const Scale& scale) {
  if (!testbed::RunCommand({"prometheus", "--version"})) throw Skipped("prometheus is not installed");
  const Fleet fleet(scale.hold_series);
  const CannedSource target(fleet, 8, CannedSource::Serves::kExposition);
  const Folder folder;
  const std::string prometheus = "127.0.0.1:" + std::to_string(FreePort());
  const Process source =
      Start({"prometheus", "--config.file=" + folder.Write("prometheus.yml", PrometheusConfig(target)),
             "--storage.tsdb.path=" + folder.Path("tsdb"), "--web.listen-address=" + prometheus},
            folder.Path("prometheus.log"));
  Await("Prometheus", [&] { return !Get("http://" + prometheus, "/-/ready").empty(); });
  const std::string listen = "127.0.0.1:" + std::to_string(FreePort());
  const Process exporter = Start(
      {scale.exporter, "--config.file=" + folder.Write("exporter.yaml", ExporterConfig(fleet, "http://" + prometheus)),
       "--web.listen-address=" + listen},
      folder.Path("exporter.log"));
  return Count("http://" + listen, fleet, scale.hold_ticks);
}

}  // namespace forewarn::bench

// SPDX-License-Identifier: Apache-2.0
#include <signal.h>
#include <unistd.h>

#include <cstdio>
#include <thread>

#include "common/http/server.h"
#include "common/log/log.h"
#include "common/service/notify.h"
#include "exporter/daemon.h"
#include "exporter/flags.h"

namespace forewarn::exporter {
namespace {

constexpr int kBadConfig = 2, kCannotServe = 1;

int Complain(const base::Error& error) {
  std::fprintf(stderr, "%s\n", error.message.c_str());
  return kBadConfig;
}

// Signals are waited for, never handled: blocked here, and so in every thread that begins later.
sigset_t BlockSignals() {
  sigset_t signals;
  sigemptyset(&signals);
  for (const int signal : {SIGINT, SIGTERM, SIGHUP}) sigaddset(&signals, signal);
  pthread_sigmask(SIG_BLOCK, &signals, nullptr);
  signal(SIGPIPE, SIG_IGN);
  return signals;
}

void WaitForEnd(const sigset_t& signals, Daemon& daemon) {
  int received = 0;
  while (sigwait(&signals, &received) != 0 || received == SIGHUP) {
    if (received != SIGHUP) continue;
    service::Reloading();
    static_cast<void>(daemon.Reload());  // it has logged what came of it
    service::Ready();
  }
  service::Stopping();
  log::Info("stopping", {{"signal", received == SIGINT ? "SIGINT" : "SIGTERM"}});
}

int Serve(const Flags& flags, const http::WebPaths& paths, Daemon& daemon) {
  const sigset_t signals = BlockSignals();
  http::ServerOptions options;
  options.listen = flags.listen;
  options.web_config_file = flags.web_config_file;
  options.prefix = paths.routes;
  auto server = http::Server::Start(options, daemon.Routes(flags.telemetry_path, paths));
  if (!server) {
    log::Error("cannot serve", {{"error", server.error().message}});
    return kCannotServe;
  }
  for (const auto port : (*server)->ports()) log::Info("listening", {{"port", std::to_string(port)}});
  if (getuid() == 0) log::Warn("running as root; the exporter needs no privileges");
  const std::jthread ticks([&daemon](const std::stop_token& stop) { daemon.Run(stop); });
  service::Ready();
  WaitForEnd(signals, daemon);
  return 0;
}

int Main(int argc, char** argv) {
  int exit_code = 0;
  const auto flags = ParseFlags(argc, argv, exit_code);
  if (!flags) return exit_code;
  if (auto configured = log::Configure(flags->log_level, flags->log_format); !configured) {
    return Complain(configured.error());
  }
  auto daemon = Daemon::Create(flags->config_file);
  if (!daemon) return Complain(daemon.error());
  const auto paths = http::ParseWebPaths(flags->external_url, flags->route_prefix);
  if (!paths) return Complain(paths.error());
  if (!flags->web_config_file.empty()) {
    if (auto checked = http::CheckWebConfig(flags->web_config_file); !checked) return Complain(checked.error());
  }
  if (flags->config_check) {
    std::printf("%s is good\n", flags->config_file.c_str());
    return 0;
  }
  return Serve(*flags, *paths, **daemon);
}

}  // namespace
}  // namespace forewarn::exporter

int main(int argc, char** argv) { return forewarn::exporter::Main(argc, argv); }

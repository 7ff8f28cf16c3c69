// SPDX-License-Identifier: Apache-2.0
#include <signal.h>
#include <sys/resource.h>

#include <cstdio>
#include <thread>

#include "common/http/server.h"
#include "common/log/log.h"
#include "common/service/notify.h"
#include "webhook/daemon.h"
#include "webhook/flags.h"

namespace forewarn::webhook {
namespace {

constexpr int kBadConfig = 2, kCannotServe = 1;
constexpr int kConnections = 4096;  // a slow one costs a small buffer; of one peer the server takes fewer

int Complain(const base::Error& error) {
  std::fprintf(stderr, "%s\n", error.message.c_str());
  return kBadConfig;
}

int Fail(const char* what, const base::Error& error) {
  log::Error(what, {{"error", error.message}});
  return kCannotServe;
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

// Each connection takes a descriptor.
void RaiseFileLimit() {
  rlimit limit{};
  if (getrlimit(RLIMIT_NOFILE, &limit) != 0) return;
  limit.rlim_cur = limit.rlim_max;
  setrlimit(RLIMIT_NOFILE, &limit);
}

// What is held stays held: the journal has it, and the next process takes it up.
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

int Serve(const Flags& flags, const http::WebPaths& paths, Settings settings) {
  const sigset_t signals = BlockSignals();
  RaiseFileLimit();
  auto daemon = Daemon::Start(flags.config_file, std::move(settings));
  if (!daemon) return Fail("cannot start", daemon.error());
  http::ServerOptions options;
  options.listen = flags.listen;
  options.web_config_file = flags.web_config_file;
  options.prefix = paths.routes;
  options.max_connections = kConnections;
  auto server = http::Server::Start(options, (*daemon)->Routes(flags.telemetry_path, paths));
  if (!server) return Fail("cannot serve", server.error());
  for (const auto port : (*server)->ports()) log::Info("listening", {{"port", std::to_string(port)}});
  const std::jthread watch([&d = **daemon](const std::stop_token& stop) { d.Watch(stop); });
  service::Ready();
  WaitForEnd(signals, **daemon);
  return 0;
}

int Main(int argc, char** argv) {
  int exit_code = 0;
  const auto flags = ParseFlags(argc, argv, exit_code);
  if (!flags) return exit_code;
  if (auto configured = log::Configure(flags->log_level, flags->log_format); !configured) {
    return Complain(configured.error());
  }
  auto settings = LoadSettings(flags->config_file);
  if (!settings) return Complain(settings.error());
  const auto paths = http::ParseWebPaths(flags->external_url, flags->route_prefix);
  if (!paths) return Complain(paths.error());
  if (!flags->web_config_file.empty()) {
    if (auto checked = http::CheckWebConfig(flags->web_config_file); !checked) return Complain(checked.error());
  }
  if (flags->config_check) {
    std::printf("%s is good\n", flags->config_file.c_str());
    return 0;
  }
  return Serve(*flags, *paths, std::move(*settings));
}

}  // namespace
}  // namespace forewarn::webhook

int main(int argc, char** argv) { return forewarn::webhook::Main(argc, argv); }

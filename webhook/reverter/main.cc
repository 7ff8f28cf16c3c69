// SPDX-License-Identifier: Apache-2.0
#include <signal.h>

#include <cstdio>

#include "common/log/log.h"
#include "common/service/notify.h"
#include "webhook/reverter/daemon.h"
#include "webhook/reverter/flags.h"

namespace forewarn::reverter {
namespace {

constexpr int kBadConfig = 2, kFailed = 1;

int Complain(const base::Error& error) {
  std::fprintf(stderr, "%s\n", error.message.c_str());
  return kBadConfig;
}

int Serve(const Flags& flags, Daemon& daemon) {
  // Waited for, never handled: blocked here, and so in every thread that begins later.
  sigset_t ends;
  sigemptyset(&ends);
  for (const int signal : {SIGINT, SIGTERM}) sigaddset(&ends, signal);
  pthread_sigmask(SIG_BLOCK, &ends, nullptr);
  http::ServerOptions options;
  options.listen = flags.listen;
  options.web_config_file = flags.web_config_file;
  auto server = http::Server::Start(options, daemon.Routes());
  if (!server) {
    log::Error("cannot serve", {{"error", server.error().message}});
    return kFailed;
  }
  for (const auto port : (*server)->ports()) log::Info("listening", {{"port", std::to_string(port)}});
  daemon.Run(flags.interval);
  service::Ready();
  int received = 0;
  while (sigwait(&ends, &received) != 0) continue;
  service::Stopping();
  log::Info("stopping", {{"signal", received == SIGINT ? "SIGINT" : "SIGTERM"}});
  return 0;
}

base::Result<Settings> Load(const Flags& flags) {
  if (auto configured = log::Configure(flags.log_level, flags.log_format); !configured) return configured.error();
  if (!flags.web_config_file.empty()) {
    if (auto checked = http::CheckWebConfig(flags.web_config_file); !checked) return checked.error();
  }
  return LoadSettings(flags.config_file);
}

int Main(int argc, char** argv) {
  int exit_code = 0;
  const auto flags = ParseFlags(argc, argv, exit_code);
  if (!flags) return exit_code;
  auto settings = Load(*flags);
  if (!settings) return Complain(settings.error());
  if (flags->config_check) {
    std::printf("%s is good\n", flags->config_file.c_str());
    return 0;
  }
  signal(SIGPIPE, SIG_IGN);
  auto daemon = Daemon::Create(std::move(*settings), flags->grace);
  if (!daemon) return Complain(daemon.error());
  if (flags->once) return (*daemon)->Once() ? 0 : kFailed;
  return Serve(*flags, **daemon);
}

}  // namespace
}  // namespace forewarn::reverter

int main(int argc, char** argv) { return forewarn::reverter::Main(argc, argv); }

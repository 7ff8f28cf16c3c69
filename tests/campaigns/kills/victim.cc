// SPDX-License-Identifier: Apache-2.0
#include "tests/campaigns/kills/victim.h"

#include <arpa/inet.h>
#include <fcntl.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <fstream>
#include <functional>
#include <iomanip>
#include <new>
#include <nlohmann/json.hpp>
#include <sstream>

namespace forewarn::crash {
namespace {

using Json = nlohmann::json;

constexpr std::chrono::seconds kCallTime{10};

// Free at this moment; it stays the same over all starts, as a service's would.
int FreePort() {
  const int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  socklen_t size = sizeof address;
  bind(fd, reinterpret_cast<sockaddr*>(&address), size);
  getsockname(fd, reinterpret_cast<sockaddr*>(&address), &size);
  close(fd);
  return ntohs(address.sin_port);
}

std::string Fingerprint(const std::string& domain) {
  std::ostringstream text;
  text << std::hex << std::setw(16) << std::setfill('0') << std::hash<std::string>{}(domain);
  return text.str();
}

Moment* Share(const std::string& file) {
  const int fd = open(file.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600);
  if (fd < 0 || ftruncate(fd, sizeof(Moment)) != 0) return nullptr;
  void* shared = mmap(nullptr, sizeof(Moment), PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
  close(fd);
  return shared == MAP_FAILED ? nullptr : new (shared) Moment;
}

}  // namespace

Victim::Victim(const std::string& telemetry, const std::string& hypervisor) : port_(FreePort()) {
  folder_.Write("webhook.yaml", Configuration({folder_.path(), telemetry, hypervisor}));
  moment_ = Share(folder_.File("moment"));
}

Victim::~Victim() {
  process_.reset();
  munmap(moment_, sizeof(Moment));
}

base::Result<void> Victim::Start(std::uint32_t die_at) {
  new (moment_) Moment;
  client_ = http::Client::Create("http://127.0.0.1:" + std::to_string(port_), {}, "crash-campaign").value();
  auto started = testbed::Process::Start({.argv = {FOREWARN_WEBHOOK, "--config.file=" + config(),
                                                   "--web.listen-address=127.0.0.1:" + std::to_string(port_)},
                                          .log = folder_.File("log"),
                                          .env = {{"LD_PRELOAD", FOREWARN_CRASH_SHIM},
                                                  {kMomentFile, folder_.File("moment")},
                                                  {kMomentAt, std::to_string(die_at)}}});
  if (!started) return started.error();
  process_.emplace(std::move(*started));
  return {};
}

void Victim::Kill() {
  if (!process_) return;
  process_->Kill();
  process_->Wait();
}

std::optional<http::ClientResponse> Victim::Call(const http::ClientRequest& request) {
  auto response = client_->Send(request, kCallTime, 1 << 24);
  if (!response) return std::nullopt;
  return *response;
}

bool Victim::Serves() {
  http::ClientRequest request;
  request.path = "/-/healthy";
  return Call(request).has_value();
}

void Victim::Send(std::vector<Sent>& alerts) {
  Json body{{"version", "4"}, {"alerts", Json::array()}};
  for (const Sent& alert : alerts) {
    const Json labels{{"domain", alert.domain}, {"fault", alert.plan->fault}, {"purpose", "mitigate"}};
    body["alerts"].push_back({{"status", "firing"},
                              {"labels", labels},
                              {"startsAt", "2026-11-24T02:10:40Z"},
                              {"fingerprint", Fingerprint(alert.domain)}});
  }
  http::ClientRequest request{"POST", "/api/v1/alerts", body.dump(), "application/json", {}};
  const auto response = Call(request);
  if (!response || response->status != 200) return;
  for (Sent& alert : alerts) alert.answered = true;
}

std::optional<std::multimap<std::string, std::string>> Victim::States() {
  http::ClientRequest request;
  request.path = "/api/v1/mitigations?limit=1000";
  const auto response = Call(request);
  if (!response || response->status != 200) return std::nullopt;
  const Json body = Json::parse(response->body, nullptr, false);
  if (!body.is_object()) return std::nullopt;
  std::multimap<std::string, std::string> states;
  for (const Json& one : body["data"]["mitigations"]) {
    states.emplace(one["domain"].get<std::string>(), one["state"].get<std::string>());
  }
  return states;
}

bool Victim::IsOver(const std::vector<Sent>& alerts) {
  const auto states = States();
  const auto over = [&](const auto& stands) {
    const bool expires = std::any_of(alerts.begin(), alerts.end(), [&](const Sent& sent) {
      return sent.domain == stands.first && sent.plan->closed > 0;
    });
    return stands.second == "closed" || (stands.second == "held" && !expires);
  };
  if (!states || !std::all_of(states->begin(), states->end(), over)) return false;
  return States() == states;  // a plan may go from one step to the next
}

int Victim::Said(std::string_view words) const {
  const std::string log = Log();
  int count = 0;
  for (std::size_t at = 0; (at = log.find(words, at)) != std::string::npos; at += words.size()) ++count;
  return count;
}

std::string Victim::Log() const {
  std::ostringstream text;
  text << std::ifstream(folder_.File("log")).rdbuf();
  return text.str();
}

}  // namespace forewarn::crash

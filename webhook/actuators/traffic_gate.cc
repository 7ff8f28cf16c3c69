// SPDX-License-Identifier: Apache-2.0
#include "webhook/actuators/traffic_gate.h"

#include <algorithm>
#include <chrono>
#include <sstream>
#include <thread>

#include "webhook/actuators/change.h"

namespace forewarn::actuators {
namespace {

constexpr int kMostWeight = 256;
constexpr auto kPoll = std::chrono::milliseconds(50);

}  // namespace

std::string ToText(const Share& share) {
  return "weight " + std::to_string(share.weight) + " state " + Name(share.state);
}

base::Result<Share> ShareFromText(const std::string& text) {
  std::istringstream in(text);
  std::string weight_word, state_word, state, rest;
  Share share;
  const bool read = static_cast<bool>(in >> weight_word >> share.weight >> state_word >> state) && !(in >> rest);
  const base::Error bad{base::ErrorCode::kInvalid, "not a setting of traffic: " + text};
  if (!read || weight_word != "weight" || state_word != "state") return bad;
  if (share.weight < 0 || share.weight > kMostWeight) return bad;
  for (const ServerState known : {ServerState::kReady, ServerState::kDrain, ServerState::kMaint}) {
    if (state != Name(known)) continue;
    share.state = known;
    return share;
  }
  return bad;
}

std::vector<std::string> ServersOf(const Backend& backend) {
  std::vector<std::string> servers{backend.server, backend.standby_server, backend.stalled_server};
  std::erase(servers, std::string());
  return servers;
}

base::Result<Shares> Gate::Read(base::Deadline deadline) const {
  auto servers = runtime_.Servers(backend_.name, deadline);
  if (!servers) return servers.error();
  Shares shares;
  for (const std::string& name : ServersOf(backend_)) {
    const auto found = servers->find(name);
    if (found == servers->end()) {
      return base::Error{base::ErrorCode::kNotFound, "haproxy has no server " + backend_.name + "/" + name};
    }
    shares[name] = {found->second.weight, found->second.state};
  }
  return shares;
}

base::Result<void> Gate::Put(const std::string& server, const Share& share, base::Deadline deadline) const {
  if (auto set = runtime_.SetWeight(backend_.name, server, share.weight, deadline); !set) return set;
  return runtime_.SetState(backend_.name, server, share.state, deadline);
}

base::Result<void> Gate::Set(const Shares& from, const Shares& to, base::Deadline deadline) const {
  for (const bool gaining : {true, false}) {
    for (const auto& [server, share] : to) {
      if ((share.Effective() > from.at(server).Effective()) != gaining) continue;
      if (auto set = Put(server, share, deadline); !set) return set;
    }
  }
  return {};
}

base::Result<void> Gate::Uncover(const std::string& server, base::Deadline deadline) const {
  if (auto set = Put(server, {0, ServerState::kReady}, deadline); !set) return set;
  return runtime_.AssumeDown(backend_.name, server, deadline);
}

Gate::Health Gate::Of(Server::Health health) {
  switch (health) {
    case Server::Health::kUp:
      return Health::kUp;
    case Server::Health::kUnknown:
      return Health::kBeingChecked;
    case Server::Health::kDown:
      return Health::kDown;
    case Server::Health::kUnchecked:
      break;
  }
  return Health::kUnchecked;
}

base::Result<Gate::Health> Gate::HealthOf(const std::vector<std::string>& names, base::Deadline deadline) const {
  auto servers = runtime_.Servers(backend_.name, deadline);
  if (!servers) return servers.error();
  Health best = Health::kUnchecked;
  for (const std::string& name : names) {
    best = std::min(best, Of((*servers)[name].health));
  }
  return best;
}

base::Result<void> Gate::AwaitUp(const std::vector<std::string>& servers, base::Deadline deadline) const {
  for (;;) {
    auto health = HealthOf(servers, deadline);
    if (!health) return health.error();
    if (*health == Health::kUp) return {};
    if (*health == Health::kUnchecked) {
      return Refusal("no_health_check", "haproxy checks none who should take over in " + backend_.name);
    }
    if (deadline.Left() < 2 * kPoll) {
      return base::Error{base::ErrorCode::kUnavailable,
                         "nobody who should take over in " + backend_.name + " is up; nothing was shifted"};
    }
    std::this_thread::sleep_for(kPoll);
  }
}

base::Result<void> Gate::StayUp(const std::vector<std::string>& servers, base::Duration duration,
                                base::Deadline deadline) const {
  const auto end = base::Deadline::After(duration);
  for (;;) {
    auto health = HealthOf(servers, deadline);
    if (!health) return health.error();
    if (*health >= Health::kDown) return base::Error{base::ErrorCode::kUnavailable, servers.front() + " went down"};
    if (end.Passed()) return {};
    std::this_thread::sleep_for(std::min<base::Duration>(kPoll, end.Left()));
  }
}

}  // namespace forewarn::actuators

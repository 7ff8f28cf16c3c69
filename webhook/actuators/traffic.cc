// SPDX-License-Identifier: Apache-2.0
#include "webhook/actuators/traffic.h"

#include <array>
#include <chrono>
#include <sstream>
#include <thread>
#include <utility>
#include <vector>

#include "webhook/actuators/change.h"

namespace forewarn::actuators {
namespace {

constexpr int kFullWeight = 100, kMostWeight = 256;
constexpr auto kPoll = std::chrono::milliseconds(50);
constexpr auto kUndoTime = std::chrono::seconds(2);

// What is set of one server.
struct Share {
  int weight = 0;
  ServerState state = ServerState::kReady;
  bool operator==(const Share&) const = default;
  bool TakesTraffic() const { return weight > 0 && state == ServerState::kReady; }
};
using Shares = std::map<std::string, Share>;  // by server's name

std::string ToValue(const Share& share) {
  return "weight " + std::to_string(share.weight) + " state " + Name(share.state);
}

base::Result<Share> FromValue(const std::string& text) {
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

// The backend of one target, with its balancer.
class Gate {
 public:
  Gate(const HaproxyRuntime& runtime, Backend backend) : runtime_(runtime), backend_(std::move(backend)) {}

  base::Result<Shares> Read(base::Deadline deadline) const {
    auto servers = runtime_.Servers(backend_.name, deadline);
    if (!servers) return servers.error();
    Shares shares;
    for (const std::string& name : Names()) {
      const auto found = servers->find(name);
      if (found == servers->end()) {
        return base::Error{base::ErrorCode::kNotFound, "haproxy has no server " + backend_.name + "/" + name};
      }
      shares[name] = {found->second.weight, found->second.state};
    }
    return shares;
  }

  std::array<std::string, 2> Names() const { return {backend_.server, backend_.standby_server}; }
  const Backend& backend() const { return backend_; }

  base::Result<void> Set(const std::string& server, const Share& share, base::Deadline deadline) const {
    if (auto set = runtime_.SetWeight(backend_.name, server, share.weight, deadline); !set) return set;
    return runtime_.SetState(backend_.name, server, share.state, deadline);
  }

  // Lets checks see the server, still without traffic.
  base::Result<void> Uncover(const std::string& server, base::Deadline deadline) const {
    if (auto set = Set(server, {0, ServerState::kReady}, deadline); !set) return set;
    return runtime_.AssumeDown(backend_.name, server, deadline);
  }

  // Until checks say that one of them is up.
  base::Result<void> AwaitUp(const std::vector<std::string>& names, base::Deadline deadline) const {
    for (;;) {
      auto servers = runtime_.Servers(backend_.name, deadline);
      if (!servers) return servers.error();
      bool checked = false;
      for (const std::string& name : names) {
        const auto health = (*servers)[name].health;
        if (health == Server::Health::kUp) return {};
        checked = checked || health != Server::Health::kUnchecked;
      }
      if (!checked) return Refusal("no_health_check", "haproxy checks none who should take over in " + backend_.name);
      if (deadline.Left() < 2 * kPoll) {
        return base::Error{base::ErrorCode::kUnavailable,
                           "nobody who should take over in " + backend_.name + " is up; nothing was shifted"};
      }
      std::this_thread::sleep_for(kPoll);
    }
  }

 private:
  const HaproxyRuntime& runtime_;
  Backend backend_;
};

class Traffic : public Actuator {
 public:
  Traffic(std::map<std::string, HaproxyRuntime> balancers, TargetLookup targets)
      : balancers_(std::move(balancers)), targets_(std::move(targets)) {}

  base::Result<Setting> Read(const Target& target, base::Deadline deadline) override {
    auto gate = Find(target);
    if (!gate) return gate.error();
    auto shares = gate->Read(deadline);
    if (!shares) return shares.error();
    return ToSetting(gate->backend(), *shares);
  }

  base::Result<Setting> Propose(const Target& target, const Setting& now, Direction direction, double) const override {
    if (direction == Direction::kStress) return Refusal("no_stress", "traffic is not a subject of experiments");
    auto gate = Find(target);
    if (!gate) return gate.error();
    auto shares = FromSetting(gate->backend(), now);
    if (!shares) return shares.error();
    Shares next;
    next[gate->backend().server] = {0, (*shares)[gate->backend().server].state};
    next[gate->backend().standby_server] = {kFullWeight, ServerState::kReady};
    const bool shifted =
        !(*shares)[gate->backend().server].TakesTraffic() && (*shares)[gate->backend().standby_server].TakesTraffic();
    if (shifted) return Refusal("at_limit", "the standby of " + target.domain + " has all traffic");
    return ToSetting(gate->backend(), next);
  }

  base::Result<void> Apply(const Target& target, const Setting& setting, base::Deadline deadline) override {
    auto gate = Find(target);
    if (!gate) return gate.error();
    auto wanted = FromSetting(gate->backend(), setting);
    if (!wanted) return wanted.error();
    auto before = gate->Read(deadline);
    if (!before) return before.error();
    if (*before == *wanted) return {};
    if (auto proven = Prove(*gate, *before, *wanted, deadline); !proven) {
      Restore(*gate, *before);
      return proven;
    }
    if (auto set = SetAll(*gate, *wanted, deadline); !set) return set;
    auto after = gate->Read(deadline);
    if (!after) return after.error();
    if (*after != *wanted)
      return base::Error{base::ErrorCode::kConflict, "haproxy reads back otherwise than it was set"};
    return {};
  }

 private:
  base::Result<Gate> Find(const Target& target) const {
    const auto config = targets_ ? targets_(target.domain) : std::nullopt;
    if (!config || !config->backend) return Refusal("no_backend", target.domain + " has none configured");
    const Backend& backend = *config->backend;
    const auto balancer = balancers_.find(backend.load_balancer);
    if (balancer == balancers_.end()) return Refusal("no_backend", "no load balancer " + backend.load_balancer);
    if (backend.standby_server.empty() || backend.standby_server == backend.server) {
      return Refusal("no_backend", target.domain + " has no standby server there");
    }
    return Gate(balancer->second, backend);
  }

  static Setting ToSetting(const Backend& backend, const Shares& shares) {
    Setting setting;
    for (const auto& [server, share] : shares) setting.values[backend.name + "/" + server] = ToValue(share);
    return setting;
  }

  static base::Result<Shares> FromSetting(const Backend& backend, const Setting& setting) {
    Shares shares;
    for (const std::string& server : {backend.server, backend.standby_server}) {
      const auto found = setting.values.find(backend.name + "/" + server);
      if (found == setting.values.end() || setting.values.size() != 2) {
        return base::Error{base::ErrorCode::kInvalid, "a setting of other servers than " + backend.name + "/" + server};
      }
      auto share = FromValue(found->second);
      if (!share) return share.error();
      shares[server] = *share;
    }
    return shares;
  }

  // Nobody loses traffic before somebody who shall take it is up: also one who takes it already, since it may have
  // gone down meanwhile. Where nobody loses any, there is nothing to prove, so that going back is never blocked.
  static base::Result<void> Prove(const Gate& gate, const Shares& before, const Shares& wanted,
                                  base::Deadline deadline) {
    std::vector<std::string> takers;
    bool loses = false;
    for (const auto& [server, share] : wanted) {
      if (share.TakesTraffic()) takers.push_back(server);
      loses = loses || (before.at(server).TakesTraffic() && !share.TakesTraffic());
    }
    if (!loses || takers.empty()) return {};
    for (const std::string& server : takers) {
      if (before.at(server).state == ServerState::kReady) continue;
      if (auto uncovered = gate.Uncover(server, deadline); !uncovered) return uncovered;
    }
    return gate.AwaitUp(takers, deadline);
  }

  // Who gains goes first, so that at no moment nobody takes traffic.
  static base::Result<void> SetAll(const Gate& gate, const Shares& wanted, base::Deadline deadline) {
    for (const bool gaining : {true, false}) {
      for (const auto& [server, share] : wanted) {
        if (share.TakesTraffic() != gaining) continue;
        if (auto set = gate.Set(server, share, deadline); !set) return set;
      }
    }
    return {};
  }

  // Proving may have taken a server out of maintenance. As well as it can be: the error of the proof is what counts.
  static void Restore(const Gate& gate, const Shares& before) {
    const auto deadline = base::Deadline::After(kUndoTime);
    for (const auto& [server, share] : before) {
      if (share.state == ServerState::kReady) continue;
      if (auto set = gate.Set(server, share, deadline); !set) return;
    }
  }

  const std::map<std::string, HaproxyRuntime> balancers_;
  TargetLookup targets_;
};

}  // namespace

std::unique_ptr<Actuator> MakeTraffic(std::map<std::string, HaproxyRuntime> balancers, TargetLookup targets) {
  return std::make_unique<Traffic>(std::move(balancers), std::move(targets));
}

}  // namespace forewarn::actuators

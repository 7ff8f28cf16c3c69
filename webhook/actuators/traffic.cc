// SPDX-License-Identifier: Apache-2.0
#include "webhook/actuators/traffic.h"

#include <algorithm>
#include <chrono>
#include <cmath>
#include <utility>
#include <vector>

#include "webhook/actuators/change.h"
#include "webhook/actuators/traffic_gate.h"

namespace forewarn::actuators {
namespace {

constexpr int kFullWeight = 100, kSteps = 4;
constexpr auto kUndoTime = std::chrono::seconds(2);

// What the standby shall have of what both take: half, three quarters, or all.
double Part(double severity) { return std::round(2 + 2 * Scale(severity)) / 4; }

// `step` of kSteps on the way; the last one is the end itself.
Shares Between(const Shares& from, const Shares& to, int step) {
  if (step == kSteps) return to;
  Shares shares;
  for (const auto& [server, share] : to) {
    const int begin = from.at(server).Effective(), end = share.Effective();
    const Share on_the_way{begin + (end - begin) * step / kSteps, ServerState::kReady};
    shares[server] = begin == end ? from.at(server) : on_the_way;
  }
  return shares;
}

// Who has to be up: those who shall take more, or at least go on, where somebody shall take less. Also one who takes
// all already may have gone down meanwhile. Who stalls on purpose needs no proof, to get something as well as to lose
// it.
std::vector<std::string> Takers(const Shares& from, const Shares& to, const std::string& stalled) {
  std::vector<std::string> gain, stay;
  bool loses = false;
  const auto of = to.find(stalled);
  if (of != to.end() && of->second.Effective() > from.at(stalled).Effective()) return {};
  for (const auto& [server, share] : to) {
    if (server == stalled) continue;
    const int before = from.at(server).Effective();
    if (share.Effective() > before) gain.push_back(server);
    if (share.Effective() > 0) stay.push_back(server);
    loses = loses || share.Effective() < before;
  }
  if (!loses) return {};
  return gain.empty() ? stay : gain;
}

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

  base::Result<Setting> Propose(const Target& target, const Setting& now, Direction direction,
                                double severity) const override {
    auto gate = Find(target);
    if (!gate) return gate.error();
    auto shares = FromSetting(gate->backend(), now);
    if (!shares) return shares.error();
    if (direction == Direction::kStress) return Stall(target, gate->backend(), std::move(*shares), severity);
    if (gate->backend().standby_server.empty()) return NoStandby(target);
    Share& ours = (*shares)[gate->backend().server];
    Share& standby = (*shares)[gate->backend().standby_server];
    const int both = ours.Effective() + standby.Effective();
    const int whole = both > 0 ? both : kFullWeight;
    const int wanted = static_cast<int>(std::ceil(whole * Part(severity)));
    if (both > 0 && standby.Effective() >= wanted) {
      return Refusal("at_limit", "the standby of " + target.domain + " has that much traffic");
    }
    standby = {wanted, ServerState::kReady};
    ours.weight = std::min(ours.weight, whole - wanted);
    return ToSetting(gate->backend(), *shares);
  }

  base::Result<void> Apply(const Target& target, const Setting& setting, base::Deadline deadline) override {
    auto gate = Find(target);
    if (!gate) return gate.error();
    auto wanted = FromSetting(gate->backend(), setting);
    if (!wanted) return wanted.error();
    auto before = ReadThose(*gate, *wanted, deadline);
    if (!before) return before.error();
    if (*before == *wanted) return {};
    if (auto shifted = Shift(*gate, *before, *wanted, deadline); !shifted) {
      // As well as it can be: the error is what counts.
      static_cast<void>(gate->Set(*wanted, *before, base::Deadline::After(kUndoTime)));
      return shifted;
    }
    auto after = ReadThose(*gate, *wanted, deadline);
    if (!after) return after.error();
    if (*after == *wanted) return {};
    return base::Error{base::ErrorCode::kConflict, "haproxy reads back otherwise than it was set"};
  }

 private:
  // What was recorded before a stalled server was configured doesn't know it.
  static base::Result<Shares> ReadThose(const Gate& gate, const Shares& wanted, base::Deadline deadline) {
    auto shares = gate.Read(deadline);
    if (shares) std::erase_if(*shares, [&](const auto& entry) { return !wanted.contains(entry.first); });
    return shares;
  }

  static base::Error NoStandby(const Target& target) {
    return Refusal("no_backend", target.domain + " has no standby server there");
  }

  // To a server that serves badly: the part that StressFactor takes away.
  static base::Result<Setting> Stall(const Target& target, const Backend& backend, Shares shares, double severity) {
    if (backend.stalled_server.empty()) {
      return Refusal("no_stalled_server", "the backend of " + target.domain + " names none");
    }
    Share& ours = shares[backend.server];
    Share& stalled = shares[backend.stalled_server];
    const int part = static_cast<int>(std::lround(ours.Effective() * (1 - StressFactor(severity))));
    if (part == 0 || stalled.Effective() >= part) {
      return Refusal("at_limit", "the traffic of " + target.domain + " can't be divided any further");
    }
    ours.weight -= part;
    stalled = {part, ServerState::kReady};
    return ToSetting(backend, shares);
  }

  base::Result<Gate> Find(const Target& target) const {
    const auto config = targets_ ? targets_(target.domain) : std::nullopt;
    if (!config || !config->backend) return Refusal("no_backend", target.domain + " has none configured");
    const Backend& backend = *config->backend;
    const auto balancer = balancers_.find(backend.load_balancer);
    if (balancer == balancers_.end()) return Refusal("no_backend", "no load balancer " + backend.load_balancer);
    if (backend.standby_server == backend.server) return NoStandby(target);
    if (backend.standby_server.empty() && backend.stalled_server.empty()) return NoStandby(target);
    return Gate(balancer->second, backend);
  }

  static Setting ToSetting(const Backend& backend, const Shares& shares) {
    Setting setting;
    for (const auto& [server, share] : shares) setting.values[backend.name + "/" + server] = ToText(share);
    return setting;
  }

  static base::Error OfOthers(const Backend& backend) {
    return {base::ErrorCode::kInvalid, "a setting of other servers than those of " + backend.name};
  }

  static base::Result<Shares> FromSetting(const Backend& backend, const Setting& setting) {
    Shares shares;
    for (const std::string& server : ServersOf(backend)) {
      const auto found = setting.values.find(backend.name + "/" + server);
      if (found == setting.values.end() && server == backend.stalled_server) continue;
      if (found == setting.values.end()) return OfOthers(backend);
      auto share = ShareFromText(found->second);
      if (!share) return share.error();
      shares[server] = *share;
    }
    if (shares.size() != setting.values.size()) return OfOthers(backend);
    return shares;
  }

  static base::Result<void> Shift(const Gate& gate, const Shares& before, const Shares& wanted,
                                  base::Deadline deadline) {
    const std::vector<std::string> takers = Takers(before, wanted, gate.backend().stalled_server);
    if (takers.empty()) return gate.Set(before, wanted, deadline);
    if (auto proven = Prove(gate, before, takers, deadline); !proven) return proven;
    // Who has waited long for the proof has less time for each step.
    const base::Duration pause = std::min(gate.backend().step_pause, deadline.Left() / (2 * kSteps));
    for (int step = 1; step <= kSteps; ++step) {
      const Shares from = Between(before, wanted, step - 1);
      if (auto set = gate.Set(from, Between(before, wanted, step), deadline); !set) return set;
      if (auto up = gate.StayUp(takers, pause, deadline); !up) {
        return base::Error{up.error().code, up.error().message + " at step " + std::to_string(step) + " of " +
                                                std::to_string(kSteps) + "; all is set back"};
      }
    }
    return {};
  }

  static base::Result<void> Prove(const Gate& gate, const Shares& before, const std::vector<std::string>& takers,
                                  base::Deadline deadline) {
    for (const std::string& server : takers) {
      if (before.at(server).state == ServerState::kReady) continue;
      if (auto uncovered = gate.Uncover(server, deadline); !uncovered) return uncovered;
    }
    return gate.AwaitUp(takers, deadline);
  }

  const std::map<std::string, HaproxyRuntime> balancers_;
  TargetLookup targets_;
};

}  // namespace

std::unique_ptr<Actuator> MakeTraffic(std::map<std::string, HaproxyRuntime> balancers, TargetLookup targets) {
  return std::make_unique<Traffic>(std::move(balancers), std::move(targets));
}

}  // namespace forewarn::actuators

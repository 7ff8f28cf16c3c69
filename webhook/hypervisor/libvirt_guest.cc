// SPDX-License-Identifier: Apache-2.0
// Programs in the guest, by guest-exec of QEMU's agent
// (https://www.qemu.org/docs/master/interop/qemu-ga-ref.html#command-guest-exec).
#include <libvirt/libvirt-qemu.h>
#include <libvirt/virterror.h>

#include <algorithm>
#include <chrono>
#include <nlohmann/json.hpp>
#include <thread>

#include "webhook/hypervisor/libvirt_hypervisor.h"

namespace forewarn::hypervisor {
namespace {

using nlohmann::json;

constexpr auto kPoll = std::chrono::milliseconds(20);
constexpr int kLongestAnswer = 5;  // seconds

// What it says in `return`. An agent that refuses is an "internal error" to libvirt: that won't change by waiting.
base::Result<json> Ask(virDomainPtr domain, const json& command, int seconds) {
  const TextHandle text(virDomainQemuAgentCommand(domain, command.dump().c_str(), seconds, 0));
  if (!text) {
    const int code = virGetLastErrorCode();
    base::Error error = LastAgentError("asking the guest's agent");
    if (code == VIR_ERR_INTERNAL_ERROR) error.code = base::ErrorCode::kUnsupported;
    return error;
  }
  const json answer = json::parse(text.get(), nullptr, /*allow_exceptions=*/false);
  if (answer.is_object() && answer.contains("return") && answer["return"].is_object()) return answer["return"];
  return base::Error{base::ErrorCode::kUnavailable, "the guest's agent gave no answer that can be read"};
}

int SecondsOf(base::Deadline deadline) {
  const auto left = std::chrono::duration_cast<std::chrono::seconds>(deadline.Left()).count();
  return static_cast<int>(std::clamp<std::int64_t>(left, 1, kLongestAnswer));
}

// nullopt: it still runs.
std::optional<int> ExitCodeOf(const json& status) {
  if (!status.value("exited", false)) return std::nullopt;
  constexpr int kSignal = 128;  // as a shell says it
  if (status.contains("signal")) return kSignal + status.value("signal", 0);
  return status.value("exitcode", 0);
}

}  // namespace

base::Result<int> LibvirtHypervisor::RunInGuest(const std::string& uuid, const std::vector<std::string>& argv,
                                                base::Deadline deadline) {
  if (argv.empty()) return base::Error{base::ErrorCode::kInvalid, "nothing to run"};
  const std::vector<std::string> rest(argv.begin() + 1, argv.end());
  const json start{{"execute", "guest-exec"}, {"arguments", {{"path", argv.front()}, {"arg", rest}}}};
  const auto ask = [&](const json& command) {
    return With<json>(uuid, deadline, [command, seconds = SecondsOf(deadline)](virDomainPtr domain) {
      return Ask(domain, command, seconds);
    });
  };
  const auto started = ask(start);
  if (!started) return started.error();
  const json question{{"execute", "guest-exec-status"}, {"arguments", {{"pid", started->value("pid", 0)}}}};
  for (;;) {
    const auto status = ask(question);
    if (!status) return status.error();
    if (const auto code = ExitCodeOf(*status)) return *code;
    if (deadline.Left() < 2 * kPoll) return base::Error{base::ErrorCode::kTimeout, argv.front() + " still runs"};
    std::this_thread::sleep_for(kPoll);
  }
}

}  // namespace forewarn::hypervisor

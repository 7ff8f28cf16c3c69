// SPDX-License-Identifier: Apache-2.0
// A disk that fails: QEMU's blkdebug over null-co (docs/devel/blkdebug.rst of QEMU), so nothing on the host is needed.
// A libvirt disk can't be it: its XML knows no such driver, and a `json:` source is refused where its driver is
// unknown.
#include <libvirt/libvirt-qemu.h>

#include <charconv>
#include <chrono>
#include <nlohmann/json.hpp>
#include <thread>

#include "webhook/hypervisor/libvirt_hypervisor.h"

namespace forewarn::hypervisor {
namespace {

using nlohmann::json;

constexpr auto kPoll = std::chrono::milliseconds(100);
constexpr std::string_view kName = "forewarn-errors-";  // and the number of blocks
constexpr unsigned kSectors = 8;                        // of a block
constexpr int kBytes = 16 << 20, kIoError = 5;          // EIO
constexpr unsigned kMost = 1000;

// What it says in `return`; what QEMU refuses is kUnsupported.
base::Result<json> Ask(virDomainPtr domain, const std::string& verb, const json& arguments = json::object()) {
  const json command{{"execute", verb}, {"arguments", arguments}};
  char* text = nullptr;
  if (virDomainQemuMonitorCommand(domain, command.dump().c_str(), &text, 0) < 0) return LastError("asking QEMU");
  const TextHandle owned(text);
  const json answer = json::parse(text, nullptr, /*allow_exceptions=*/false);
  if (answer.is_object() && answer.contains("return")) return answer["return"];
  std::string why = "no answer that can be read";
  if (answer.is_object() && answer.contains("error")) why = answer["error"].value("desc", why);
  return base::Error{base::ErrorCode::kUnsupported, "QEMU: " + verb + ": " + why};
}

// The names under `field` that are ours.
std::vector<std::string> Ours(const json& list, const char* field) {
  std::vector<std::string> names;
  for (const json& entry : list) {
    const std::string name = entry.value(field, "");
    if (name.starts_with(kName)) names.push_back(name);
  }
  return names;
}

struct Found {
  std::vector<std::string> devices, nodes;
};

base::Result<Found> Find(virDomainPtr domain) {
  const auto devices = Ask(domain, "qom-list", {{"path", "/machine/peripheral"}});
  if (!devices) return devices.error();
  const auto nodes = Ask(domain, "query-named-block-nodes", {{"flat", true}});
  if (!nodes) return nodes.error();
  return Found{Ours(*devices, "name"), Ours(*nodes, "node-name")};
}

unsigned CountOf(const std::string& name) {
  unsigned count = 0;
  std::from_chars(name.data() + kName.size(), name.data() + name.size(), count);
  return count;
}

base::Result<bool> Plug(virDomainPtr domain, unsigned count) {
  const std::string name = std::string(kName) + std::to_string(count);
  json rules = json::array();
  for (unsigned block = 0; block < count; ++block) {
    rules.push_back({{"event", "none"}, {"errno", kIoError}, {"sector", block * kSectors}});
  }
  const json zeros{{"driver", "null-co"}, {"size", kBytes}, {"read-zeroes", true}};
  const auto added = Ask(domain, "blockdev-add",
                         {{"driver", "blkdebug"}, {"node-name", name}, {"image", zeros}, {"inject-error", rules}});
  if (!added) return added.error();
  const auto plugged =
      Ask(domain, "device_add",
          {{"driver", "virtio-blk-pci"}, {"drive", name}, {"id", name}, {"rerror", "report"}, {"werror", "report"}});
  if (plugged) return true;
  static_cast<void>(Ask(domain, "blockdev-del", {{"node-name", name}}));
  return plugged.error();
}

// Whether all of it is gone: the guest has to let a device go first, in its own time.
base::Result<bool> Unplug(virDomainPtr domain) {
  const auto found = Find(domain);
  if (!found) return found.error();
  // Repeated, since a guest that boots loses it; one that is asked already is an error.
  for (const std::string& name : found->devices) static_cast<void>(Ask(domain, "device_del", {{"id", name}}));
  if (!found->devices.empty()) return false;
  for (const std::string& name : found->nodes) {
    const auto removed = Ask(domain, "blockdev-del", {{"node-name", name}});
    if (!removed) return removed.error();
  }
  return true;
}

}  // namespace

base::Result<unsigned> LibvirtHypervisor::FailingRequests(const std::string& uuid, base::Deadline deadline) {
  return With<unsigned>(uuid, deadline, [](virDomainPtr domain) -> base::Result<unsigned> {
    const auto found = Find(domain);
    if (!found) return found.error();
    return found->nodes.empty() ? 0 : CountOf(found->nodes.front());
  });
}

base::Result<void> LibvirtHypervisor::SetFailingRequests(const std::string& uuid, unsigned count,
                                                         base::Deadline deadline) {
  if (count > kMost) return base::Error{base::ErrorCode::kInvalid, "too many failing blocks"};
  const auto now = FailingRequests(uuid, deadline);
  if (!now) return now.error();
  if (*now == count) return {};
  for (;;) {
    const auto gone = With<bool>(uuid, deadline, Unplug);
    if (!gone) return gone.error();
    if (*gone) break;
    if (deadline.Left() < 2 * kPoll) {
      return base::Error{base::ErrorCode::kTimeout, "the guest doesn't let the added disk go yet"};
    }
    std::this_thread::sleep_for(kPoll);
  }
  if (count == 0) return {};
  const auto plugged = With<bool>(uuid, deadline, [count](virDomainPtr domain) { return Plug(domain, count); });
  return plugged ? base::Result<void>() : base::Result<void>(plugged.error());
}

}  // namespace forewarn::hypervisor

// SPDX-License-Identifier: Apache-2.0
#include "tests/campaigns/kills/subjects.h"

#include <filesystem>
#include <thread>

#include "tests/testbed/process.h"
#include "webhook/actuators/change.h"
#include "webhook/actuators/disk_io.h"
#include "webhook/actuators/memory.h"

namespace forewarn::crash {

using base::Error;
using base::ErrorCode;
using base::Result;

namespace {

base::Deadline Soon() { return base::Deadline::After(std::chrono::seconds(20)); }

constexpr char kTestXml[] =
    "<domain type='test'><name>NAME</name><memory unit='MiB'>8192</memory><currentMemory "
    "unit='MiB'>1024</currentMemory>"
    "<vcpu>1</vcpu><os><type arch='i686'>hvm</type></os><devices><disk type='file' device='disk'><source file='IMAGE'/>"
    "<target dev='vda' bus='virtio'/></disk><memballoon model='virtio'/></devices></domain>";
constexpr char kQemuXml[] =
    "<domain type='qemu'><name>NAME</name><memory unit='MiB'>32</memory><vcpu>1</vcpu>"
    "<os><type arch='x86_64' machine='pc'>hvm</type></os><cpu mode='custom' match='exact'><model>qemu64</model></cpu>"
    "<devices><emulator>/usr/bin/qemu-system-x86_64</emulator><disk type='file' device='disk'>"
    "<driver name='qemu' type='raw'/><source file='IMAGE'/><target dev='vda' bus='virtio'/></disk>"
    "<controller type='usb' model='none'/><memballoon model='none'/></devices>"
    "</domain>";

}  // namespace

Subjects::Subjects(Driver driver, std::string uri) : driver_(driver), uri_(std::move(uri)) {
  std::filesystem::permissions(folder_.path(), std::filesystem::perms(0755));
  inventory_ = hypervisor::ConnectInventory({{"host1", uri_}});
  actuators_["disk_io"] = actuators::MakeDiskIo(inventory_.get(), {});
  actuators_["memory"] = actuators::MakeMemory(inventory_.get(), {});
}

Result<void> Subjects::Add(const std::string& domain) {
  auto xml = Xml(domain);
  if (!xml) return xml.error();
  auto made = testbed::RunCommand({"virsh", "-q", "-c", uri_, "create", folder_.Write(domain + ".xml", *xml)});
  if (!made) return made.error();
  auto found = inventory_->Resolve(domain, Soon());
  if (!found) return found.error();
  uuids_[domain] = found->uuid;
  return Reset(domain);
}

Result<std::string> Subjects::Xml(const std::string& domain) const {
  const std::string image = folder_.Write(domain + ".img", std::string(1 << 20, '\0'));
  std::filesystem::permissions(image, std::filesystem::perms(0666));
  std::string xml = driver_ == Driver::kQemu ? kQemuXml : kTestXml;
  for (const auto& [from, to] : {std::pair<std::string, std::string>{"NAME", domain}, {"IMAGE", image}}) {
    const auto at = xml.find(from);
    if (at == std::string::npos) return Error{ErrorCode::kInternal, "no " + from};
    xml.replace(at, from.size(), to);
  }
  return xml;
}

Result<void> Subjects::Reset(const std::string& domain) {
  hypervisor::Hypervisor& host = *inventory_->Find("host1");
  const std::string& uuid = uuids_.at(domain);
  for (const auto& [actuator, made] : actuators_) {
    if (auto none = host.SetMetadata(uuid, actuators::MarkerUri(actuator), std::nullopt, Soon()); !none) return none;
  }
  if (auto tuned = host.SetBlockIoTune(uuid, "vda", {{"total_iops_sec", kIops}, {"total_iops_sec_max", kIops}}, Soon());
      !tuned)
    return tuned;
  return driver_ == Driver::kQemu ? Result<void>() : host.SetMemory(uuid, kMemoryKib, Soon());
}

Result<View> Subjects::Settings(const std::string& domain) {
  const actuators::Target target{domain, uuids_.at(domain), "host1", ""};
  View view;
  for (const auto& [name, actuator] : actuators_) {
    auto setting = actuator->Read(target, Soon());
    if (!setting) return setting.error();
    view.settings[name] = *setting;
  }
  view.iops = actuators::NumberAt(view.settings["disk_io"], "vda.total_iops_sec").value_or(0);
  view.memory_kib = actuators::NumberAt(view.settings["memory"], "current_kib").value_or(0);
  return view;
}

// A libvirtd that was killed is back in a moment.
Result<View> Subjects::Look(const std::string& domain) {
  const actuators::Target target{domain, uuids_.at(domain), "host1", ""};
  const auto once = [&]() -> Result<View> {
    auto view = Settings(domain);
    if (!view) return view;
    for (const auto& [name, actuator] : actuators_) {
      auto marker = actuators::Markers(inventory_.get()).Get(target, name, Soon());
      if (!marker) return marker.error();
      if (*marker) view->markers[name] = **marker;
    }
    return view;
  };
  for (const auto patience = base::Deadline::After(std::chrono::seconds(10));;) {
    auto view = once();
    if (view || view.error().code != base::ErrorCode::kUnavailable || patience.Passed()) return view;
    std::this_thread::sleep_for(std::chrono::milliseconds(50));
  }
}

}  // namespace forewarn::crash

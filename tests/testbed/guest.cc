// SPDX-License-Identifier: Apache-2.0
#include "tests/testbed/guest.h"

#include <fcntl.h>
#include <poll.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <cstdio>
#include <filesystem>
#include <fstream>

#include "tests/testbed/bed.h"
#include "tests/testbed/libvirt.h"
#include "tests/testbed/net.h"
#include "tests/testbed/process.h"

namespace forewarn::testbed {

using base::Error;
using base::ErrorCode;
using base::Result;

namespace {

constexpr int kDiskMib = 64;

std::string Number(int number) { return std::to_string(number); }

std::string Address(const MachineOptions& guest) { return "10.0.2." + Number(100 + guest.number); }

constexpr int kPeriodUs = 100'000;

std::string Cputune(int percent) {
  if (percent == 0) return "";
  return "<cputune><period>" + Number(kPeriodUs) + "</period><quota>" + Number(kPeriodUs / 100 * percent) +
         "</quota></cputune>";
}

std::string Iotune(int iops) {
  return iops > 0 ? "<iotune><total_iops_sec>" + Number(iops) + "</total_iops_sec></iotune>" : "";
}

// The second disk, on which nothing is limited.
std::string DataDisk(const MachineOptions& guest, const std::string& dir) {
  if (guest.data_mib == 0) return "";
  return "<disk type='file' device='disk'><driver name='qemu' type='raw'/><source file='" + dir +
         "/data.img'/><target dev='vdb' bus='virtio'/></disk>";
}

std::string AgentChannel(const MachineOptions& guest) {
  if (!guest.agent) return "";
  return "<channel type='unix'><target type='virtio' name='org.qemu.guest_agent.0'/></channel>";
}

Result<void> MakeDisk(const std::string& path, int mib) {
  std::error_code failed;
  std::ofstream(path, std::ios::trunc);
  std::filesystem::resize_file(path, static_cast<std::uintmax_t>(mib) << 20, failed);
  if (failed) return Error{ErrorCode::kUnavailable, path + ": " + failed.message()};
  return {};
}

Result<void> MakeFilesystem(const std::string& path) {
  const auto made = RunCommand({"mke2fs", "-q", "-F", "-t", "ext4", "-m", "0", "-O", "^has_journal", path});
  if (!made) return made.error();
  return {};
}

Result<void> MakeDisks(const MachineOptions& guest, const std::string& dir) {
  if (auto made = MakeDisk(dir + "/disk.img", kDiskMib); !made) return made;
  if (guest.data_mib == 0) return {};
  if (auto made = MakeDisk(dir + "/data.img", guest.data_mib); !made) return made;
  return MakeFilesystem(dir + "/data.img");
}

std::string DomainXml(const MachineOptions& guest, const Image& image, const std::string& dir) {
  return "<domain type='qemu'><name>" + guest.name + "</name><memory unit='MiB'>" + Number(guest.max_memory_mib) +
         "</memory><currentMemory unit='MiB'>" + Number(guest.memory_mib) + "</currentMemory><vcpu current='1'>" +
         Number(guest.max_vcpus) + "</vcpu>" + Cputune(guest.cpu_quota) + "<os>" +
         "<type arch='x86_64' machine='pc'>hvm</type><kernel>" + image.kernel + "</kernel><initrd>" + image.initrd +
         "</initrd><cmdline>console=ttyS0 quiet panic=-1 forewarn.ip=" + Address(guest) + "</cmdline></os>" +
         "<features><acpi/></features><cpu mode='custom' match='exact'><model>qemu64</model></cpu>" +
         "<on_poweroff>destroy</on_poweroff><on_reboot>restart</on_reboot><on_crash>destroy</on_crash><devices>" +
         "<emulator>/usr/bin/qemu-system-x86_64</emulator><disk type='file' device='disk'><driver name='qemu' "
         "type='raw'/>" +
         "<source file='" + dir + "/disk.img'/><target dev='vda' bus='virtio'/>" + Iotune(guest.iops_limit) +
         "</disk>" + DataDisk(guest, dir) + InterfaceXml(guest.number, "up") +
         "<controller type='usb' model='none'/><serial type='file'><source path='" + dir +
         "/console.log' append='on'/></serial>" + "<channel type='unix'><source mode='bind' path='" + dir +
         "/control.sock'/>" + "<target type='virtio' name='forewarn.ctl'/></channel>" + AgentChannel(guest) +
         "<memballoon model='virtio'/><panic "
         "model='isa'/></devices></domain>";
}

Result<void> On(const std::string& uri, const std::string& name, int (*act)(virDomainPtr)) {
  const Result<Connection> connection = Connect(uri);
  if (!connection) return connection.error();
  const Result<Domain> domain = FindDomain(*connection, name);
  if (!domain) return domain.error();
  if (act(domain->get()) != 0) return LastError(name);
  return {};
}

// The answer to one line on the guest's control port.
Result<std::string> Ask(const std::string& path, const std::string& line) {
  const Socket socket = ConnectUnix(path);
  if (!socket.Send(line + "\n")) return Error{ErrorCode::kUnavailable, path + ": cannot be written to"};
  std::string answer = socket.ReadUntil("\n", std::chrono::seconds(5));
  if (answer.empty() || answer.back() != '\n') return Error{ErrorCode::kTimeout, path + ": no answer"};
  answer.pop_back();
  if (answer.starts_with("error")) return Error{ErrorCode::kInvalid, line + ": " + answer};
  return answer;
}

}  // namespace

std::string InterfaceXml(int guest_number, const std::string& link) {
  char mac[24];
  std::snprintf(mac, sizeof mac, "52:54:00:00:00:%02x", static_cast<unsigned>(guest_number));
  return std::string("<interface type='bridge'><source bridge='br0'/><mac address='") + mac +
         "'/><model type='virtio'/><link state='" + link + "'/></interface>";
}

Guest::Guest(const Host& host, MachineOptions options)
    : uri_(host.uri()), dir_(std::string(Bed::kRunDir) + "/guests/" + options.name), options_(std::move(options)) {}

Endpoints Guest::endpoints() const {
  return {Address(options_) + ":9100", Address(options_) + ":8080", dir_ + "/console.log"};
}

Result<Guest> Guest::Create(const Host& host, const Image& image, const MachineOptions& options) {
  Guest guest(host, options);
  std::error_code failed;
  std::filesystem::create_directories(guest.dir_, failed);
  std::ofstream(guest.endpoints().console, std::ios::app);
  if (failed) return Error{ErrorCode::kUnavailable, guest.dir_ + ": " + failed.message()};
  if (auto made = MakeDisks(options, guest.dir_); !made) return made.error();
  const Result<Connection> connection = Connect(guest.uri_);
  if (!connection) return connection.error();
  const std::string xml = DomainXml(options, image, guest.dir_);
  const Domain domain(virDomainDefineXML(connection->get(), xml.c_str()));
  if (!domain) return LastError(options.name);
  if (options.start != MachineOptions::Start::kDefined && virDomainCreate(domain.get()) != 0)
    return LastError(options.name);
  return guest;
}

Result<void> Guest::WaitReady(std::chrono::seconds timeout) {
  const bool ready = WaitUntil(timeout, [this] {
    return HttpGet(endpoints().service, "/work").status == 200 && ConnectTcp(endpoints().telemetry).ok() &&
           Command("ping").ok();
  });
  if (!ready) return Error{ErrorCode::kTimeout, options_.name + " is not ready"};
  if (options_.start == MachineOptions::Start::kPaused) return On(uri_, options_.name, virDomainSuspend);
  return {};
}

Result<std::string> Guest::Command(const std::string& line) { return Ask(dir_ + "/control.sock", line); }

Result<void> Guest::PowerOn() { return On(uri_, options_.name, virDomainCreate); }
Result<void> Guest::Resume() { return On(uri_, options_.name, virDomainResume); }

}  // namespace forewarn::testbed

// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "webhook/hypervisor/connection.h"
#include "webhook/hypervisor/handles.h"
#include "webhook/hypervisor/hypervisor.h"
#include "webhook/hypervisor/libvirt_error.h"

namespace forewarn::hypervisor {

// libvirt 9's C API (https://libvirt.org/html/libvirt-libvirt-domain.html). Everything is set with
// VIR_DOMAIN_AFFECT_CURRENT: libvirt itself chooses, without a race, the live state of an active domain (which vanishes
// with the run) or the configuration of an inactive one.
class LibvirtHypervisor : public Hypervisor {
 public:
  explicit LibvirtHypervisor(Location location) : connection_(location), jobs_(std::move(location)) {}

  // libvirt_domains.cc
  base::Result<std::vector<Domain>> Domains(base::Deadline deadline) override;
  base::Result<DomainState> State(const std::string& uuid, base::Deadline deadline) override;
  base::Result<std::vector<std::string>> Disks(const std::string& uuid, base::Deadline deadline) override;
  // The domain of exactly that name, if it is here.
  base::Result<std::optional<Domain>> FindByName(const std::string& name, base::Deadline deadline);
  base::Result<std::optional<Domain>> FindByUuid(const std::string& uuid, base::Deadline deadline);

  // libvirt_tuning.cc
  base::Result<Parameters> BlockIoTune(const std::string& uuid, const std::string& disk,
                                       base::Deadline deadline) override;
  base::Result<void> SetBlockIoTune(const std::string& uuid, const std::string& disk, const Parameters& values,
                                    base::Deadline deadline) override;
  base::Result<Parameters> Scheduler(const std::string& uuid, base::Deadline deadline) override;
  base::Result<void> SetScheduler(const std::string& uuid, const Parameters& values, base::Deadline deadline) override;
  base::Result<Memory> MemoryOf(const std::string& uuid, base::Deadline deadline) override;
  base::Result<void> SetMemory(const std::string& uuid, std::uint64_t current_kib, base::Deadline deadline) override;

  // libvirt_vcpus.cc
  base::Result<Vcpus> VcpusOf(const std::string& uuid, base::Deadline deadline) override;
  base::Result<void> PlugVcpus(const std::string& uuid, unsigned count, base::Deadline deadline) override;
  base::Result<unsigned> OnlineVcpus(const std::string& uuid, base::Deadline deadline) override;
  base::Result<void> SetOnlineVcpus(const std::string& uuid, unsigned count, base::Deadline deadline) override;

  // libvirt_guest.cc
  base::Result<int> RunInGuest(const std::string& uuid, const std::vector<std::string>& argv,
                               base::Deadline deadline) override;

  // libvirt_failing_disk.cc
  base::Result<unsigned> FailingRequests(const std::string& uuid, base::Deadline deadline) override;
  base::Result<void> SetFailingRequests(const std::string& uuid, unsigned count, base::Deadline deadline) override;

  // libvirt_devices.cc
  base::Result<DiskUse> DiskUseOf(const std::string& uuid, base::Deadline deadline) override;
  base::Result<std::vector<Interface>> Interfaces(const std::string& uuid, base::Deadline deadline) override;
  base::Result<void> SetLink(const std::string& uuid, const std::string& mac, Link link,
                             base::Deadline deadline) override;
  base::Result<Parameters> Bandwidth(const std::string& uuid, const std::string& mac, base::Deadline deadline) override;
  base::Result<void> SetBandwidth(const std::string& uuid, const std::string& mac, const Parameters& values,
                                  base::Deadline deadline) override;

  // libvirt_migration.cc
  base::Result<Capacity> CapacityNow(base::Deadline deadline) override;
  base::Result<void> MigrateTo(const Location& to, const std::string& uuid, base::Deadline deadline);
  const Location& location() const { return connection_.location(); }

  // libvirt_lifecycle.cc
  base::Result<void> Start(const std::string& uuid, base::Deadline deadline) override;
  base::Result<void> Suspend(const std::string& uuid, base::Deadline deadline) override;
  base::Result<void> Resume(const std::string& uuid, base::Deadline deadline) override;
  base::Result<void> Shutdown(const std::string& uuid, base::Deadline deadline) override;
  base::Result<void> Reset(const std::string& uuid, base::Deadline deadline) override;
  base::Result<std::optional<std::string>> Metadata(const std::string& uuid, const std::string& uri,
                                                    base::Deadline deadline) override;
  base::Result<void> SetMetadata(const std::string& uuid, const std::string& uri, const std::optional<std::string>& xml,
                                 base::Deadline deadline) override;
  base::Result<std::vector<Noted>> Notes(const std::string& uri_prefix, base::Deadline deadline) override;

  Inventory::Health Health() const { return connection_.Health(); }

 private:
  // Runs `body` with the domain of that UUID. It must own what it touches, as for Connection::Call.
  template <class T>
  base::Result<T> With(const std::string& uuid, base::Deadline deadline,
                       std::function<base::Result<T>(virDomainPtr)> body) {
    return connection_.Call<T>(deadline, [uuid, body = std::move(body)](virConnectPtr connect) -> base::Result<T> {
      const DomainHandle domain(virDomainLookupByUUIDString(connect, uuid.c_str()));
      if (!domain) return LastError("looking up " + uuid);
      return body(domain.get());
    });
  }

  struct Step;  // from which states to which, and by what
  base::Result<void> Go(const std::string& uuid, base::Deadline deadline, Step step);

  Connection connection_;
  Connection jobs_;  // for what takes seconds: nobody else waits behind it
};

// All domains, active or not.
base::Result<std::vector<DomainHandle>> DomainsOf(virConnectPtr connect);

// What libvirt says of the domain, in our words.
base::Result<DomainState> StateOf(virDomainPtr domain);

// A domain's name and UUID, and UrisOfXml of its XML.
base::Result<Noted> NotesOf(virDomainPtr domain, const std::string& uri_prefix);

// The namespace URIs with that prefix that the metadata in a domain's XML declares, each once, sorted.
std::vector<std::string> UrisOfXml(std::string_view xml, std::string_view prefix);

}  // namespace forewarn::hypervisor

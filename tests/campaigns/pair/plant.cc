// SPDX-License-Identifier: Apache-2.0
#include "tests/campaigns/pair/plant.h"

#include <libvirt/libvirt.h>

namespace forewarn::replicas {
namespace {

std::string Xml(const std::string& name) {
  return "<domain type='test'><name>" + name + "</name><memory unit='KiB'>" + std::to_string(kMaximumKib) +
         "</memory><currentMemory unit='KiB'>" + std::to_string(kInitialKib) +
         "</currentMemory><vcpu>1</vcpu><os><type>hvm</type></os></domain>";
}

}  // namespace

std::string NameOf(int number) { return "vm-" + std::to_string(number); }

base::Result<std::unique_ptr<Plant>> Plant::Start(int domains) {
  auto plant = std::unique_ptr<Plant>(new Plant);
  auto libvirtd = fakes::PrivateLibvirtd::Start(fakes::PrivateLibvirtd::Driver::kTest);
  if (!libvirtd) return libvirtd.error();
  plant->libvirtd_ = std::move(*libvirtd);
  plant->connect_.reset(virConnectOpen(plant->uri().c_str()));
  for (int i = 0; i < domains; ++i) {
    const std::string name = NameOf(i);
    const hypervisor::DomainHandle domain(virDomainCreateXML(plant->connect_.get(), Xml(name).c_str(), 0));
    if (!domain) return base::Error{base::ErrorCode::kUnavailable, "cannot start " + name};
    plant->domains_.push_back(name);
  }
  return plant;
}

hypervisor::DomainHandle Plant::Find(const std::string& domain) const {
  return hypervisor::DomainHandle(virDomainLookupByName(connect_.get(), domain.c_str()));
}

std::uint64_t Plant::MemoryOf(const std::string& domain) const {
  const auto found = Find(domain);
  virDomainInfo info{};
  return found && virDomainGetInfo(found.get(), &info) == 0 ? info.memory : 0;
}

Found Plant::Look(const std::string& domain) const {
  const auto found = Find(domain);
  if (!found) return {};
  const hypervisor::TextHandle text(virDomainGetMetadata(found.get(), VIR_DOMAIN_METADATA_ELEMENT,
                                                         "urn:forewarn:change:memory", VIR_DOMAIN_AFFECT_LIVE));
  return {MemoryOf(domain) != kInitialKib, text != nullptr};
}

}  // namespace forewarn::replicas

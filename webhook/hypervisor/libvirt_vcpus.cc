// SPDX-License-Identifier: Apache-2.0
#include "webhook/hypervisor/libvirt_hypervisor.h"

namespace forewarn::hypervisor {
namespace {

base::Result<unsigned> Count(virDomainPtr domain, unsigned flags) {
  const int count = virDomainGetVcpusFlags(domain, flags);
  if (count < 0) return LastError("counting vCPUs");
  return static_cast<unsigned>(count);
}

base::Result<Vcpus> CountBoth(virDomainPtr domain) {
  const auto plugged = Count(domain, VIR_DOMAIN_VCPU_CURRENT);
  if (!plugged) return plugged.error();
  const auto maximum = Count(domain, VIR_DOMAIN_VCPU_MAXIMUM);
  if (!maximum) return maximum.error();
  return Vcpus{*plugged, *maximum};
}

}  // namespace

base::Result<Vcpus> LibvirtHypervisor::VcpusOf(const std::string& uuid, base::Deadline deadline) {
  return With<Vcpus>(uuid, deadline, CountBoth);
}

base::Result<void> LibvirtHypervisor::PlugVcpus(const std::string& uuid, unsigned count, base::Deadline deadline) {
  return With<void>(uuid, deadline, [count](virDomainPtr domain) -> base::Result<void> {
    const auto now = CountBoth(domain);
    if (!now) return now.error();
    if (count == now->plugged) return {};
    if (count < now->plugged) return base::Error{base::ErrorCode::kInvalid, "vCPUs are never unplugged"};
    if (count > now->maximum) return base::Error{base::ErrorCode::kInvalid, "more vCPUs than the domain may have"};
    if (virDomainSetVcpusFlags(domain, count, VIR_DOMAIN_VCPU_CURRENT) < 0) return LastError("plugging vCPUs");
    return {};
  });
}

base::Result<unsigned> LibvirtHypervisor::OnlineVcpus(const std::string& uuid, base::Deadline deadline) {
  return With<unsigned>(uuid, deadline, [](virDomainPtr domain) -> base::Result<unsigned> {
    const int count = virDomainGetVcpusFlags(domain, VIR_DOMAIN_VCPU_GUEST);
    if (count < 0) return LastAgentError("counting the guest's CPUs");
    return static_cast<unsigned>(count);
  });
}

base::Result<void> LibvirtHypervisor::SetOnlineVcpus(const std::string& uuid, unsigned count, base::Deadline deadline) {
  return With<void>(uuid, deadline, [count](virDomainPtr domain) -> base::Result<void> {
    if (virDomainSetVcpusFlags(domain, count, VIR_DOMAIN_VCPU_GUEST) < 0)
      return LastAgentError("setting the guest's CPUs");
    return {};
  });
}

}  // namespace forewarn::hypervisor

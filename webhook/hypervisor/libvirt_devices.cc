// SPDX-License-Identifier: Apache-2.0
#include <libvirt/virterror.h>

#include "webhook/hypervisor/domain_xml.h"
#include "webhook/hypervisor/libvirt_hypervisor.h"
#include "webhook/hypervisor/typed_parameters.h"

namespace forewarn::hypervisor {
namespace {

base::Result<std::string> XmlOf(virDomainPtr domain) {
  const TextHandle xml(virDomainGetXMLDesc(domain, 0));
  if (!xml) return LastError("reading a domain's XML");
  return std::string(xml.get());
}

base::Result<TypedParameters> ReadBandwidth(virDomainPtr domain, const std::string& mac) {
  int count = 0;
  if (virDomainGetInterfaceParameters(domain, mac.c_str(), nullptr, &count, 0) < 0) {
    return LastError("counting parameters of " + mac);
  }
  TypedParameters parameters(count);
  if (virDomainGetInterfaceParameters(domain, mac.c_str(), parameters.data(), &count, 0) < 0) {
    return LastError("reading the bandwidth of " + mac);
  }
  parameters.Shrink(count);
  return parameters;
}

// A kernel without sfq or policing is an "internal error": that won't change by waiting.
base::Error BandwidthError(const std::string& mac) {
  const int code = virGetLastErrorCode();
  base::Error error = LastError("setting the bandwidth of " + mac);
  if (code == VIR_ERR_INTERNAL_ERROR) error.code = base::ErrorCode::kUnsupported;
  return error;
}

}  // namespace

base::Result<DiskUse> LibvirtHypervisor::DiskUseOf(const std::string& uuid, base::Deadline deadline) {
  return With<DiskUse>(uuid, deadline, [](virDomainPtr domain) -> base::Result<DiskUse> {
    const auto xml = XmlOf(domain);
    if (!xml) return xml.error();
    const auto disks = DisksOfXml(*xml);
    if (!disks) return disks.error();
    DiskUse use;
    for (const std::string& disk : *disks) {
      virDomainBlockStatsStruct stats{};
      if (virDomainBlockStats(domain, disk.c_str(), &stats, sizeof stats) < 0)
        return LastError("reading use of " + disk);
      use.requests_of[disk] = static_cast<std::uint64_t>(std::max(0LL, stats.rd_req) + std::max(0LL, stats.wr_req));
      use.requests += use.requests_of[disk];
      use.bytes += static_cast<std::uint64_t>(std::max(0LL, stats.rd_bytes) + std::max(0LL, stats.wr_bytes));
    }
    return use;
  });
}

base::Result<std::vector<Interface>> LibvirtHypervisor::Interfaces(const std::string& uuid, base::Deadline deadline) {
  using Answer = base::Result<std::vector<Interface>>;
  return With<std::vector<Interface>>(uuid, deadline, [](virDomainPtr domain) -> Answer {
    const auto xml = XmlOf(domain);
    if (!xml) return xml.error();
    return InterfacesOfXml(*xml);
  });
}

base::Result<void> LibvirtHypervisor::SetLink(const std::string& uuid, const std::string& mac, Link link,
                                              base::Deadline deadline) {
  return With<void>(uuid, deadline, [mac, link](virDomainPtr domain) -> base::Result<void> {
    const auto xml = XmlOf(domain);
    if (!xml) return xml.error();
    const auto element = InterfaceWithLink(*xml, mac, link);
    if (!element) return element.error();
    if (virDomainUpdateDeviceFlags(domain, element->c_str(), VIR_DOMAIN_AFFECT_CURRENT) < 0) {
      return LastError("setting the link of " + mac);
    }
    return {};
  });
}

base::Result<Parameters> LibvirtHypervisor::Bandwidth(const std::string& uuid, const std::string& mac,
                                                      base::Deadline deadline) {
  return With<Parameters>(uuid, deadline, [mac](virDomainPtr domain) -> base::Result<Parameters> {
    auto parameters = ReadBandwidth(domain, mac);
    if (!parameters) return parameters.error();
    return parameters->Numbers();
  });
}

base::Result<void> LibvirtHypervisor::SetBandwidth(const std::string& uuid, const std::string& mac,
                                                   const Parameters& values, base::Deadline deadline) {
  return With<void>(uuid, deadline, [mac, values](virDomainPtr domain) -> base::Result<void> {
    auto known = ReadBandwidth(domain, mac);
    if (!known) return known.error();
    auto wanted = known->With(values);
    if (!wanted) return wanted.error();
    const int count = static_cast<int>(values.size());
    if (virDomainSetInterfaceParameters(domain, mac.c_str(), wanted->data(), count, 0) < 0) return BandwidthError(mac);
    return {};
  });
}

}  // namespace forewarn::hypervisor

// SPDX-License-Identifier: Apache-2.0
#include <libvirt/virterror.h>

#include <array>
#include <cstdlib>

#include "webhook/hypervisor/domain_xml.h"
#include "webhook/hypervisor/libvirt_hypervisor.h"

namespace forewarn::hypervisor {
namespace {

base::Result<Domain> Describe(virDomainPtr domain, const std::string& hypervisor) {
  std::array<char, VIR_UUID_STRING_BUFLEN> uuid{};
  const char* name = virDomainGetName(domain);
  if (name == nullptr || virDomainGetUUIDString(domain, uuid.data()) < 0) return LastError("reading a domain's name");
  const auto state = StateOf(domain);
  if (!state) return state.error();
  return Domain{name, uuid.data(), hypervisor, *state};
}

// A domain may go between the list and the question: then it is simply not in the list.
bool IsGone(const base::Error& error) { return error.code == base::ErrorCode::kNotFound; }

std::vector<DomainHandle> Own(virDomainPtr* list, int count) {
  std::vector<DomainHandle> domains;
  domains.reserve(static_cast<std::size_t>(count));
  for (int i = 0; i < count; ++i) domains.emplace_back(list[i]);
  std::free(list);
  return domains;
}

}  // namespace

base::Result<std::vector<DomainHandle>> DomainsOf(virConnectPtr connect) {
  virDomainPtr* list = nullptr;
  const int count = virConnectListAllDomains(connect, &list, 0);
  if (count < 0) return LastError("listing domains");
  return Own(list, count);
}

base::Result<DomainState> StateOf(virDomainPtr domain) {
  int state = 0;
  if (virDomainGetState(domain, &state, nullptr, 0) < 0) return LastError("reading a domain's state");
  switch (state) {
    case VIR_DOMAIN_RUNNING:
    case VIR_DOMAIN_BLOCKED:
      return DomainState::kRunning;
    case VIR_DOMAIN_PAUSED:
      return DomainState::kPaused;
    case VIR_DOMAIN_SHUTOFF:
      return DomainState::kShutOff;
    case VIR_DOMAIN_CRASHED:
      return DomainState::kCrashed;
    default:
      return DomainState::kOther;
  }
}

base::Result<std::vector<Domain>> LibvirtHypervisor::Domains(base::Deadline deadline) {
  using Answer = base::Result<std::vector<Domain>>;
  const std::string here = connection_.location().name;
  return connection_.Call<std::vector<Domain>>(deadline, [here](virConnectPtr connect) -> Answer {
    auto list = DomainsOf(connect);
    if (!list) return list.error();
    std::vector<Domain> domains;
    for (const DomainHandle& handle : *list) {
      auto domain = Describe(handle.get(), here);
      if (domain) {
        domains.push_back(*domain);
      } else if (!IsGone(domain.error())) {
        return domain.error();
      }
    }
    return domains;
  });
}

base::Result<std::optional<Domain>> LibvirtHypervisor::FindByName(const std::string& name, base::Deadline deadline) {
  using Answer = base::Result<std::optional<Domain>>;
  const std::string here = connection_.location().name;
  return connection_.Call<std::optional<Domain>>(deadline, [here, name](virConnectPtr connect) -> Answer {
    const DomainHandle handle(virDomainLookupByName(connect, name.c_str()));
    auto domain = handle ? Describe(handle.get(), here) : base::Result<Domain>(LastError("looking up " + name));
    if (domain) return std::optional<Domain>(*domain);
    if (IsGone(domain.error())) return std::optional<Domain>();
    return domain.error();
  });
}

base::Result<std::optional<Domain>> LibvirtHypervisor::FindByUuid(const std::string& uuid, base::Deadline deadline) {
  using Answer = base::Result<std::optional<Domain>>;
  const std::string here = connection_.location().name;
  auto found = With<std::optional<Domain>>(uuid, deadline, [here](virDomainPtr handle) -> Answer {
    auto domain = Describe(handle, here);
    if (!domain) return domain.error();
    return std::optional<Domain>(*domain);
  });
  if (!found && IsGone(found.error())) return std::optional<Domain>();
  return found;
}

base::Result<DomainState> LibvirtHypervisor::State(const std::string& uuid, base::Deadline deadline) {
  return With<DomainState>(uuid, deadline, StateOf);
}

base::Result<std::vector<std::string>> LibvirtHypervisor::Disks(const std::string& uuid, base::Deadline deadline) {
  using Answer = base::Result<std::vector<std::string>>;
  return With<std::vector<std::string>>(uuid, deadline, [](virDomainPtr domain) -> Answer {
    const TextHandle xml(virDomainGetXMLDesc(domain, 0));
    if (!xml) return LastError("reading a domain's XML");
    return DisksOfXml(xml.get());
  });
}

}  // namespace forewarn::hypervisor

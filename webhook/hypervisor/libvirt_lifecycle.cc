// SPDX-License-Identifier: Apache-2.0
#include "webhook/hypervisor/libvirt_hypervisor.h"

namespace forewarn::hypervisor {
namespace {

constexpr const char* kMetadataPrefix = "forewarn";  // of the XML namespace, for people who read the domain's XML

}  // namespace

base::Result<void> LibvirtHypervisor::Transition(const std::string& uuid, base::Deadline deadline,
                                                 int (*call)(virDomainPtr), DomainState wanted) {
  return With<void>(uuid, deadline, [call, wanted](virDomainPtr domain) -> base::Result<void> {
    if (call(domain) == 0) return {};
    const base::Error error = LastError("changing a domain's state");
    const auto state = StateOf(domain);
    if (state && *state == wanted) return {};  // somebody was first: it is as it should be
    return error;
  });
}

base::Result<void> LibvirtHypervisor::Start(const std::string& uuid, base::Deadline deadline) {
  return Transition(uuid, deadline, virDomainCreate, DomainState::kRunning);
}

base::Result<void> LibvirtHypervisor::Suspend(const std::string& uuid, base::Deadline deadline) {
  return Transition(uuid, deadline, virDomainSuspend, DomainState::kPaused);
}

base::Result<void> LibvirtHypervisor::Resume(const std::string& uuid, base::Deadline deadline) {
  return Transition(uuid, deadline, virDomainResume, DomainState::kRunning);
}

base::Result<void> LibvirtHypervisor::Shutdown(const std::string& uuid, base::Deadline deadline) {
  return Transition(uuid, deadline, virDomainDestroy, DomainState::kShutOff);
}

base::Result<std::optional<std::string>> LibvirtHypervisor::Metadata(const std::string& uuid, const std::string& uri,
                                                                     base::Deadline deadline) {
  using Answer = base::Result<std::optional<std::string>>;
  return With<std::optional<std::string>>(uuid, deadline, [uri](virDomainPtr domain) -> Answer {
    const TextHandle xml(virDomainGetMetadata(domain, VIR_DOMAIN_METADATA_ELEMENT, uri.c_str(), 0));
    if (xml) return std::optional<std::string>(xml.get());
    // A domain that is gone would have failed at its lookup.
    base::Error error = LastError("reading metadata");
    if (error.code == base::ErrorCode::kNotFound) return std::optional<std::string>();
    return error;
  });
}

base::Result<void> LibvirtHypervisor::SetMetadata(const std::string& uuid, const std::string& uri,
                                                  const std::optional<std::string>& xml, base::Deadline deadline) {
  return With<void>(uuid, deadline, [uri, xml](virDomainPtr domain) -> base::Result<void> {
    const char* text = xml ? xml->c_str() : nullptr;
    const char* prefix = xml ? kMetadataPrefix : nullptr;
    if (virDomainSetMetadata(domain, VIR_DOMAIN_METADATA_ELEMENT, text, prefix, uri.c_str(), 0) < 0) {
      return LastError("writing metadata");
    }
    return {};
  });
}

}  // namespace forewarn::hypervisor

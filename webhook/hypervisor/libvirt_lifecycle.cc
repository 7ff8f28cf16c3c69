// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <utility>
#include <vector>

#include "webhook/hypervisor/libvirt_hypervisor.h"

namespace forewarn::hypervisor {
namespace {

constexpr const char* kMetadataPrefix = "forewarn";  // of the XML namespace, for people who read the domain's XML

}  // namespace

struct LibvirtHypervisor::Step {
  int (*call)(virDomainPtr);
  DomainState wanted;
  std::vector<DomainState> from;
};

base::Result<void> LibvirtHypervisor::Go(const std::string& uuid, base::Deadline deadline, Step step) {
  return With<void>(uuid, deadline, [step = std::move(step)](virDomainPtr domain) -> base::Result<void> {
    if (step.call(domain) == 0) return {};
    base::Error error = LastError("changing a domain's state");
    const auto state = StateOf(domain);
    if (!state) return error;
    if (*state == step.wanted) return {};  // it was so already, or somebody was first
    // Not every driver says that the state is the reason.
    const bool allowed = std::find(step.from.begin(), step.from.end(), *state) != step.from.end();
    if (!allowed) error.code = base::ErrorCode::kConflict;
    return error;
  });
}

base::Result<void> LibvirtHypervisor::Start(const std::string& uuid, base::Deadline deadline) {
  return Go(uuid, deadline, {virDomainCreate, DomainState::kRunning, {DomainState::kShutOff, DomainState::kCrashed}});
}

base::Result<void> LibvirtHypervisor::Suspend(const std::string& uuid, base::Deadline deadline) {
  return Go(uuid, deadline, {virDomainSuspend, DomainState::kPaused, {DomainState::kRunning}});
}

base::Result<void> LibvirtHypervisor::Resume(const std::string& uuid, base::Deadline deadline) {
  return Go(uuid, deadline, {virDomainResume, DomainState::kRunning, {DomainState::kPaused}});
}

base::Result<void> LibvirtHypervisor::Shutdown(const std::string& uuid, base::Deadline deadline) {
  return Go(
      uuid, deadline,
      {virDomainDestroy, DomainState::kShutOff, {DomainState::kRunning, DomainState::kPaused, DomainState::kOther}});
}

base::Result<void> LibvirtHypervisor::Reset(const std::string& uuid, base::Deadline deadline) {
  return With<void>(uuid, deadline, [](virDomainPtr domain) -> base::Result<void> {
    if (virDomainReset(domain, 0) < 0) return LastError("resetting a domain");
    return {};
  });
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

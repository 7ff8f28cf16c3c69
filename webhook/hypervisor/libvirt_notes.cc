// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <array>

#include "webhook/hypervisor/libvirt_hypervisor.h"

namespace forewarn::hypervisor {

// Found as text: most domains have none, and a parser would cost more than libvirt's answer. What only looks like one
// is not there when it is asked for.
std::vector<std::string> UrisOfXml(std::string_view xml, std::string_view prefix) {
  std::vector<std::string> uris;
  for (std::size_t at = 0; (at = xml.find(prefix, at)) != std::string_view::npos; at += prefix.size()) {
    const auto end = xml.find_first_of("\"'<>", at);
    if (at > 0 && (xml[at - 1] == '"' || xml[at - 1] == '\'') && end != std::string_view::npos) {
      uris.emplace_back(xml.substr(at, end - at));
    }
  }
  std::sort(uris.begin(), uris.end());
  uris.erase(std::unique(uris.begin(), uris.end()), uris.end());
  return uris;
}

base::Result<Noted> NotesOf(virDomainPtr domain, const std::string& uri_prefix) {
  std::array<char, VIR_UUID_STRING_BUFLEN> uuid{};
  const char* name = virDomainGetName(domain);
  if (name == nullptr || virDomainGetUUIDString(domain, uuid.data()) < 0) return LastError("reading a domain's name");
  const TextHandle xml(virDomainGetXMLDesc(domain, 0));
  if (!xml) return LastError("reading a domain's XML");
  return Noted{name, uuid.data(), UrisOfXml(xml.get(), uri_prefix)};
}

base::Result<std::vector<Noted>> LibvirtHypervisor::Notes(const std::string& uri_prefix, base::Deadline deadline) {
  using Answer = base::Result<std::vector<Noted>>;
  return connection_.Call<std::vector<Noted>>(deadline, [uri_prefix](virConnectPtr connect) -> Answer {
    auto domains = DomainsOf(connect);
    if (!domains) return domains.error();
    std::vector<Noted> all;
    for (const DomainHandle& handle : *domains) {
      auto noted = NotesOf(handle.get(), uri_prefix);
      if (noted) {
        all.push_back(std::move(*noted));
      } else if (noted.error().code != base::ErrorCode::kNotFound) {  // it has gone since the list
        return noted.error();
      }
    }
    return all;
  });
}

}  // namespace forewarn::hypervisor

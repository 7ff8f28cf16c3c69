// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <libvirt/libvirt.h>

#include <cstdlib>
#include <memory>

// libvirt's objects, freed by themselves.
namespace forewarn::hypervisor {

struct CloseConnect {
  void operator()(virConnectPtr connect) const { virConnectClose(connect); }
};
struct FreeDomain {
  void operator()(virDomainPtr domain) const { virDomainFree(domain); }
};
struct FreeText {
  void operator()(char* text) const { std::free(text); }
};

using ConnectHandle = std::unique_ptr<virConnect, CloseConnect>;
using DomainHandle = std::unique_ptr<virDomain, FreeDomain>;
using TextHandle = std::unique_ptr<char, FreeText>;

}  // namespace forewarn::hypervisor

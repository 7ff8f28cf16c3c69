// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <libvirt/libvirt.h>

#include <memory>
#include <string>

#include "common/base/result.h"

// What the bed needs of libvirt's C API.
namespace forewarn::testbed {

struct CloseConnection {
  void operator()(virConnect* connection) const { virConnectClose(connection); }
};
struct FreeDomain {
  void operator()(virDomain* domain) const { virDomainFree(domain); }
};
using Connection = std::unique_ptr<virConnect, CloseConnection>;
using Domain = std::unique_ptr<virDomain, FreeDomain>;

base::Error LastError(const std::string& what);  // kUnavailable, with libvirt's message
base::Result<Connection> Connect(const std::string& uri);
base::Result<Domain> FindDomain(const Connection& connection, const std::string& name);

}  // namespace forewarn::testbed

// SPDX-License-Identifier: Apache-2.0
#include "tests/testbed/libvirt.h"

#include <libvirt/virterror.h>

namespace forewarn::testbed {

using base::Error;
using base::ErrorCode;
using base::Result;

Error LastError(const std::string& what) {
  const virError* last = virGetLastError();
  return Error{ErrorCode::kUnavailable,
               what + ": " + (last != nullptr && last->message != nullptr ? last->message : "unknown")};
}

Result<Connection> Connect(const std::string& uri) {
  virSetErrorFunc(nullptr, [](void*, virErrorPtr) {});  // it would print to stderr
  Connection connection(virConnectOpen(uri.c_str()));
  if (!connection) return LastError(uri);
  return connection;
}

Result<Domain> FindDomain(const Connection& connection, const std::string& name) {
  Domain domain(virDomainLookupByName(connection.get(), name.c_str()));
  if (!domain) return LastError(name);
  return domain;
}

}  // namespace forewarn::testbed

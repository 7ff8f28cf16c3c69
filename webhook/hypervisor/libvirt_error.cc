// SPDX-License-Identifier: Apache-2.0
#include "webhook/hypervisor/libvirt_error.h"

#include <libvirt/libvirt.h>
#include <libvirt/virterror.h>

#include <mutex>
#include <string>
#include <thread>

namespace forewarn::hypervisor {

void PrepareLibvirt() {
  static std::once_flag once;
  std::call_once(once, [] {
    virSetErrorFunc(nullptr, [](void*, virErrorPtr) {});
    if (virInitialize() < 0 || virEventRegisterDefaultImpl() < 0) return;
    // Lives as long as the process: libvirt has no way to unregister the loop.
    std::thread([] {
      while (virEventRunDefaultImpl() == 0) {
      }
    }).detach();
  });
}

base::ErrorCode CodeOf(int libvirt_code) {
  switch (libvirt_code) {
    case VIR_ERR_NO_DOMAIN:
    case VIR_ERR_NO_DOMAIN_METADATA:
    case VIR_ERR_DEVICE_MISSING:
      return base::ErrorCode::kNotFound;
    case VIR_ERR_NO_SUPPORT:
    case VIR_ERR_CALL_FAILED:
    case VIR_ERR_CONFIG_UNSUPPORTED:
    case VIR_ERR_ARGUMENT_UNSUPPORTED:
    case VIR_ERR_OPERATION_UNSUPPORTED:
      return base::ErrorCode::kUnsupported;
    case VIR_ERR_INVALID_ARG:
    case VIR_ERR_XML_ERROR:
    case VIR_ERR_XML_DETAIL:
    case VIR_ERR_OPERATION_DENIED:
    case VIR_ERR_ACCESS_DENIED:
    case VIR_ERR_AUTH_FAILED:
    case VIR_ERR_AUTH_CANCELLED:
    case VIR_ERR_AUTH_UNAVAILABLE:
      return base::ErrorCode::kInvalid;
    case VIR_ERR_OPERATION_INVALID:
    case VIR_ERR_RESOURCE_BUSY:
      return base::ErrorCode::kConflict;
    case VIR_ERR_OPERATION_TIMEOUT:
    case VIR_ERR_AGENT_UNRESPONSIVE:
      return base::ErrorCode::kTimeout;
    default:  // the daemon is gone, or says what only a person can judge
      return base::ErrorCode::kUnavailable;
  }
}

base::Error LastError(std::string_view doing) {
  std::string message(doing);
  const virError* error = virGetLastError();
  if (error == nullptr) return {base::ErrorCode::kUnavailable, message + ": libvirt gave no reason"};
  message += ": ";
  for (const char* c = error->message == nullptr ? "" : error->message; *c != '\0'; ++c)
    message += *c == '\n' ? ' ' : *c;
  return {CodeOf(error->code), message};
}

base::Error LastAgentError(std::string_view doing) {
  const int code = virGetLastErrorCode();
  base::Error error = LastError(doing);
  if (code == VIR_ERR_AGENT_UNRESPONSIVE || code == VIR_ERR_AGENT_UNSYNCED) error.code = base::ErrorCode::kUnavailable;
  if (code == VIR_ERR_OPERATION_INVALID || code == VIR_ERR_INVALID_ARG) error.code = base::ErrorCode::kUnsupported;
  return error;
}

}  // namespace forewarn::hypervisor

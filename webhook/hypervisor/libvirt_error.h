// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string_view>

#include "common/base/result.h"

namespace forewarn::hypervisor {

// libvirt prints every error to stderr unless told otherwise, and needs an event loop before the first connection for
// keepalive to work. Does both, once per process.
void PrepareLibvirt();

// What the last libvirt call of this thread failed with; `doing` begins the message.
base::Error LastError(std::string_view doing);

// The same of a call to the guest's agent. A guest where nobody answers may be booting (kUnavailable); one without the
// channel, or one that doesn't run, has nobody to ask (kUnsupported).
base::Error LastAgentError(std::string_view doing);

// libvirt's code (virErrorNumber) in our terms.
base::ErrorCode CodeOf(int libvirt_code);

}  // namespace forewarn::hypervisor

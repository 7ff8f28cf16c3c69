// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "common/base/result.h"

// The guests' image: Debian's cloud kernel, and an initramfs with busybox, node_exporter and our agent.
namespace forewarn::testbed {

struct Image {
  std::string kernel, initrd;  // paths
};

// Fetches the newest linux-image-*-cloud-amd64 with apt-get (unpacked, never installed) and packs the initramfs. Both
// stay in `cache_dir`, by version and content: a second call is instant. Needs the network of the machine: call it
// before RunInBed. kUnavailable: apt-get or a tool failed.
base::Result<Image> BuildImage(const std::string& cache_dir);

// The same with QEMU's guest agent in it (Debian's qemu-guest-agent, fetched and unpacked likewise).
base::Result<Image> WithGuestAgent(const Image& image, const std::string& cache_dir);

// Where the caller's user keeps it: $XDG_CACHE_HOME/forewarn or ~/.cache/forewarn; $FOREWARN_CACHE overrides.
std::string DefaultCacheDir();

}  // namespace forewarn::testbed

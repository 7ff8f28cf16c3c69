// SPDX-License-Identifier: Apache-2.0
// What runs in a guest of the test bed: `guest_agent serve`, the service, and `guest_agent control DEVICE`, which takes
// commands from a virtio-serial port. Linked statically: the guest has no C++ library.
#include "tests/testbed/guest/agent.h"

#include <cstring>

int main(int argc, char** argv) {
  using namespace forewarn::testbed::guest;
  if (argc == 2 && std::strcmp(argv[1], "serve") == 0) return Serve();
  if (argc == 3 && std::strcmp(argv[1], "control") == 0) return Control(argv[2]);
  return 2;
}

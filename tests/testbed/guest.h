// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "tests/testbed/host.h"
#include "tests/testbed/image.h"
#include "tests/testbed/machine.h"

namespace forewarn::testbed {

// A machine under QEMU: 1 vCPU, a disk of 64 MiB, and inside node_exporter on port 9100, a service on port 8080 and an
// agent at the other end of a virtio-serial port.
class Guest : public Machine {
 public:
  // Returns at once; WaitReady says when it has booted (some 5 s each).
  static base::Result<Guest> Create(const Host& host, const Image& image, const MachineOptions& options);

  const MachineOptions& options() const override { return options_; }
  Endpoints endpoints() const override;
  base::Result<void> WaitReady(std::chrono::seconds timeout = std::chrono::seconds(60)) override;
  base::Result<std::string> Command(const std::string& line) override;

  base::Result<void> PowerOn();  // starts one that is only defined
  base::Result<void> Resume();   // one that is paused

 private:
  Guest(const Host& host, MachineOptions options);
  std::string uri_, dir_;
  MachineOptions options_;
};

// A guest's network card, with its link up or down: in its domain's XML, and for virDomainUpdateDeviceFlags.
std::string InterfaceXml(int guest_number, const std::string& link);

}  // namespace forewarn::testbed

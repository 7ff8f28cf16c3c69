// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

#include "common/base/result.h"
#include "webhook/hypervisor/hypervisor.h"

// What is read out of a domain's XML (https://libvirt.org/formatdomain.html). kInvalid where it isn't one.
namespace forewarn::hypervisor {

// The target devices (vda, …) of the disks; CD-ROM and floppy drives aren't counted.
base::Result<std::vector<std::string>> DisksOfXml(const std::string& xml);

base::Result<std::vector<Interface>> InterfacesOfXml(const std::string& xml);

// The interface's own element with that link, for virDomainUpdateDeviceFlags. kNotFound.
base::Result<std::string> InterfaceWithLink(const std::string& xml, const std::string& mac, Link link);

}  // namespace forewarn::hypervisor

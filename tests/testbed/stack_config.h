// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "tests/testbed/bed.h"
#include "tests/testbed/stack.h"

// The configuration files of what a Stack starts.
namespace forewarn::testbed {

// Names of ports for Bed::Port.
inline std::string ServicePort(const std::string& service) { return "service-" + service; }
inline std::string LibvirtPort(const std::string& hypervisor) { return "libvirt-" + hypervisor; }

std::string HaproxySocket(const Bed& bed);
std::string PrometheusYaml(Bed& bed, const StackOptions& options);
std::string HaproxyConfig(Bed& bed, const StackOptions& options);
std::string BlackboxYaml();
std::string MtailProgram();
std::string QuietAlertmanagerYaml();  // tells nobody

}  // namespace forewarn::testbed

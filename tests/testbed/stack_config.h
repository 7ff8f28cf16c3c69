// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "tests/testbed/bed.h"
#include "tests/testbed/stack.h"

// The configuration files of what a Stack starts, and where each part listens inside the bed.
namespace forewarn::testbed {

constexpr int kPrometheusPort = 9090, kAlertmanagerPort = 9093, kBlackboxPort = 9115, kMtailPort = 3903, kHaproxyPort = 8404;
constexpr int kFirstLibvirtExporterPort = 9200, kFirstServicePort = 8100;

std::string PrometheusYaml(const StackOptions& options);
std::string HaproxyConfig(const Bed& bed, const StackOptions& options);
std::string BlackboxYaml();
std::string MtailProgram();
std::string QuietAlertmanagerYaml();  // tells nobody

}  // namespace forewarn::testbed

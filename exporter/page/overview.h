// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <map>
#include <string>

#include "common/html/page.h"
#include "exporter/page/trails.h"
#include "exporter/publish/self_metrics.h"

namespace forewarn::page {

// What one answer is made of.
struct View {
  const html::Site& site;
  const publish::Report* report = nullptr;  // nullptr: none that is fresh
  const Trails& trails;
  std::map<std::string, predictor::Thresholds> thresholds;
  publish::SelfMetrics::Standing standing;
  std::string domain, fault;  // only those; empty: any
  double now = 0;             // s since the epoch
};

html::Page Overview(const View& view);

}  // namespace forewarn::page

// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <map>
#include <memory>
#include <string>
#include <vector>

#include "tests/fakes/temp_dir.h"
#include "webhook/actuators/actuator.h"
#include "webhook/actuators/marker.h"
#include "webhook/hypervisor/hypervisor.h"

namespace forewarn::crash {

inline constexpr std::int64_t kIops = 100;               // of every domain before anything happens
inline constexpr std::int64_t kMemoryKib = 1024 * 1024;  // likewise

// A domain as its hypervisor shows it. Settings as their actuators read them.
struct View {
  std::map<std::string, actuators::Setting> settings;  // by actuator
  std::map<std::string, actuators::Marker> markers;    // by actuator
  std::int64_t iops = 0, memory_kib = 0;
  bool operator==(const View&) const = default;
};

// Domains of our own on a private libvirtd. Thread-safe once all are added.
class Subjects {
 public:
  enum class Driver { kTest, kQemu };
  Subjects(Driver driver, std::string uri);
  base::Result<void> Add(const std::string& domain);  // running, as it was before anything happens
  base::Result<void> Reset(const std::string& domain);
  base::Result<View> Settings(const std::string& domain);  // without markers
  base::Result<View> Look(const std::string& domain);
  const std::string& uri() const { return uri_; }

 private:
  base::Result<std::string> Xml(const std::string& domain) const;
  const Driver driver_;
  const std::string uri_;
  fakes::TempDir folder_;
  std::unique_ptr<hypervisor::Inventory> inventory_;
  std::map<std::string, std::unique_ptr<actuators::Actuator>> actuators_;
  std::map<std::string, std::string> uuids_;
};

}  // namespace forewarn::crash

// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "common/base/result.h"
#include "tests/campaigns/pair/evidence.h"
#include "tests/fakes/private_libvirtd.h"
#include "webhook/hypervisor/handles.h"

namespace forewarn::replicas {

inline constexpr std::uint64_t kInitialKib = 128 << 10, kMaximumKib = 512 << 10;

std::string NameOf(int number);  // of a domain

// One hypervisor that everybody shares, with running domains of `kInitialKib`.
class Plant {
 public:
  static base::Result<std::unique_ptr<Plant>> Start(int domains);
  std::string uri() const { return libvirtd_->uri(); }
  const std::vector<std::string>& domains() const { return domains_; }
  // 0: there is no such domain.
  std::uint64_t MemoryOf(const std::string& domain) const;
  Found Look(const std::string& domain) const;

 private:
  Plant() = default;
  hypervisor::DomainHandle Find(const std::string& domain) const;

  std::unique_ptr<fakes::PrivateLibvirtd> libvirtd_;
  hypervisor::ConnectHandle connect_;
  std::vector<std::string> domains_;
};

}  // namespace forewarn::replicas

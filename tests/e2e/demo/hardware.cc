// SPDX-License-Identifier: Apache-2.0
#include "tests/e2e/demo/hardware.h"

#include "tests/testbed/guest.h"
#include "tests/testbed/simulation.h"

namespace forewarn::demo {
namespace {

using base::Result;
using testbed::Guest;
using testbed::Host;
using testbed::Machine;
using testbed::MachineOptions;
using testbed::Simulation;

class Qemu final : public Hardware {
 public:
  Qemu(Host host, testbed::Image image) : host_(std::move(host)), image_(std::move(image)) {}

  std::string uri() const override { return host_.uri(); }
  std::vector<testbed::StackOptions::Hypervisor> watched() const override {
    return {{host_.name(), host_.read_only_uri()}};
  }
  Result<Machine*> Add(const MachineOptions& options) override {
    auto guest = Guest::Create(host_, image_, options);
    if (!guest) return guest.error();
    return guests_.emplace_back(std::make_unique<Guest>(std::move(*guest))).get();
  }
  Host* host() override { return &host_; }

 private:
  Host host_;
  testbed::Image image_;
  std::vector<std::unique_ptr<Guest>> guests_;
};

class Simulated final : public Hardware {
 public:
  explicit Simulated(std::unique_ptr<Simulation> simulation) : simulation_(std::move(simulation)) {}

  std::string uri() const override { return simulation_->uri(); }
  std::vector<testbed::StackOptions::Hypervisor> watched() const override {
    return {};
  }  // the machines say it themselves
  Result<Machine*> Add(const MachineOptions& options) override { return simulation_->Add(options); }
  Host* host() override { return nullptr; }

 private:
  std::unique_ptr<Simulation> simulation_;
};

}  // namespace

Result<std::unique_ptr<Hardware>> StartHardware(testbed::Bed& bed, const std::optional<testbed::Image>& image) {
  if (bed.kind() == testbed::BedOptions::Kind::kNamespaces) {
    auto host = Host::Start(kHypervisor, testbed::DefaultCacheDir());
    if (!host) return host.error();
    return std::unique_ptr<Hardware>(std::make_unique<Qemu>(std::move(*host), *image));
  }
  auto simulation = Simulation::Start(bed);
  if (!simulation) return simulation.error();
  return std::unique_ptr<Hardware>(std::make_unique<Simulated>(std::move(*simulation)));
}

}  // namespace forewarn::demo

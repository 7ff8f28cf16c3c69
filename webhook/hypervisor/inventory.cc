// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <future>

#include "webhook/hypervisor/libvirt_hypervisor.h"
#include "webhook/hypervisor/resolve.h"

namespace forewarn::hypervisor {
namespace {

class LibvirtInventory : public Inventory {
 public:
  explicit LibvirtInventory(std::vector<Location> locations) {
    for (Location& location : locations) {
      entries_.push_back({location.name, std::make_unique<LibvirtHypervisor>(std::move(location))});
    }
  }

  base::Result<Domain> Resolve(const std::string& domain, base::Deadline deadline) override {
    // All are asked at once, and a hypervisor that hangs leaves half of the time to whoever acts on the answer.
    const auto half = base::Deadline::After(std::max(deadline.Left() / 2, base::Duration::zero()));
    std::vector<std::future<base::Result<std::optional<Domain>>>> asked;
    for (const Entry& entry : entries_) {
      asked.push_back(std::async(std::launch::async, [&] { return entry.hypervisor->FindByName(domain, half); }));
    }
    std::vector<base::Result<std::optional<Domain>>> answers;
    for (auto& answer : asked) answers.push_back(answer.get());
    return Choose(domain, answers);
  }

  Hypervisor* Find(std::string_view name) override {
    const auto found = std::find_if(entries_.begin(), entries_.end(), [&](const Entry& e) { return e.name == name; });
    return found == entries_.end() ? nullptr : found->hypervisor.get();
  }

  std::vector<Health> State() const override {
    std::vector<Health> states;
    for (const Entry& entry : entries_) states.push_back(entry.hypervisor->Health());
    return states;
  }

 private:
  struct Entry {
    std::string name;
    std::unique_ptr<LibvirtHypervisor> hypervisor;
  };
  std::vector<Entry> entries_;
};

}  // namespace

std::unique_ptr<Inventory> ConnectInventory(std::vector<Location> locations) {
  return std::make_unique<LibvirtInventory>(std::move(locations));
}

}  // namespace forewarn::hypervisor

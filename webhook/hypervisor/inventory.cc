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
    return Choose(domain, AskAll(deadline, [&domain](LibvirtHypervisor& host, base::Deadline half) {
                    return host.FindByName(domain, half);
                  }));
  }

  Whereabouts Locate(const std::string& uuid, base::Deadline deadline) override {
    const auto answers =
        AskAll(deadline, [&uuid](LibvirtHypervisor& host, base::Deadline half) { return host.FindByUuid(uuid, half); });
    Whereabouts whereabouts;
    for (std::size_t i = 0; i < answers.size(); ++i) {
      if (!answers[i]) {
        whereabouts.silent.push_back(entries_[i].name);
      } else if (*answers[i]) {
        whereabouts.found.push_back(**answers[i]);
      }
    }
    return whereabouts;
  }

  base::Result<void> Migrate(const Domain& domain, const std::string& to, base::Deadline deadline) override {
    LibvirtHypervisor* source = Entry::Of(entries_, domain.hypervisor);
    LibvirtHypervisor* destination = Entry::Of(entries_, to);
    if (source == nullptr || destination == nullptr) {
      return base::Error{base::ErrorCode::kNotFound,
                         "the inventory has no hypervisor " + (source ? to : domain.hypervisor)};
    }
    return source->MigrateTo(destination->location(), domain.uuid, deadline);
  }

  Hypervisor* Find(std::string_view name) override { return Entry::Of(entries_, name); }

  std::vector<std::string> Names() const override {
    std::vector<std::string> names;
    for (const Entry& entry : entries_) names.push_back(entry.name);
    return names;
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

    static LibvirtHypervisor* Of(const std::vector<Entry>& entries, std::string_view name) {
      const auto found = std::find_if(entries.begin(), entries.end(), [&](const Entry& e) { return e.name == name; });
      return found == entries.end() ? nullptr : found->hypervisor.get();
    }
  };

  // All are asked at once, and a hypervisor that hangs leaves half of the time to whoever acts on the answer.
  template <class Question>
  std::vector<base::Result<std::optional<Domain>>> AskAll(base::Deadline deadline, Question question) {
    const auto half = base::Deadline::After(std::max(deadline.Left() / 2, base::Duration::zero()));
    std::vector<std::future<base::Result<std::optional<Domain>>>> asked;
    asked.reserve(entries_.size());
    for (const Entry& entry : entries_) {
      asked.push_back(std::async(std::launch::async, [&] { return question(*entry.hypervisor, half); }));
    }
    std::vector<base::Result<std::optional<Domain>>> answers;
    answers.reserve(asked.size());
    for (auto& answer : asked) answers.push_back(answer.get());
    return answers;
  }

  std::vector<Entry> entries_;
};

}  // namespace

std::unique_ptr<Inventory> ConnectInventory(std::vector<Location> locations) {
  return std::make_unique<LibvirtInventory>(std::move(locations));
}

}  // namespace forewarn::hypervisor

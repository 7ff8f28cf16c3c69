// SPDX-License-Identifier: Apache-2.0
#include <libvirt/virterror.h>

#include <algorithm>
#include <condition_variable>
#include <cstdlib>
#include <mutex>
#include <thread>

#include "webhook/hypervisor/libvirt_hypervisor.h"

namespace forewarn::hypervisor {
namespace {

using std::chrono::milliseconds;

constexpr base::Duration kAbortTime = std::chrono::seconds(3);  // before the deadline: aborting takes its time too
constexpr auto kAskAgain = milliseconds(200);                   // a job that is not abortable yet will be

// Aborts the domain's job from a time on, as long as it lives.
class Aborter {
 public:
  Aborter(virDomainPtr domain, base::SteadyTime at) : thread_([this, domain, at] { Run(domain, at); }) {}
  ~Aborter() {
    {
      std::lock_guard lock(mutex_);
      done_ = true;
    }
    changed_.notify_all();
    thread_.join();
  }

 private:
  void Run(virDomainPtr domain, base::SteadyTime at) {
    std::unique_lock lock(mutex_);
    for (auto next = at; !changed_.wait_until(lock, next, [this] { return done_; });) {
      lock.unlock();
      virDomainAbortJob(domain);
      next = base::SystemClock().Steady() + kAskAgain;
      lock.lock();
    }
  }

  std::mutex mutex_;
  std::condition_variable changed_;
  bool done_ = false;
  std::thread thread_;
};

base::Result<unsigned> FlagsFor(virDomainPtr domain, const Location& to) {
  unsigned flags = VIR_MIGRATE_LIVE;
  const int persistent = virDomainIsPersistent(domain);
  if (persistent < 0) return LastError("preparing a migration");
  if (persistent == 1) flags |= VIR_MIGRATE_PERSIST_DEST | VIR_MIGRATE_UNDEFINE_SOURCE;
  if (to.unsafe_migration) flags |= VIR_MIGRATE_UNSAFE;
  return flags;
}

// The client drives it (https://libvirt.org/migration.html, "managed direct"): both ends are reached as the inventory
// says, and where the client dies libvirt cancels it.
base::Result<void> Send(virDomainPtr domain, const Location& to, base::SteadyTime abort_at) {
  const auto flags = FlagsFor(domain, to);
  if (!flags) return flags.error();
  const ConnectHandle there(virConnectOpen(to.uri.c_str()));
  if (!there) return LastError("connecting to " + to.name);
  virConnectSetKeepAlive(there.get(), 1, 3);  // a destination that hangs must not hold us
  virTypedParameterPtr parameters = nullptr;
  int count = 0, room = 0;
  if (!to.migrate_uri.empty()) {
    virTypedParamsAddString(&parameters, &count, &room, VIR_MIGRATE_PARAM_URI, to.migrate_uri.c_str());
  }
  const Aborter aborter(domain, abort_at);
  const DomainHandle moved(virDomainMigrate3(domain, there.get(), parameters, static_cast<unsigned>(count), *flags));
  base::Result<void> answer;
  if (!moved) answer = LastError("migrating to " + to.name);
  virTypedParamsFree(parameters, count);
  return answer;
}

base::Result<unsigned> VcpusOfActive(virConnectPtr connect) {
  virDomainPtr* list = nullptr;
  const int count = virConnectListAllDomains(connect, &list, VIR_CONNECT_LIST_DOMAINS_ACTIVE);
  if (count < 0) return LastError("listing active domains");
  unsigned vcpus = 0;
  for (int i = 0; i < count; ++i) {
    const DomainHandle domain(list[i]);
    virDomainInfo info{};
    if (virDomainGetInfo(domain.get(), &info) == 0) vcpus += info.nrVirtCpu;  // else it has just gone
  }
  std::free(list);
  return vcpus;
}

}  // namespace

// Of virNodeGetInfo the memory is not used: it is wrong on some hosts.
base::Result<Capacity> LibvirtHypervisor::CapacityNow(base::Deadline deadline) {
  return connection_.Call<Capacity>(deadline, [](virConnectPtr connect) -> base::Result<Capacity> {
    virNodeInfo node{};
    if (virNodeGetInfo(connect, &node) < 0) return LastError("reading the node's CPUs");
    const unsigned long long free_bytes = virNodeGetFreeMemory(connect);
    if (free_bytes == 0) return LastError("reading the node's free memory");
    const auto vcpus = VcpusOfActive(connect);
    if (!vcpus) return vcpus.error();
    return Capacity{node.cpus, *vcpus, free_bytes >> 10};
  });
}

base::Result<void> LibvirtHypervisor::MigrateTo(const Location& to, const std::string& uuid, base::Deadline deadline) {
  const auto abort_at = deadline.at - std::min(kAbortTime, std::max(deadline.Left() / 3, base::Duration::zero()));
  return jobs_.Call<void>(deadline, [to, uuid, abort_at](virConnectPtr connect) -> base::Result<void> {
    const DomainHandle domain(virDomainLookupByUUIDString(connect, uuid.c_str()));
    if (!domain) return LastError("looking up " + uuid);
    return Send(domain.get(), to, abort_at);
  });
}

}  // namespace forewarn::hypervisor

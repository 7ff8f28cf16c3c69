// SPDX-License-Identifier: Apache-2.0
#include "webhook/hypervisor/libvirt_hypervisor.h"
#include "webhook/hypervisor/typed_parameters.h"

namespace forewarn::hypervisor {
namespace {

// libvirt refuses a buffer that is larger than it needs ("nparams too large"), so both ask for the number first.
base::Result<TypedParameters> ReadBlockIoTune(virDomainPtr domain, const std::string& disk) {
  int count = 0;
  if (virDomainGetBlockIoTune(domain, disk.c_str(), nullptr, &count, 0) < 0) return LastError("counting disk limits");
  TypedParameters parameters(count);
  if (virDomainGetBlockIoTune(domain, disk.c_str(), parameters.data(), &count, 0) < 0) {
    return LastError("reading disk limits of " + disk);
  }
  parameters.Shrink(count);
  return parameters;
}

// The QEMU driver says "operation invalid" where the host has no cgroups: that won't change by waiting.
base::Error SchedulerError(std::string_view doing) {
  base::Error error = LastError(doing);
  if (error.code == base::ErrorCode::kConflict) error.code = base::ErrorCode::kUnsupported;
  return error;
}

base::Result<TypedParameters> ReadScheduler(virDomainPtr domain) {
  int count = 0;
  const TextHandle type(virDomainGetSchedulerType(domain, &count));
  if (!type) return SchedulerError("reading the scheduler's type");
  TypedParameters parameters(count);
  // The call with flags adds one by itself that the test driver refuses; without, it means AFFECT_CURRENT as well.
  if (virDomainGetSchedulerParameters(domain, parameters.data(), &count) < 0) {
    return SchedulerError("reading scheduler parameters");
  }
  parameters.Shrink(count);
  return parameters;
}

}  // namespace

base::Result<Parameters> LibvirtHypervisor::BlockIoTune(const std::string& uuid, const std::string& disk,
                                                        base::Deadline deadline) {
  return With<Parameters>(uuid, deadline, [disk](virDomainPtr domain) -> base::Result<Parameters> {
    auto parameters = ReadBlockIoTune(domain, disk);
    if (!parameters) return parameters.error();
    return parameters->Numbers();
  });
}

base::Result<void> LibvirtHypervisor::SetBlockIoTune(const std::string& uuid, const std::string& disk,
                                                     const Parameters& values, base::Deadline deadline) {
  return With<void>(uuid, deadline, [disk, values](virDomainPtr domain) -> base::Result<void> {
    auto known = ReadBlockIoTune(domain, disk);
    if (!known) return known.error();
    auto wanted = known->With(values);
    if (!wanted) return wanted.error();
    const int count = static_cast<int>(values.size());
    if (virDomainSetBlockIoTune(domain, disk.c_str(), wanted->data(), count, 0) < 0) {
      return LastError("setting disk limits of " + disk);
    }
    return {};
  });
}

base::Result<Parameters> LibvirtHypervisor::Scheduler(const std::string& uuid, base::Deadline deadline) {
  return With<Parameters>(uuid, deadline, [](virDomainPtr domain) -> base::Result<Parameters> {
    auto parameters = ReadScheduler(domain);
    if (!parameters) return parameters.error();
    return parameters->Numbers();
  });
}

base::Result<void> LibvirtHypervisor::SetScheduler(const std::string& uuid, const Parameters& values,
                                                   base::Deadline deadline) {
  return With<void>(uuid, deadline, [values](virDomainPtr domain) -> base::Result<void> {
    auto known = ReadScheduler(domain);
    if (!known) return known.error();
    auto wanted = known->With(values);
    if (!wanted) return wanted.error();
    const int count = static_cast<int>(values.size());
    if (virDomainSetSchedulerParameters(domain, wanted->data(), count) < 0) {
      return SchedulerError("setting scheduler parameters");
    }
    return {};
  });
}

base::Result<Memory> LibvirtHypervisor::MemoryOf(const std::string& uuid, base::Deadline deadline) {
  return With<Memory>(uuid, deadline, [](virDomainPtr domain) -> base::Result<Memory> {
    virDomainInfo info{};
    if (virDomainGetInfo(domain, &info) < 0) return LastError("reading a domain's memory");
    return Memory{info.memory, info.maxMem};
  });
}

base::Result<void> LibvirtHypervisor::SetMemory(const std::string& uuid, std::uint64_t current_kib,
                                                base::Deadline deadline) {
  return With<void>(uuid, deadline, [current_kib](virDomainPtr domain) -> base::Result<void> {
    if (virDomainSetMemoryFlags(domain, current_kib, VIR_DOMAIN_AFFECT_CURRENT) < 0) return LastError("setting memory");
    return {};
  });
}

}  // namespace forewarn::hypervisor

// SPDX-License-Identifier: Apache-2.0
#include "tests/campaigns/vm/levers.h"

#include <functional>

#include "tests/testbed/guest.h"
#include "tests/testbed/libvirt.h"

namespace forewarn::campaign {
namespace {

using base::Result;

constexpr double kQuotaPeriod = 100'000;  // µs, libvirt's default

Result<void> On(const Victim& victim, const std::function<int(virDomainPtr)>& act) {
  const auto connection = testbed::Connect(victim.uri);
  if (!connection) return connection.error();
  const auto domain = testbed::FindDomain(*connection, victim.domain);
  if (!domain) return domain.error();
  if (act(domain->get()) != 0) return testbed::LastError(victim.domain);
  return {};
}

}  // namespace

Result<void> SetIops(const Victim& victim, double iops) {
  return On(victim, [&](virDomainPtr domain) {
    virTypedParameterPtr parameters = nullptr;
    int count = 0, capacity = 0;
    virTypedParamsAddULLong(&parameters, &count, &capacity, VIR_DOMAIN_BLOCK_IOTUNE_TOTAL_IOPS_SEC,
                            static_cast<unsigned long long>(iops));
    const int done =
        virDomainSetBlockIoTune(domain, "vda", parameters, static_cast<unsigned>(count), VIR_DOMAIN_AFFECT_LIVE);
    virTypedParamsFree(parameters, count);
    return done;
  });
}

Result<void> SetQuota(const Victim& victim, double cores) {
  return On(victim, [&](virDomainPtr domain) {
    virTypedParameterPtr parameters = nullptr;
    int count = 0, capacity = 0;
    virTypedParamsAddLLong(&parameters, &count, &capacity, VIR_DOMAIN_SCHEDULER_VCPU_QUOTA,
                           cores > 0 ? static_cast<long long>(cores * kQuotaPeriod) : -1);
    const int done = virDomainSetSchedulerParametersFlags(domain, parameters, count, VIR_DOMAIN_AFFECT_LIVE);
    virTypedParamsFree(parameters, count);
    return done;
  });
}

Result<void> SetLink(const Victim& victim, const char* state) {
  const std::string xml = testbed::InterfaceXml(victim.number, state);
  return On(victim, [&](virDomainPtr domain) {
    return virDomainUpdateDeviceFlags(domain, xml.c_str(), VIR_DOMAIN_AFFECT_LIVE);
  });
}

}  // namespace forewarn::campaign

// SPDX-License-Identifier: Apache-2.0
#include "tests/campaigns/stops/send.h"

#include <atomic>
#include <nlohmann/json.hpp>

namespace forewarn::stops {

base::Result<void> SendAlert(crash::Victim& victim, const std::string& domain, const std::string& fault) {
  static std::atomic<std::uint64_t> fingerprint{1'000'000'000'000'000};
  const nlohmann::json alert{{"status", "firing"},
                             {"labels", {{"domain", domain}, {"fault", fault}, {"purpose", "experiment"}}},
                             {"startsAt", "2026-11-24T02:10:40Z"},
                             {"fingerprint", std::to_string(++fingerprint)}};
  const nlohmann::json body{{"version", "4"}, {"alerts", {alert}}};
  const bool answered = testbed::WaitUntil(std::chrono::seconds(40), [&] {
    const auto response = victim.Call({"POST", "/api/v1/alerts", body.dump(), "application/json", {}});
    return response && response->status == 200;
  });
  if (answered) return {};
  return base::Error{base::ErrorCode::kTimeout, "an alert is not taken"};
}

}  // namespace forewarn::stops

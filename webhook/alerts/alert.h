// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "common/base/clock.h"
#include "common/base/result.h"

// Alertmanager's webhook payload, version 4:
// https://prometheus.io/docs/alerting/latest/configuration/#webhook_config
namespace forewarn::alerts {

enum class Status { kFiring, kResolved };
std::string_view Name(Status status);

inline constexpr std::string_view kMitigate = "mitigate";  // label purpose: what this program acts on
inline constexpr std::string_view kExperiment = "experiment";

// One alert that concerns us. Its labels are untrusted hints, but checked by pattern and length.
struct Alert {
  Status status = Status::kFiring;
  std::string domain, fault, purpose, severity;
  std::string fingerprint;  // 16 hex digits
  base::WallTime starts_at;
};

struct Notification {
  std::vector<Alert> alerts;          // in the order of the body
  std::uint64_t truncated = 0;        // alerts that Alertmanager left out (max_alerts)
  std::size_t ignored = 0;            // without domain, fault or a purpose of ours: for others (Watchdog)
  std::vector<std::string> rejected;  // alerts that cannot be accepted: "alerts[3]: labels.domain: …"
};

// The group's own status is never read: Alertmanager computes it after truncation. Unknown fields are ignored.
// kInvalid: no such payload, or all of its alerts were rejected (one bad alert doesn't take good ones with it).
base::Result<Notification> Parse(std::string_view body);

// RFC 3339 with 0 to 9 fractional digits and any offset.
base::Result<base::WallTime> ParseTime(std::string_view text);

}  // namespace forewarn::alerts

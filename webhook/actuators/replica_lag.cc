// SPDX-License-Identifier: Apache-2.0
#include "webhook/actuators/replica_lag.h"

#include <algorithm>
#include <charconv>
#include <chrono>
#include <limits>
#include <optional>
#include <string>
#include <string_view>
#include <thread>

#include "common/config/yaml.h"
#include "webhook/actuators/change.h"
#include "webhook/actuators/fence.h"

namespace forewarn::actuators {
namespace {

constexpr base::Duration kPrimaryTime = std::chrono::seconds(2);   // one that is cut off answers never
constexpr base::Duration kQuiet = std::chrono::milliseconds(300);  // without a byte of WAL: nothing is under way
constexpr base::Duration kQuietTime = std::chrono::seconds(3);
constexpr auto kPoll = std::chrono::milliseconds(50);

// All that a promotion would replay.
constexpr const char* kReceived =
    "SELECT coalesce(greatest(pg_last_wal_receive_lsn(), pg_last_wal_replay_lsn())::text, '')";
// What the primary said last, where that is not long ago.
constexpr const char* kTold =
    "SELECT pg_wal_lsn_diff(latest_end_lsn, greatest(pg_last_wal_receive_lsn(), pg_last_wal_replay_lsn()))::bigint "
    "FROM pg_stat_wal_receiver WHERE status = 'streaming' AND clock_timestamp() - last_msg_receipt_time < '10s'";
constexpr const char* kAge =
    "SELECT coalesce(extract(epoch FROM clock_timestamp() - pg_last_xact_replay_timestamp())::text, '')";

base::Error TooFar(const std::string& why) { return Refusal("replica_lag", why); }

template <class T>
std::optional<T> Number(const std::string& text) {
  T number{};
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (text.empty() || error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return number;
}

bool IsPosition(const std::string& lsn) {
  return !lsn.empty() && lsn.find_first_not_of("0123456789ABCDEF/") == std::string::npos;
}

// The standby is asked first, so that what comes meanwhile makes the lag look longer, never shorter.
std::optional<std::int64_t> BytesBehind(const ReplicaConfig& replica, Postgres& standby, base::Deadline deadline) {
  auto received = standby.Ask(kReceived, deadline);
  if (!received || !IsPosition(*received)) return std::nullopt;
  const auto soon = base::Deadline::After(std::min(kPrimaryTime, deadline.Left()));
  auto primary = Postgres::Connect(replica.primary, soon);
  auto behind = primary
                    ? primary->Ask("SELECT pg_wal_lsn_diff(pg_current_wal_lsn(), '" + *received + "')::bigint", soon)
                    : standby.Ask(kTold, deadline);
  return behind ? Number<std::int64_t>(*behind) : std::nullopt;
}

std::optional<double> SecondsBehind(Postgres& standby, base::Deadline deadline) {
  auto age = standby.Ask(kAge, deadline);
  return age ? Number<double>(*age) : std::nullopt;
}

}  // namespace

base::Result<MaxLag> ParseMaxLag(const std::string& text) {
  if (auto time = config::ParseDuration(text)) return MaxLag{{}, *time};
  constexpr std::pair<std::string_view, std::uint64_t> kUnits[] = {
      {"B", 1}, {"kB", 1000}, {"MB", 1000000}, {"GB", 1000000000}, {"KiB", 1 << 10}, {"MiB", 1 << 20}, {"GiB", 1 << 30},
  };
  const auto digits = std::min(text.find_first_not_of("0123456789"), text.size());
  const auto number = Number<std::uint64_t>(text.substr(0, digits));
  for (const auto& [unit, factor] : kUnits) {
    if (!number || text.substr(digits) != unit) continue;
    if (*number > static_cast<std::uint64_t>(std::numeric_limits<std::int64_t>::max()) / factor) break;
    return MaxLag{*number * factor, {}};
  }
  return base::Error{base::ErrorCode::kInvalid, "neither bytes (16MiB) nor a duration (5s): " + text};
}

base::Result<void> CheckLag(const ReplicaConfig& replica, Postgres& standby, base::Deadline deadline) {
  const auto bytes = BytesBehind(replica, standby, deadline);
  if (const auto most = replica.max_lag.bytes) {
    if (!bytes) return TooFar("nobody can say how many bytes the standby is behind");
    if (*bytes > static_cast<std::int64_t>(*most)) return TooFar(std::to_string(*bytes) + " bytes behind");
    return {};
  }
  if (bytes && *bytes <= 0) return {};
  const auto seconds = SecondsBehind(standby, deadline);
  if (!seconds) return TooFar("nobody can say how long the standby is behind");
  if (*seconds > base::ToSeconds(replica.max_lag.time.value_or(base::Duration::zero()))) {
    return TooFar(std::to_string(*seconds) + " s behind");
  }
  return {};
}

base::Result<void> AwaitSilence(Postgres& standby, base::Deadline deadline) {
  const auto give_up = base::Deadline::After(std::min(kQuietTime, deadline.Left()));
  std::string last;
  auto quiet = base::Deadline::After(kQuiet);
  while (!quiet.Passed()) {
    if (give_up.Passed()) return Refusal(kNoFenceProof, "the standby still receives from its primary");
    auto now = standby.Ask(kReceived, deadline);
    if (!now) return now.error();
    if (*now != last) quiet = base::Deadline::After(kQuiet);
    last = *now;
    std::this_thread::sleep_for(kPoll);
  }
  return {};
}

}  // namespace forewarn::actuators

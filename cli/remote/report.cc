// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <cstdio>

#include "cli/remote/commands.h"
#include "cli/remote/service.h"
#include "cli/remote/tally.h"
#include "cli/remote/text.h"
#include "common/config/yaml.h"
#include "common/promql/client.h"

namespace forewarn::remote {
namespace {

using base::Error;
using base::ErrorCode;
using base::Result;
using Json = nlohmann::json;

constexpr std::size_t kMostEpisodes = 10'000;  // that the API gives

// What Prometheus has on record of the time after an alert.
class Record {
 public:
  Record(std::unique_ptr<promql::Client> client, double horizon, double now)
      : client_(std::move(client)), horizon_(horizon), now_(now) {}

  Result<Came> CameOf(const Trial& trial) {
    const auto horizon = HorizonOf(trial);
    if (!horizon) return horizon.error();
    if (!(*horizon >= 1)) return Came::kUnknown;
    const double end = trial.alerted + *horizon;
    if (end > now_) return Came::kTooEarly;
    const std::string span = "[" + std::to_string(static_cast<std::int64_t>(*horizon)) + "s]";
    const auto manifested = Most("forewarn_fault_manifested" + Selector(trial) + span, end);
    if (!manifested) return manifested.error();
    if (*manifested > 0) return Came::kManifested;
    // The series is absent while nothing has manifested, and while nobody looks.
    const auto looked = Most("forewarn_instances" + span, end);
    if (!looked) return looked.error();
    return *looked > 0 ? Came::kNot : Came::kUnknown;
  }

 private:
  static std::string Selector(const Trial& trial) {
    return "{domain=\"" + promql::EscapeLabelValue(trial.domain) + "\",fault=\"" +
           promql::EscapeLabelValue(trial.fault) + "\"}";
  }

  // s; 0 where it is not on record.
  Result<double> HorizonOf(const Trial& trial) {
    if (horizon_ > 0) return horizon_;
    return Most("forewarn_fault_horizon_seconds" + Selector(trial) + "[15m]", trial.alerted);
  }

  // Over a range that ends at `time`; 0 where there is nothing.
  Result<double> Most(const std::string& range, double time) {
    const auto answer = client_->Query("max_over_time(" + range + ")", time);
    if (!answer) return answer.error();
    double most = 0;
    for (const double value : answer->values) most = std::max(most, value);
    return most;
  }

  std::unique_ptr<promql::Client> client_;
  const double horizon_;  // s; 0: that of each prediction
  const double now_;      // s since the epoch
};

// s; 0 where none is given.
Result<double> HorizonOf(const Options& options) {
  if (options.horizon.empty()) return 0.0;
  const auto horizon = config::ParseDuration(options.horizon);
  if (!horizon) return Error{ErrorCode::kInvalid, "--horizon: " + horizon.error().message};
  return base::ToSeconds(*horizon);
}

Result<std::unique_ptr<Record>> OpenRecord(const Options& options) {
  const auto horizon = HorizonOf(options);
  if (!horizon) return horizon.error();
  promql::ClientOptions source;
  source.url = options.prometheus_url;
  auto client = promql::Client::Create(source);
  if (!client) return client.error();
  return std::make_unique<Record>(std::move(*client), *horizon, base::ToSeconds(base::SystemClock().Now()));
}

std::size_t Episodes(const std::vector<Json>& mitigations) {
  std::map<Json, bool> seen;
  for (const Json& of : mitigations) seen[At(of, "episode")] = true;
  return seen.size();
}

}  // namespace

Printed Report(const Options& options) {
  auto record = OpenRecord(options);
  if (!record) return record.error();
  auto webhook = Service::Webhook(options);
  if (!webhook) return webhook.error();
  const auto data = webhook->Get("/api/v1/mitigations?limit=" + std::to_string(kMostEpisodes));
  if (!data) return data.error();
  const auto mitigations = Items(*data, "mitigations");
  if (Episodes(mitigations) >= kMostEpisodes) {
    std::fprintf(stderr, "only the newest %zu episodes are counted\n", kMostEpisodes);
  }
  const auto tallies = Count(TrialsOf(mitigations), [&](const Trial& trial) { return (*record)->CameOf(trial); });
  if (!tallies) return Error{tallies.error().code, options.prometheus_url + ": " + tallies.error().message};
  return options.output == "json" ? TallyJson(*tallies).dump(2) + "\n" : TallyText(*tallies);
}

}  // namespace forewarn::remote

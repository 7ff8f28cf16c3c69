// SPDX-License-Identifier: Apache-2.0
#include "cli/remote/commands.h"

#include <cstdio>
#include <random>

#include "cli/remote/service.h"
#include "cli/remote/text.h"

namespace forewarn::remote {
namespace {

using base::Result;
using Json = nlohmann::json;

constexpr const char* kMitigations = "/api/v1/mitigations";
constexpr const char* kKillSwitch = "/api/v1/kill-switch";

// 128 random bits.
std::string NewRequestId() {
  std::random_device random;
  std::string id = "cli-";
  for (int i = 0; i < 4; ++i) {
    char text[9];
    std::snprintf(text, sizeof text, "%08x", random());
    id += text;
  }
  return id;
}

Printed SetKillSwitch(const Options& options, const Json& engaged) {
  auto webhook = Service::Webhook(options);
  if (!webhook) return webhook.error();
  return Print(options, webhook->Send("PUT", kKillSwitch, {{"engaged", engaged}}), KillSwitchText);
}

}  // namespace

Printed Print(const Options& options, const Result<Json>& data, Text text) {
  if (!data) return data.error();
  if (options.output != "json") return text(*data);
  return data->dump(2, ' ', false, Json::error_handler_t::replace) + "\n";
}

Printed PrintAnswer(const Options& options, const std::string& path, Text text) {
  auto webhook = Service::Webhook(options);
  return webhook ? Print(options, webhook->Get(path), text) : webhook.error();
}

std::string FilterQuery(const Options& options) {
  std::string query;
  if (!options.domain.empty()) query += "&domain=" + http::PercentEncode(options.domain);
  if (!options.fault.empty()) query += "&fault=" + http::PercentEncode(options.fault);
  return query.substr(query.empty() ? 0 : 1);
}

std::string RequestIdOf(const Options& options) {
  if (!options.request_id.empty()) return options.request_id;
  std::string id = NewRequestId();
  std::fprintf(stderr, "--request-id %s\n", id.c_str());
  return id;
}

Printed ListMitigations(const Options& options) {
  const std::string filter = FilterQuery(options);
  const std::string query = "?limit=" + std::to_string(options.limit) + (filter.empty() ? "" : "&") + filter;
  return PrintAnswer(options, kMitigations + query, MitigationsText);
}

Printed ShowMitigation(const Options& options) {
  return PrintAnswer(options, kMitigations + ("/" + options.id), EpisodeText);
}

Printed LeaveWish(const Options& options, const std::string& wish) {
  auto webhook = Service::Webhook(options);
  if (!webhook) return webhook.error();
  const std::string path = kMitigations + ("/" + options.id + "/" + wish);
  return Print(options, webhook->Send("POST", path, nullptr), MitigationsText);
}

Printed AskForMitigation(const Options& options) {
  auto webhook = Service::Webhook(options);
  if (!webhook) return webhook.error();
  const Json wanted{{"domain", options.domain}, {"fault", options.fault}, {"request_id", RequestIdOf(options)}};
  return Print(options, webhook->Send("POST", kMitigations, wanted), MitigationsText);
}

Printed ShowPlan(const Options& options) {
  return PrintAnswer(options, "/api/v1/plans?" + FilterQuery(options), PlanText);
}

Printed ShowKillSwitch(const Options& options) { return PrintAnswer(options, kKillSwitch, KillSwitchText); }

Printed EngageKillSwitch(const Options& options) { return SetKillSwitch(options, true); }

Printed DisengageKillSwitch(const Options& options) { return SetKillSwitch(options, false); }

Printed ShowPredictions(const Options& options) {
  auto exporter = Service::Exporter(options);
  if (!exporter) return exporter.error();
  const std::string filter = FilterQuery(options);
  return Print(options, exporter->Get("/api/v1/predictions" + (filter.empty() ? "" : "?" + filter)), PredictionsText);
}

}  // namespace forewarn::remote

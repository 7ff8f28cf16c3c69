// SPDX-License-Identifier: Apache-2.0
#include "cli/experiments/commands.h"

#include <cstdio>

#include "cli/experiments/ask.h"
#include "cli/experiments/text.h"
#include "cli/remote/text.h"

namespace forewarn::trials {
namespace {

using base::Error;
using base::ErrorCode;
using Json = nlohmann::json;
using remote::Service;

Json WantedOf(const Options& options) {
  const std::string id = options.dry_run && options.request_id.empty() ? "dry-run" : remote::RequestIdOf(options);
  Json wanted{{"domain", options.domain}, {"fault", options.fault}, {"request_id", id}};
  if (!options.experiment.empty()) wanted["experiment"] = options.experiment;
  return wanted;
}

Printed Wait(Service& webhook, const Options& options) {
  const auto timeout = DurationOf("--timeout", options.timeout);
  if (!timeout) return timeout.error();
  const auto begun = Begin(webhook, WantedOf(options));
  if (!begun) return begun.error();
  const auto ended = Await(webhook, *begun, {Until::kVerdict, *timeout});
  if (!ended) return ended.error();
  const std::string verdict = VerdictOf(*ended);
  auto text = remote::Print(options, Json{{"experiments", {*ended}}}, OneText);
  if (verdict == "passed") return text;
  std::printf("%s", text->c_str());
  return Error{ErrorCode::kConflict, verdict + ": " + remote::Cell(remote::At(*ended, "reason"))};
}

}  // namespace

Printed Run(const Options& options) {
  auto webhook = Service::Webhook(options);
  if (!webhook) return webhook.error();
  if (options.wait) return Wait(*webhook, options);
  const std::string path = kExperiments + std::string(options.dry_run ? "?dry_run=1" : "");
  return remote::Print(options, webhook->Send("POST", path, WantedOf(options)), options.dry_run ? PlanText : ListText);
}

Printed List(const Options& options) {
  const std::string filter = remote::FilterQuery(options);
  const std::string query = "?limit=" + std::to_string(options.limit) + (filter.empty() ? "" : "&") + filter;
  return remote::PrintAnswer(options, kExperiments + query, ListText);
}

Printed Show(const Options& options) {
  return remote::PrintAnswer(options, kExperiments + ("/" + options.id), OneText);
}

Printed Abort(const Options& options) {
  auto webhook = Service::Webhook(options);
  if (!webhook) return webhook.error();
  const std::string path = kExperiments + ("/" + options.id + "/abort");
  return remote::Print(options, webhook->Send("POST", path, nullptr), ListText);
}

}  // namespace forewarn::trials

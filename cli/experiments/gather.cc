// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <cmath>
#include <cstdio>
#include <fstream>

#include "cli/experiments/ask.h"
#include "cli/experiments/report.h"
#include "cli/remote/text.h"

namespace forewarn::trials {
namespace {

using base::Error;
using base::ErrorCode;
using base::Result;
using Json = nlohmann::json;
using remote::At;
using remote::Cell;

constexpr double kAround = 60;              // s before and after
constexpr double kPoints = 300;             // of a picture
constexpr std::size_t kMostPictures = 200;  // of the newest

double NumberOr(const Json& value, double otherwise) { return value.is_number() ? value.get<double>() : otherwise; }

// From the first that is on record of it to the last.
void Frame(const Json& experiment, double now, Picture& picture) {
  double first = NumberOr(At(At(experiment, "times"), "alerted"), now), last = first;
  const auto events = remote::Items(experiment, "events");
  if (!events.empty()) first = NumberOr(At(events.front(), "time"), first);
  for (const Json& event : events) last = std::max(last, NumberOr(At(event, "time"), last));
  picture.start = first - kAround;
  picture.end = std::max(picture.start + 1, std::min(now, last + kAround));
  picture.step = std::max(1.0, std::ceil((picture.end - picture.start) / kPoints));
}

void MarkChanges(const Json& experiment, Picture& picture) {
  for (const Json& change : remote::Items(experiment, "changes")) {
    const Json& times = At(change, "times");
    if (!At(times, "applied").is_number()) continue;
    const bool injection = At(change, "injection") == Json(true);
    picture.spans.push_back({At(times, "applied").get<double>(), NumberOr(At(times, "reverted"), picture.end),
                             injection,
                             std::string(injection ? "injection: " : "mitigation: ") + Cell(At(change, "actuator")) +
                                 " " + Cell(At(change, "to"))});
  }
}

Told Tell(promql::Client& client, const Json& experiment, double now) {
  Told told{experiment, {}, ""};
  Frame(experiment, now, told.picture);
  MarkChanges(experiment, told.picture);
  const Json& signal = At(experiment, "signal");
  if (!signal.is_string()) {
    told.no_picture = "nothing is on record of what shows the fault";
  } else if (told.picture.spans.empty()) {
    told.no_picture = "nothing was injected";
  } else {
    auto series = client.QueryRange(signal.get<std::string>(), told.picture.start, told.picture.end, told.picture.step);
    if (series) told.picture.series = std::move(*series);
    if (!series || told.picture.series.empty()) {
      told.no_picture = series ? "Prometheus has nothing on record of it" : series.error().message;
    }
  }
  return told;
}

}  // namespace

Result<Account> Gather(const std::string& prometheus_url, const std::vector<Json>& experiments) {
  promql::ClientOptions source;
  source.url = prometheus_url;
  const auto client = promql::Client::Create(source);
  if (!client) return client.error();
  Account account;
  account.made = base::ToSeconds(base::SystemClock().Now());
  for (const Json& experiment : experiments) {
    std::fprintf(stderr, "\r%zu of %zu", account.told.size() + 1, experiments.size());
    if (account.told.size() < kMostPictures) {
      account.told.push_back(Tell(**client, experiment, account.made));
    } else {
      account.told.push_back({experiment, {}, "only the newest have one"});
    }
  }
  if (!experiments.empty()) std::fprintf(stderr, "\n");
  return account;
}

Result<void> WriteFile(const std::string& path, const std::string& text) {
  std::ofstream file(path, std::ios::binary | std::ios::trunc);
  file << text;
  file.close();
  if (file) return {};
  return Error{ErrorCode::kUnavailable, path + ": cannot be written"};
}

}  // namespace forewarn::trials

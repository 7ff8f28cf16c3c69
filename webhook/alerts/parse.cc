// SPDX-License-Identifier: Apache-2.0
#include <simdjson.h>

#include <algorithm>

#include "webhook/alerts/alert.h"
#include "webhook/alerts/names.h"

namespace forewarn::alerts {
namespace {

namespace dom = simdjson::dom;

constexpr std::size_t kMaxDepth = 32;  // Alertmanager nests four deep

base::Error Invalid(std::string message) { return {base::ErrorCode::kInvalid, std::move(message)}; }

bool Letter(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9'); }

// What a label value of ours may be: it becomes a part of queries, series and log lines.
bool Acceptable(std::string_view value, std::size_t max_length, std::string_view further) {
  return !value.empty() && value.size() <= max_length && Letter(value[0]) &&
         std::all_of(value.begin(), value.end(),
                     [&](char c) { return Letter(c) || further.find(c) != std::string_view::npos; });
}

bool IsFingerprint(std::string_view value) {
  return value.size() == 16 && value.find_first_not_of("0123456789abcdef") == std::string_view::npos;
}

// The text under a key, or empty where it is absent or something else.
std::string_view Text(dom::object object, const char* key) {
  std::string_view text;
  return object[key].get(text) == simdjson::SUCCESS ? text : std::string_view();
}

base::Result<Status> ParseStatus(std::string_view text) {
  if (text == "firing") return Status::kFiring;
  if (text == "resolved") return Status::kResolved;
  return Invalid("status: must be firing or resolved");
}

bool IsOurs(dom::object labels) {
  const std::string_view purpose = Text(labels, "purpose");
  return (purpose == kMitigate || purpose == kExperiment) && !labels["domain"].error() && !labels["fault"].error();
}

base::Result<Alert> ParseAlert(dom::object object, dom::object labels) {
  Alert alert;
  auto status = ParseStatus(Text(object, "status"));
  if (!status) return status.error();
  alert.status = *status;
  alert.domain = Text(labels, "domain");
  alert.fault = Text(labels, "fault");
  alert.purpose = Text(labels, "purpose");
  alert.severity = Text(labels, "severity");
  alert.fingerprint = Text(object, "fingerprint");
  if (!IsDomainName(alert.domain)) return Invalid("labels.domain: not the name of a domain");
  if (!IsFaultName(alert.fault)) return Invalid("labels.fault: not the name of a fault");
  if (!alert.severity.empty() && !Acceptable(alert.severity, 32, "_-")) return Invalid("labels.severity: not a level");
  if (!IsFingerprint(alert.fingerprint)) return Invalid("fingerprint: must be 16 hexadecimal digits");
  auto starts_at = ParseTime(Text(object, "startsAt"));
  if (!starts_at) return Invalid("startsAt: " + starts_at.error().message);
  alert.starts_at = *starts_at;
  return alert;
}

void Collect(dom::array alerts, Notification& notification) {
  std::size_t i = 0;
  for (const dom::element element : alerts) {
    const std::string place = "alerts[" + std::to_string(i++) + "]: ";
    dom::object object, labels;
    if (element.get(object)) {
      notification.rejected.push_back(place + "must be an object");
    } else if (object["labels"].get(labels) || !IsOurs(labels)) {
      ++notification.ignored;
    } else if (auto alert = ParseAlert(object, labels)) {
      notification.alerts.push_back(std::move(*alert));
    } else {
      notification.rejected.push_back(place + alert.error().message);
    }
  }
}

}  // namespace

bool IsDomainName(std::string_view text) { return Acceptable(text, 128, "._+-"); }

bool IsFaultName(std::string_view text) { return Acceptable(text, 64, "_"); }

std::string_view Name(Status status) { return status == Status::kFiring ? "firing" : "resolved"; }

base::Result<Notification> Parse(std::string_view body) {
  dom::parser parser;
  if (parser.allocate(body.size() + 1, kMaxDepth)) return Invalid("the body is too large");
  dom::element document;
  const auto error = parser.parse(body.data(), body.size()).get(document);
  if (error == simdjson::DEPTH_ERROR) return Invalid("the body is nested too deeply");
  if (error) return Invalid("the body is no JSON");
  dom::object object;
  if (document.get(object)) return Invalid("the body must be a JSON object");
  dom::array alerts;
  if (object["alerts"].get(alerts)) return Invalid("alerts: must be a list");

  Notification notification;
  if (auto truncated = object["truncatedAlerts"]; !truncated.error()) {
    if (truncated.get(notification.truncated)) return Invalid("truncatedAlerts: must be a whole number");
  }
  Collect(alerts, notification);
  if (!notification.rejected.empty() && notification.rejected.size() == alerts.size()) {
    return Invalid(notification.rejected.front());
  }
  return notification;
}

}  // namespace forewarn::alerts

// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <nlohmann/json.hpp>

#include "webhook/alerts/alert.h"
#include "webhook/alerts/names.h"

namespace forewarn::alerts {
namespace {

using Json = nlohmann::json;

constexpr int kMaxDepth = 32;  // Alertmanager nests four deep

base::Error Invalid(std::string message) { return {base::ErrorCode::kInvalid, std::move(message)}; }

// Before the parser builds anything: brackets outside of strings.
bool TooDeep(std::string_view body) {
  int depth = 0;
  bool in_string = false;
  for (std::size_t i = 0; i < body.size(); ++i) {
    const char c = body[i];
    if (in_string) {
      if (c == '\\') ++i;
      if (c == '"') in_string = false;
    } else if (c == '"') {
      in_string = true;
    } else if (c == '{' || c == '[') {
      if (++depth > kMaxDepth) return true;
    } else if (c == '}' || c == ']') {
      --depth;
    }
  }
  return false;
}

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
std::string Text(const Json& object, const char* key) {
  auto found = object.find(key);
  return found != object.end() && found->is_string() ? found->get<std::string>() : std::string();
}

base::Result<Status> ParseStatus(const std::string& text) {
  if (text == "firing") return Status::kFiring;
  if (text == "resolved") return Status::kResolved;
  return Invalid("status: must be firing or resolved");
}

bool IsOurs(const Json& alert) {
  auto labels = alert.find("labels");
  if (labels == alert.end() || !labels->is_object()) return false;
  const std::string purpose = Text(*labels, "purpose");
  return (purpose == kMitigate || purpose == kExperiment) && labels->contains("domain") && labels->contains("fault");
}

base::Result<Alert> ParseAlert(const Json& json) {
  const Json& labels = json.at("labels");
  Alert alert;
  auto status = ParseStatus(Text(json, "status"));
  if (!status) return status.error();
  alert.status = *status;
  alert.domain = Text(labels, "domain");
  alert.fault = Text(labels, "fault");
  alert.purpose = Text(labels, "purpose");
  alert.severity = Text(labels, "severity");
  alert.fingerprint = Text(json, "fingerprint");
  if (!IsDomainName(alert.domain)) return Invalid("labels.domain: not the name of a domain");
  if (!IsFaultName(alert.fault)) return Invalid("labels.fault: not the name of a fault");
  if (!alert.severity.empty() && !Acceptable(alert.severity, 32, "_-")) return Invalid("labels.severity: not a level");
  if (!IsFingerprint(alert.fingerprint)) return Invalid("fingerprint: must be 16 hexadecimal digits");
  auto starts_at = ParseTime(Text(json, "startsAt"));
  if (!starts_at) return Invalid("startsAt: " + starts_at.error().message);
  alert.starts_at = *starts_at;
  return alert;
}

void Collect(const Json& alerts, Notification& notification) {
  for (std::size_t i = 0; i < alerts.size(); ++i) {
    const std::string place = "alerts[" + std::to_string(i) + "]: ";
    if (!alerts[i].is_object()) {
      notification.rejected.push_back(place + "must be an object");
    } else if (!IsOurs(alerts[i])) {
      ++notification.ignored;
    } else if (auto alert = ParseAlert(alerts[i])) {
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
  if (TooDeep(body)) return Invalid("the body is nested too deeply");
  const Json json = Json::parse(body, nullptr, /*allow_exceptions=*/false);
  if (json.is_discarded()) return Invalid("the body is no JSON");
  if (!json.is_object()) return Invalid("the body must be a JSON object");
  auto alerts = json.find("alerts");
  if (alerts == json.end() || !alerts->is_array()) return Invalid("alerts: must be a list");

  Notification notification;
  if (auto truncated = json.find("truncatedAlerts"); truncated != json.end()) {
    if (!truncated->is_number_unsigned()) return Invalid("truncatedAlerts: must be a whole number");
    notification.truncated = truncated->get<std::uint64_t>();
  }
  Collect(*alerts, notification);
  if (!notification.rejected.empty() && notification.rejected.size() == alerts->size()) {
    return Invalid(notification.rejected.front());
  }
  return notification;
}

}  // namespace forewarn::alerts

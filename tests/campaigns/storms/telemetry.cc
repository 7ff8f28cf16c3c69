// SPDX-License-Identifier: Apache-2.0
#include "tests/campaigns/storms/telemetry.h"

#include "tests/fakes/fake_promql.h"
#include "webhook/engine/fleet_view.h"

namespace forewarn::storms {
namespace {

using Rows = std::vector<std::pair<std::string, double>>;

std::string Quoted(std::string_view expr) {
  const auto begin = expr.find("domain=") + 7;
  const auto open = expr.find('"', begin), close = expr.find('"', open + 1);
  return std::string(expr.substr(open + 1, close - open - 1));
}

void AddPrediction(Rows& rows, const std::string& domain, double now) {
  const std::string labels = R"("domain":")" + domain + R"(","fault":"MemoryLeak"})";
  rows.emplace_back(R"({"__name__":"forewarn_fault_confidence_ratio",)" + labels, 0.9);
  rows.emplace_back(R"({"__name__":"forewarn_fault_severity_ratio",)" + labels, 0.5);
  rows.emplace_back(R"({"forewarn_stat":"sampled",)" + labels, now);
}

}  // namespace

Telemetry::Telemetry(const Weather& weather, const base::Clock& clock, std::uint64_t seed)
    : weather_(weather), clock_(clock), dice_(seed ^ 0x7e1e) {}

void Telemetry::Strike(const std::vector<int>& domains) {
  std::lock_guard lock(mutex_);
  for (const int domain : domains) predicted_.insert(NameOf(domain));
}

void Telemetry::Changed(const std::string& domain) {
  std::lock_guard lock(mutex_);
  if (std::uniform_real_distribution<double>()(dice_) < weather_.effective) relieved_.insert(domain);
}

void Telemetry::Restored(const std::string& domain) {
  std::lock_guard lock(mutex_);
  relieved_.erase(domain);
}

std::set<std::string> Telemetry::Predicted() const {
  std::lock_guard lock(mutex_);
  return predicted_;
}

base::Result<promql::Vector> Telemetry::Query(std::string_view expr, double) {
  std::lock_guard lock(mutex_);
  if (std::uniform_real_distribution<double>()(dice_) < weather_.unreachable) {
    return base::Error{base::ErrorCode::kUnavailable, "no answer"};
  }
  if (expr == engine::FleetQuery()) return Fleet();
  return expr.starts_with("symptom") ? Symptom(expr) : Predictions(expr);
}

promql::Vector Telemetry::Fleet() const {
  Rows rows;
  for (int domain = 0; domain < weather_.domains; ++domain) {
    rows.emplace_back(R"({"domain":")" + NameOf(domain) + R"("})", 1);
  }
  for (const std::string& domain : predicted_) {
    rows.emplace_back(R"({"domain":")" + domain + R"(","forewarn_stat":"predicted"})", 0.9);
  }
  return fakes::MakeVector(rows);
}

promql::Vector Telemetry::Predictions(std::string_view expr) const {
  Rows rows;
  std::string names = Quoted(expr);
  for (std::size_t at = 0; at <= names.size();) {
    const std::size_t end = std::min(names.find('|', at), names.size());
    const std::string domain = names.substr(at, end - at);
    if (predicted_.contains(domain)) AddPrediction(rows, domain, base::ToSeconds(clock_.Now()));
    at = end + 1;
  }
  rows.emplace_back(R"({"__name__":"forewarn_threshold_ratio","fault":"MemoryLeak","stage":"mitigate"})", 0.7);
  return fakes::MakeVector(rows);
}

promql::Vector Telemetry::Symptom(std::string_view expr) const {
  const std::string domain = Quoted(expr);
  return fakes::MakeVector({{R"({"domain":")" + domain + R"("})", relieved_.contains(domain) ? 0.1 : 1.0}});
}

}  // namespace forewarn::storms

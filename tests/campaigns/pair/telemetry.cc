// SPDX-License-Identifier: Apache-2.0
#include "tests/campaigns/pair/telemetry.h"

#include <nlohmann/json.hpp>
#include <sstream>
#include <vector>

#include "common/base/clock.h"

namespace forewarn::replicas {
namespace {

using Json = nlohmann::json;

// The value of `query` in a form.
std::string QueryOf(const std::string& form) {
  std::string expr;
  const auto begin = form.find("query=");
  for (std::size_t i = begin + 6; begin != std::string::npos && i < form.size() && form[i] != '&'; ++i) {
    if (form[i] == '%' && i + 2 < form.size()) {
      expr += static_cast<char>(std::stoi(form.substr(i + 1, 2), nullptr, 16));
      i += 2;
    } else {
      expr += form[i] == '+' ? ' ' : form[i];
    }
  }
  return expr;
}

// The names in a matcher of `domain`.
std::vector<std::string> DomainsIn(const std::string& expr, const std::string& matcher) {
  std::vector<std::string> domains;
  const auto begin = expr.find(matcher);
  if (begin == std::string::npos) return domains;
  const auto from = begin + matcher.size();
  std::istringstream names(expr.substr(from, expr.find('"', from) - from));
  for (std::string name; std::getline(names, name, '|');) domains.push_back(name);
  return domains;
}

Json Row(Json labels, double value) {
  const double now = base::ToSeconds(base::SystemClock().Now());
  return {{"metric", std::move(labels)}, {"value", {now, std::to_string(value)}}};
}

}  // namespace

Telemetry::Telemetry(const Plant& plant) : plant_(plant) {
  http::Route route;
  route.method = "POST";
  route.path = "/api/v1/query";
  route.handler = [this](const http::Request& request) { return http::Json(200, Answer(QueryOf(request.body))); };
  server_ = http::Server::Start({.listen = {"127.0.0.1:0"}}, {std::move(route)}).value();
}

std::string Telemetry::Answer(const std::string& expr) const {
  Json rows = Json::array();
  if (expr.starts_with("symptom")) {
    for (const std::string& domain : DomainsIn(expr, "domain=\"")) {
      rows.push_back(Row({{"domain", domain}}, plant_.MemoryOf(domain) > kInitialKib ? 0.1 : 1));
    }
  } else if (expr.starts_with("group by")) {
    for (const std::string& domain : plant_.domains()) rows.push_back(Row({{"domain", domain}}, 1));
  } else {
    const double now = base::ToSeconds(base::SystemClock().Now());
    for (const std::string& domain : DomainsIn(expr, "domain=~\"")) {
      Json labels{{"domain", domain}, {"fault", "MemoryLeak"}};
      labels["forewarn_stat"] = "sampled";
      rows.push_back(Row(labels, now));
      labels.erase("forewarn_stat");
      labels["__name__"] = "forewarn_fault_confidence_ratio";
      rows.push_back(Row(labels, 0.9));
    }
    rows.push_back(
        Row({{"__name__", "forewarn_threshold_ratio"}, {"fault", "MemoryLeak"}, {"stage", "mitigate"}}, 0.7));
  }
  const Json data{{"resultType", "vector"}, {"result", std::move(rows)}};
  return Json{{"status", "success"}, {"data", data}}.dump();
}

}  // namespace forewarn::replicas

// SPDX-License-Identifier: Apache-2.0
#include "tests/dashboards/lint.h"

#include <algorithm>
#include <regex>
#include <set>

namespace forewarn::dashboards {
namespace {

using nlohmann::json;

const std::set<std::string> kUnits = {"short", "percent", "percentunit", "s",    "ms",   "bytes",
                                      "Bps",   "ops",     "reqps",       "none", "bool", "dateTimeAsIso"};
const std::set<std::string> kWithDescription = {"stat", "gauge", "table", "timeseries"};

std::string Text(const json& object, const char* key) {
  return object.contains(key) && object[key].is_string() ? object[key].get<std::string>() : "";
}

class Linter {
 public:
  explicit Linter(const json& dashboard) : dashboard_(dashboard) {}

  std::vector<std::string> Run() {
    LintWhole();
    LintDatasourceVariable();
    for (const char* name : {"job", "instance"}) LintTargetVariable(name);
    for (const json& variable : dashboard_["templating"]["list"]) LintQueryVariable(variable);
    for (const json& panel : dashboard_["panels"]) {
      if (Text(panel, "type") != "row") LintPanel(panel);
    }
    return std::move(violations_);
  }

 private:
  void Say(const std::string& where, const std::string& what) { violations_.push_back(where + ": " + what); }
  void Require(bool holds, const std::string& where, const std::string& what) {
    if (!holds) Say(where, what);
  }

  void LintWhole() {
    const std::string uid = Text(dashboard_, "uid");
    Require(uid.size() >= 8 && uid.size() <= 40, "uid", "must be stable, 8 to 40 characters");
    Require(dashboard_.contains("id") && dashboard_["id"].is_null(), "id", "must be null: Grafana gives it");
    Require(dashboard_.contains("editable") && dashboard_["editable"] == false, "editable", "must be false");
    Require(!dashboard_["annotations"]["list"].empty(), "annotations", "actions must be shown");
    std::set<int> ids;
    for (const json& panel : dashboard_["panels"]) {
      Require(ids.insert(panel.value("id", 0)).second, Text(panel, "title"), "its id is not unique");
    }
  }

  const json* Variable(const std::string& name) const {
    for (const json& variable : dashboard_["templating"]["list"]) {
      if (Text(variable, "name") == name) return &variable;
    }
    return nullptr;
  }

  void LintDatasourceVariable() {
    const json* variable = Variable("datasource");
    if (variable == nullptr) return Say("datasource", "no such variable");
    Require(Text(*variable, "type") == "datasource" && Text(*variable, "query") == "prometheus", "datasource",
            "must be a data source of Prometheus");
    Require(Text(*variable, "label") == "Data source", "datasource", "its label must be Data source");
  }

  void LintTargetVariable(const std::string& name) {
    const json* variable = Variable(name);
    if (variable == nullptr) return Say(name, "no such variable");
    std::string label = name;
    label[0] = static_cast<char>(std::toupper(label[0]));
    Require(Text(*variable, "label") == label, name, "its label must be " + label);
    Require(variable->value("multi", false), name, "must allow several values");
    Require(Text(*variable, "allValue") == ".+", name, "its allValue must be .+");
  }

  void LintQueryVariable(const json& variable) {
    if (Text(variable, "type") != "query") return;
    const std::string name = Text(variable, "name");
    Require(variable.value("refresh", 0) == 2, name, "must be read again when the time range changes");
    Require(UsesDatasource(variable), name, "must take the data source from the variable");
    static const std::regex kLabelValues(R"(label_values\(.+, *\w+\))");
    Require(std::regex_match(Text(variable, "query"), kLabelValues), name, "must be label_values(selector, label)");
  }

  static bool UsesDatasource(const json& object) {
    return object.contains("datasource") && Text(object["datasource"], "uid") == "${datasource}";
  }

  void LintPanel(const json& panel) {
    const std::string where = Text(panel, "title").empty() ? "a panel" : Text(panel, "title");
    if (kWithDescription.contains(Text(panel, "type"))) {
      Require(!Text(panel, "title").empty() && !Text(panel, "description").empty(), where,
              "needs title and description");
    }
    Require(UsesDatasource(panel), where, "must take the data source from the variable");
    Require(kUnits.contains(Text(panel["fieldConfig"]["defaults"], "unit")), where, "needs a unit of Grafana's");
    Require(panel.contains("targets") && !panel["targets"].empty(), where, "asks nothing");
    for (const json& target : panel.value("targets", json::array())) LintExpression(where, Text(target, "expr"));
  }

  void LintExpression(const std::string& where, const std::string& expr) {
    static const std::regex kSelector(R"(\{([^}]*)\})");
    Require(expr.find('{') != std::string::npos, where, "has a selector without job and instance");
    for (std::sregex_iterator at(expr.begin(), expr.end(), kSelector), end; at != end; ++at) {
      const std::string selector = (*at)[1];
      for (const char* matcher : {"job=~\"$job\"", "instance=~\"$instance\""}) {
        Require(selector.find(matcher) != std::string::npos, where, "a selector lacks " + std::string(matcher));
      }
    }
    static const std::regex kRange(R"((rate|irate)\([^()]*\[(?!\$__rate_interval\])[^\]]*\]\))");
    Require(!std::regex_search(expr, kRange), where, "rates are over $__rate_interval");
    static const std::regex kCounter(R"((\w*)\(?\b\w+_total\{[^}]*\}(\[)?)");
    for (std::sregex_iterator at(expr.begin(), expr.end(), kCounter), end; at != end; ++at) {
      Require((*at)[2].matched, where, "a counter without rate or increase");
    }
  }

  const json& dashboard_;
  std::vector<std::string> violations_;
};

std::string Substitute(std::string expr) {
  const std::pair<const char*, const char*> values[] = {
      {"$__rate_interval", "5m"}, {"$__range", "1h"}, {"$job", ".+"},   {"$instance", ".+"},
      {"$domain", ".+"},          {"$fault", ".+"},   {"$detail", "x"},
  };
  for (const auto& [name, value] : values) {
    for (std::size_t at = 0; (at = expr.find(name, at)) != std::string::npos;) {
      expr.replace(at, std::string(name).size(), value);
    }
  }
  return expr;
}

}  // namespace

std::vector<std::string> Lint(const json& dashboard) { return Linter(dashboard).Run(); }

std::vector<std::string> Expressions(const json& dashboard) {
  std::vector<std::string> expressions;
  for (const json& annotation : dashboard["annotations"]["list"])
    expressions.push_back(Substitute(Text(annotation, "expr")));
  for (const json& panel : dashboard["panels"]) {
    for (const json& target : panel.value("targets", json::array()))
      expressions.push_back(Substitute(Text(target, "expr")));
  }
  return expressions;
}

}  // namespace forewarn::dashboards

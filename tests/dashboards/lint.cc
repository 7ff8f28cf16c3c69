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
const std::set<std::string> kKeywords = {"and", "or", "unless", "bool", "offset"};
const std::set<std::string> kOverCounters = {"rate", "irate", "increase"};
// Variables that Grafana gives, beside the dashboard's own.
const std::set<std::string> kGiven = {"__rate_interval", "__range", "__range_s", "__value", "__url_time_range"};

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
    for (const json& annotation : dashboard_["annotations"]["list"]) {
      Require(UsesDatasource(annotation), Text(annotation, "name"), "must take the data source from the variable");
    }
    LintPlaces();
    LintVariablesIn(dashboard_["panels"]);
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
    const json links = dashboard_.value("links", json::array());
    const bool linked = std::any_of(links.begin(), links.end(), [](const json& link) {
      return Text(link, "type") == "dashboards" && link.value("includeVars", false) && link.value("keepTime", false);
    });
    Require(linked, "links", "must lead to the other dashboards, with variables and time");
  }

  // Who has the same id, or the same place on the page of 24 columns.
  void LintPlaces() {
    std::set<int> ids;
    std::set<std::pair<int, int>> taken;
    for (const json& panel : dashboard_["panels"]) {
      const std::string where = Text(panel, "title");
      Require(ids.insert(panel.value("id", 0)).second, where, "its id is not unique");
      const json place = panel.value("gridPos", json::object());
      const int left = place.value("x", 0), top = place.value("y", 0);
      const int right = left + place.value("w", 0), bottom = top + place.value("h", 0);
      Require(left < right && right <= 24 && top < bottom, where, "has no place on the page");
      bool alone = true;
      for (int x = left; x < right; ++x) {
        for (int y = top; y < bottom; ++y) alone &= taken.insert({x, y}).second;
      }
      Require(alone, where, "covers another panel");
    }
  }

  // In every text of the panels: Grafana would show, and ask for, an unknown one as it stands.
  void LintVariablesIn(const json& part) {
    static const std::regex kVariable(R"(\$\{?(\w+))");
    if (part.is_string()) {
      const std::string text = part.get<std::string>();
      for (std::sregex_iterator at(text.begin(), text.end(), kVariable), end; at != end; ++at) {
        const bool known = kGiven.contains((*at)[1]) || Variable((*at)[1]) != nullptr;
        Require(known, text, "no such variable: " + std::string((*at)[1]));
      }
    } else if (part.is_structured()) {
      for (const json& inner : part) LintVariablesIn(inner);
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
    Require(Text(*variable, "type") == "query", name, "must be asked of the data source");
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
    Require(!Text(panel, "title").empty() && !Text(panel, "description").empty(), where, "needs title and description");
    Require(UsesDatasource(panel), where, "must take the data source from the variable");
    Require(kUnits.contains(Text(panel["fieldConfig"]["defaults"], "unit")), where, "needs a unit of Grafana's");
    Require(panel.contains("targets") && !panel["targets"].empty(), where, "asks nothing");
    std::set<std::string> names;
    for (const json& target : panel.value("targets", json::array())) {
      Require(UsesDatasource(target), where, "asks another data source");
      Require(names.insert(Text(target, "refId")).second, where, "two of its targets have one refId");
      LintExpression(where, Text(target, "expr"));
    }
  }

  // Names that are left when selectors, strings, ranges, labels to group by, and then functions are gone.
  void LintBareNames(const std::string& where, const std::string& expr) {
    static const std::regex kSelected(R"rx([\w:]+\{[^}]*\}|"[^"]*"|\[[^\]]*\])rx");
    static const std::regex kGrouping(R"(\b(by|without|on|ignoring|group_left|group_right) *\([^)]*\))");
    static const std::regex kFunction(R"(\w+ *\()"), kName(R"([a-zA-Z_:$][\w:]*)");
    std::string bare = expr;
    for (const std::regex* gone : {&kSelected, &kGrouping, &kFunction}) bare = std::regex_replace(bare, *gone, " ");
    for (std::sregex_iterator at(bare.begin(), bare.end(), kName), end; at != end; ++at) {
      const std::string name = at->str();
      Require(kKeywords.contains(name) || name == "$__range_s", where, name + " has no selector with job and instance");
    }
  }

  void LintExpression(const std::string& where, const std::string& expr) {
    static const std::regex kSelector(R"(\{([^}]*)\})");
    LintBareNames(where, expr);
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
      Require((*at)[2].matched && kOverCounters.contains((*at)[1]), where, "a counter without rate or increase");
    }
  }

  const json& dashboard_;
  std::vector<std::string> violations_;
};

std::string Substitute(std::string expr) {
  const std::pair<const char*, const char*> values[] = {
      {"$__rate_interval", "5m"}, {"$__range_s", "3600"}, {"$__range", "1h"}, {"$job", ".+"},   {"$instance", ".+"},
      {"$hypervisor", ".+"},      {"$domain", ".+"},      {"$fault", ".+"},   {"$signal", "x"},
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
  static const std::regex kSelector(R"(label_values\((.+), *\w+\))");
  for (const json& variable : dashboard["templating"]["list"]) {
    const std::string query = Text(variable, "query");
    std::smatch match;
    if (std::regex_match(query, match, kSelector)) expressions.push_back(Substitute(match[1]));
  }
  for (const json& annotation : dashboard["annotations"]["list"])
    expressions.push_back(Substitute(Text(annotation, "expr")));
  for (const json& panel : dashboard["panels"]) {
    for (const json& target : panel.value("targets", json::array()))
      expressions.push_back(Substitute(Text(target, "expr")));
  }
  return expressions;
}

}  // namespace forewarn::dashboards

// SPDX-License-Identifier: Apache-2.0
#include "tests/dashboards/lint.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <functional>
#include <regex>
#include <set>

namespace forewarn::dashboards {
namespace {

namespace fs = std::filesystem;
using nlohmann::json;

std::vector<fs::path> Files() {
  std::vector<fs::path> files;
  for (const auto& entry : fs::directory_iterator(fs::path(FOREWARN_SOURCE_DIR) / "dashboards")) {
    if (entry.path().extension() == ".json") files.push_back(entry.path());
  }
  return files;
}

json Read(const fs::path& path) { return json::parse(std::ifstream(path)); }

std::string Joined(const std::vector<std::string>& lines) {
  std::string text;
  for (const std::string& line : lines) text += line + "\n";
  return text;
}

TEST(DashboardsTest, AreClean) {
  ASSERT_FALSE(Files().empty());
  for (const fs::path& file : Files()) EXPECT_EQ(Joined(Lint(Read(file))), "") << file;
}

TEST(DashboardsTest, HaveUidsOfTheirOwnAndLinkOnlyToThose) {
  std::set<std::string> uids;
  for (const fs::path& file : Files()) EXPECT_TRUE(uids.insert(Read(file)["uid"].get<std::string>()).second) << file;
  static const std::regex kLink(R"(/d/([\w-]+))");
  for (const fs::path& file : Files()) {
    const std::string text = Read(file).dump();
    for (std::sregex_iterator at(text.begin(), text.end(), kLink), end; at != end; ++at)
      EXPECT_TRUE(uids.contains((*at)[1])) << file << ": " << at->str();
  }
}

// promtool reads each as the expression of a rule.
TEST(DashboardsTest, AskInPromql) {
  const fs::path rules = fs::path(testing::TempDir()) / ("dashboard-" + std::to_string(getpid()) + ".yaml");
  int count = 0;
  {
    std::ofstream yaml(rules);
    yaml << "groups:\n- name: dashboards\n  rules:\n";
    for (const fs::path& file : Files()) {
      for (const std::string& expr : Expressions(Read(file))) {
        yaml << "  - {record: panel" << ++count << ", expr: " << json(expr).dump() << "}\n";
      }
    }
  }
  EXPECT_EQ(std::system(("promtool check rules " + rules.string() + " >&2").c_str()), 0);
  fs::remove(rules);
  EXPECT_GT(count, 100);
}

// Each rule is shown to bite.
TEST(LintTest, FindsWhatIsPlanted) {
  const json clean = Read(fs::path(FOREWARN_SOURCE_DIR) / "dashboards" / "forewarn-fleet.json");
  ASSERT_EQ(Joined(Lint(clean)), "");
  const std::pair<const char*, std::function<void(json&)>> plants[] = {
      {"uid", [](json& dashboard) { dashboard["uid"] = "short"; }},
      {"id: must be null", [](json& dashboard) { dashboard["id"] = 7; }},
      {"data source of Prometheus", [](json& dashboard) { dashboard["templating"]["list"][0]["query"] = "loki"; }},
      {"must be Data source", [](json& dashboard) { dashboard["templating"]["list"][0]["label"] = "DS"; }},
      {"must be Job", [](json& dashboard) { dashboard["templating"]["list"][1]["label"] = "job"; }},
      {"several values", [](json& dashboard) { dashboard["templating"]["list"][2]["multi"] = false; }},
      {"fault: must take", [](json& dashboard) { dashboard["templating"]["list"][5]["datasource"]["uid"] = "mine"; }},
      {"a panel: needs title", [](json& dashboard) { dashboard["panels"][1]["title"] = ""; }},
      {"lacks instance", [](json& dashboard) { dashboard["panels"][1]["targets"][0]["expr"] = "up{job=~\"$job\"}"; }},
      {"editable", [](json& dashboard) { dashboard["editable"] = true; }},
      {"annotations", [](json& dashboard) { dashboard["annotations"]["list"] = json::array(); }},
      {"no such variable", [](json& dashboard) { dashboard["templating"]["list"].erase(0); }},
      {"be asked", [](json& dashboard) { dashboard["templating"]["list"][1]["type"] = "custom"; }},
      {"label_values", [](json& dashboard) { dashboard["templating"]["list"][1]["query"] = "up"; }},
      {"allValue", [](json& dashboard) { dashboard["templating"]["list"][1]["allValue"] = ".*"; }},
      {"time range", [](json& dashboard) { dashboard["templating"]["list"][2]["refresh"] = 1; }},
      {"not unique", [](json& dashboard) { dashboard["panels"][2]["id"] = dashboard["panels"][1]["id"]; }},
      {"no place", [](json& dashboard) { dashboard["panels"][1]["gridPos"]["x"] = 23; }},
      {"covers another",
       [](json& dashboard) { dashboard["panels"][2]["gridPos"] = dashboard["panels"][1]["gridPos"]; }},
      {"links: must", [](json& dashboard) { dashboard["links"][0]["includeVars"] = false; }},
      {"no such variable: vm", [](json& dashboard) { dashboard["panels"][1]["title"] = "Of $vm"; }},
      {"Alerts: must", [](json& dashboard) { dashboard["annotations"]["list"][3]["datasource"]["uid"] = "mine"; }},
      {"another data source", [](json& dashboard) { dashboard["panels"][1]["targets"][0].erase("datasource"); }},
      {"one refId",
       [](json& dashboard) { dashboard["panels"][1]["targets"].push_back(dashboard["panels"][1]["targets"][0]); }},
      {"description", [](json& dashboard) { dashboard["panels"][1]["description"] = ""; }},
      {"data source", [](json& dashboard) { dashboard["panels"][1]["datasource"]["uid"] = "mine"; }},
      {"unit", [](json& dashboard) { dashboard["panels"][1]["fieldConfig"]["defaults"]["unit"] = "parsec"; }},
      {"asks nothing", [](json& dashboard) { dashboard["panels"][1]["targets"] = json::array(); }},
      {"lacks job",
       [](json& dashboard) { dashboard["panels"][1]["targets"][0]["expr"] = "up{instance=~\"$instance\"}"; }},
      {"up has no selector",
       [](json& dashboard) {
         dashboard["panels"][1]["targets"][0]["expr"] =
             R"(sum by (domain) (up * a{job=~"$job",instance=~"$instance"}))";
       }},
      {"$__rate_interval",
       [](json& dashboard) {
         dashboard["panels"][1]["targets"][0]["expr"] = R"(rate(a_total{job=~"$job",instance=~"$instance"}[5m]))";
       }},
      {"counter",
       [](json& dashboard) {
         dashboard["panels"][1]["targets"][0]["expr"] = R"(sum(a_total{job=~"$job",instance=~"$instance"}))";
       }},
      {"counter",
       [](json& dashboard) {
         dashboard["panels"][1]["targets"][0]["expr"] =
             R"(max_over_time(a_total{job=~"$job",instance=~"$instance"}[5m]))";
       }},
  };
  for (const auto& [what, plant] : plants) {
    json dashboard = clean;
    plant(dashboard);
    const std::string found = Joined(Lint(dashboard));
    EXPECT_NE(found.find(what), std::string::npos) << what << " is not among:\n" << found;
  }
}

}  // namespace
}  // namespace forewarn::dashboards

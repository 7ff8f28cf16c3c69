// SPDX-License-Identifier: Apache-2.0
// Prints docs/reference/configuration.md: keys, types and defaults as the programs' own decoders ask for them, and what
// docs/reference/{exporter,webhook}.yaml say that each is for. Fails on a key that only one of the two knows.
#include <algorithm>
#include <cstdio>
#include <fstream>
#include <string>
#include <vector>

#include "common/config/survey.h"
#include "exporter/settings/settings.h"
#include "webhook/settings.h"

namespace forewarn {
namespace {

using config::Survey;

struct Row {
  std::string path;
  Survey::Key key;
  std::string meaning;
};

std::vector<std::string> LinesOf(const std::string& file) {
  std::vector<std::string> lines;
  std::ifstream in(file);
  for (std::string line; std::getline(in, line);) lines.push_back(line);
  return lines;
}

// What stands behind the key; empty: nothing.
std::string MeaningIn(const std::string& line) {
  const auto at = line.find("  # ");
  return at == std::string::npos ? "" : line.substr(at + 4);
}

bool IsItem(const std::string& path) { return path.ends_with("[]"); }

std::string TypeOf(const Row& row, const std::map<std::string, Survey::Key>& keys) {
  const auto item = keys.find(row.path + "[]");
  if (row.meaning.starts_with("refused")) return "";
  const std::string type = row.key.type.empty() ? "text" : row.key.type;
  const bool has_type = item != keys.end() && !item->second.type.empty();
  return type == "list" && has_type ? "list of " + item->second.type : type;
}

std::string Cell(std::string text) {
  for (std::size_t at = 0; (at = text.find('|', at)) != std::string::npos; at += 2) text.insert(at, "\\");
  return text;
}

std::string DefaultOf(const Survey::Key& key) {
  if (key.required) return "required";
  return key.otherwise.empty() ? "" : "`" + Cell(key.otherwise) + "`";
}

// Names of entries are the user's own.
std::string Shown(std::string path) {
  for (std::size_t at = 0; (at = path.find(".*", at)) != std::string::npos; at += 7) path.replace(at, 2, ".<name>");
  return path;
}

// The rows in the order of the file; false: something is only in one of the two.
bool Collect(const std::string& file, const std::map<std::string, Survey::Key>& keys, std::vector<Row>& rows) {
  const auto lines = LinesOf(file);
  bool good = true;
  for (const auto& [path, key] : keys) {
    if (IsItem(path)) continue;
    const std::string meaning = key.line > 0 ? MeaningIn(lines.at(static_cast<std::size_t>(key.line) - 1)) : "";
    if (meaning.empty()) {
      std::fprintf(stderr, "%s: the program knows %s, which is not there or has no meaning\n", file.c_str(),
                   path.c_str());
      good = false;
    }
    rows.push_back({path, key, meaning});
  }
  std::stable_sort(rows.begin(), rows.end(), [](const Row& a, const Row& b) { return a.key.line < b.key.line; });
  return good;
}

// Mistakes are expected of a file that has every key, but none that there is no such key.
bool KnowsAll(const std::string& mistakes) {
  std::fprintf(stderr, "%s\n", mistakes.c_str());
  return !mistakes.empty() && mistakes.find("unknown key") == std::string::npos;
}

template <class Load>
bool Print(const std::string& title, const std::string& file, Load load) {
  Survey survey;
  const auto loaded = load(file);
  std::vector<Row> rows;
  const bool good = Collect(file, survey.keys(), rows);
  std::printf("\n## %s\n\n| key | type | default | meaning |\n|---|---|---|---|\n", title.c_str());
  for (const Row& row : rows) {
    std::printf("| `%s` | %s | %s | %s |\n", Shown(row.path).c_str(), TypeOf(row, survey.keys()).c_str(),
                DefaultOf(row.key).c_str(), Cell(row.meaning).c_str());
  }
  return !loaded.ok() && KnowsAll(loaded.error().message) && good;
}

int Main(const std::string& folder) {
  std::printf(
      "# Configuration\n\nMade by `tests/docs/references` from the programs themselves; `./test docs` fails where they "
      "differ. Strict YAML: an unknown key is a\nmistake, and every mistake is said with file and line by "
      "`--config.check`. `a.b` is the key `b` under `a`, `a[].b` the key `b` of each\nitem of the list `a`, `<name>` "
      "a name of your own. Durations are Prometheus' (`1h30m`, `15s`, `500ms`). Examples:\n"
      "[exporter.yaml](../examples/exporter.yaml), [webhook.yaml](../examples/webhook.yaml), which "
      "`forewarn-reverter` reads, too.\n");
  const bool exporter = Print("exporter.yaml", folder + "/exporter.yaml", settings::Load);
  const bool webhook = Print("webhook.yaml", folder + "/webhook.yaml", webhook::LoadSettings);
  return exporter && webhook ? 0 : 1;
}

}  // namespace
}  // namespace forewarn

int main(int argc, char** argv) {
  if (argc != 2) return std::fprintf(stderr, "usage: configuration-reference FOLDER\n"), 2;
  return forewarn::Main(argv[1]);
}

// SPDX-License-Identifier: Apache-2.0
#include <CLI/CLI.hpp>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <nlohmann/json.hpp>

#include "tests/bench/bench.h"

namespace forewarn::bench {
namespace {

bool Holds(const Figure& figure, double goal) {
  return figure.more_is_better ? figure.value >= goal : figure.value <= goal;
}

const char* Verdict(const Figure& figure) {
  if (figure.hard == 0) return "";
  if (!Holds(figure, figure.hard)) return "short";
  return figure.stretch != 0 && !Holds(figure, figure.stretch) ? "good" : "aim";
}

std::string Goal(const Figure& figure) {
  if (figure.hard == 0) return "";
  char text[64];
  const char* relation = figure.more_is_better ? ">=" : "<=";
  const int size = figure.stretch == 0
                       ? std::snprintf(text, sizeof text, "%s %g", relation, figure.hard)
                       : std::snprintf(text, sizeof text, "%s %g [%g]", relation, figure.hard, figure.stretch);
  return {text, static_cast<std::size_t>(size)};
}

void Print(const Figure& figure) {
  std::printf("%-26s %12.4g %-9s %-14s %-6s %s\n", figure.name.c_str(), figure.value, figure.unit.c_str(),
              Goal(figure).c_str(), Verdict(figure), figure.detail.c_str());
  std::fflush(stdout);
}

nlohmann::ordered_json ToJson(const Figure& figure) {
  nlohmann::ordered_json json = {
      {"name", figure.name}, {"value", figure.value}, {"unit", figure.unit}, {"detail", figure.detail}};
  if (figure.hard != 0) {
    json["goal"] = figure.hard;
    json["reached"] = Holds(figure, figure.hard);
  }
  if (figure.stretch != 0) json["aim"] = figure.stretch;
  return json;
}

constexpr int kDone = 0, kFailed = 1, kSkipped = 77;  // the last as automake and CTest know it

// The exit code.
int Run(const Scale& scale, const std::string& only, nlohmann::ordered_json& figures) {
  int outcome = kDone;
  for (const auto& benchmark : Benchmarks()) {
    if (!only.empty() && only != benchmark.name) continue;
    try {
      for (const auto& figure : benchmark.run(scale)) {
        Print(figure);
        figures.push_back(ToJson(figure));
      }
    } catch (const Skipped& reason) {
      std::fprintf(stderr, "bench: %s: skipped: %s\n", benchmark.name, reason.what());
      if (outcome == kDone) outcome = kSkipped;
    } catch (const std::exception& error) {
      std::fprintf(stderr, "bench: %s: %s\n", benchmark.name, error.what());
      outcome = kFailed;
    }
  }
  return outcome;
}

}  // namespace
}  // namespace forewarn::bench

int main(int argc, char** argv) {
  using namespace forewarn::bench;
  CLI::App app("Measures what Forewarn costs, beside what it is judged by.", "bench");
  std::string file, only;
  bool quick = false;
  std::vector<std::size_t> series;
  app.add_option("--json", file, "write the figures to this file, too");
  app.add_flag("--quick", quick, "a smoke run of seconds; its figures mean nothing");
  app.add_option("--only", only, "one benchmark: read, tick, render, training, hold or webhook");
  app.add_option("--series", series, "sizes of the tick, ascending")->delimiter(',');
  CLI11_PARSE(app, argc, argv);

  Scale scale = quick ? Quick() : Whole();
  if (!series.empty()) scale.series = series;
  scale.exporter = (std::filesystem::read_symlink("/proc/self/exe").parent_path() / "forewarn-exporter").string();
  nlohmann::ordered_json figures = nlohmann::ordered_json::array();
  const int outcome = Run(scale, only, figures);
  if (!file.empty()) {
    std::ofstream out(file);
    if (!(out << nlohmann::ordered_json{{"quick", quick}, {"figures", figures}}.dump(2) << "\n")) return kFailed;
  }
  return outcome;
}

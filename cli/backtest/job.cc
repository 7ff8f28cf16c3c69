// SPDX-License-Identifier: Apache-2.0
#include "cli/backtest/job.h"

#include <filesystem>

#include "cli/backtest/output.h"
#include "cli/backtest/table.h"
#include "cli/backtest/time_text.h"

namespace forewarn::backtest {
namespace {

using base::Error;
using base::ErrorCode;
using base::Result;

Result<Labels> LabelsOf(const Options& options) {
  if (!options.labels.empty()) return LoadLabels(options.labels);
  const std::string beside = options.csv + "/labels.csv";
  if (options.csv.empty() || !std::filesystem::exists(beside)) return Labels{};
  return LoadLabels(beside);
}

std::string Quoted(const std::string& text) {
  std::string quoted = "'";
  for (const char c : text) quoted.append(c == '\'' ? 2 : 1, c);
  return quoted + "'";
}

// What the daemon would read from this URL: by its config, else by all presets.
Result<settings::Settings> SettingsOf(const Options& options) {
  std::string text = "source: {url: " + Quoted(options.prometheus) + "}\n";
  std::string presets;
  for (const auto& preset : signals::Presets()) presets += (presets.empty() ? "" : ", ") + std::string(preset.name);
  text += "signals: {presets: [" + presets + "]}\n";
  if (!options.step.empty()) text += "tick: " + Quoted(options.step) + "\n";
  auto settings = settings::Parse("--prometheus", text);
  if (!settings || options.config_file.empty()) return settings;
  auto configured = settings::Load(options.config_file);
  if (!configured) return configured;
  configured->source.url = settings->source.url;
  if (!options.step.empty()) configured->tick = settings->tick;
  return configured;
}

Result<predictor::Settings> PredictorSettingsOf(const Options& options) {
  if (options.config_file.empty()) return predictor::Settings{};
  auto settings = settings::Load(options.config_file);
  if (!settings) return settings.error();
  return settings->predictor;
}

Result<std::string> TablesOf(const Options& options, const Job& job, const Result<Totals>& totals) {
  if (!totals) return totals.error();
  std::string tables = RenderTable(job.rules, job.faults, *totals);
  if (options.confusion) tables += RenderConfusion(totals->confusion);
  return tables;
}

}  // namespace

std::unique_ptr<predictor::Predictor> Job::NewPredictor() const {
  return std::move(predictor::Predictor::Create(predictor)).value();
}

Ground Job::GroundOf(const std::string& series, double step, double scored_from) const {
  const auto found = labels.find(series);
  return {step, scored_from, found == labels.end() ? std::vector<Label>{} : found->second};
}

Result<Job> Prepare(const Options& options, predictor::Settings settings) {
  Job job;
  job.predictor = std::move(settings);
  const auto predictor = predictor::Predictor::Create(job.predictor);
  if (!predictor) return predictor.error();
  std::vector<WhatIf> what_ifs;
  for (const auto& text : options.what_if) {
    auto what_if = ParseWhatIf(text);
    if (!what_if) return what_if.error();
    what_ifs.push_back(std::move(*what_if));
  }
  auto labels = LabelsOf(options);
  if (!labels) return labels.error();
  job.labels = std::move(*labels);
  job.faults = Verdicts(**predictor).faults();
  job.rules = RulesOf(**predictor, what_ifs);
  return job;
}

OutputFile::OutputFile(const std::string& path) : path_(path), file_(path, std::ios::binary) { file_ << kOutputHeader; }

Result<void> OutputFile::Close() {
  file_.close();
  return file_ ? Result<void>() : Error{ErrorCode::kUnavailable, path_ + ": cannot be written"};
}

Result<std::string> Run(const Options& options) {
  if (options.csv.empty() == options.prometheus.empty()) {
    return Error{ErrorCode::kInvalid, "give either --csv or --prometheus"};
  }
  if (!options.csv.empty()) {
    auto settings = PredictorSettingsOf(options);
    if (!settings) return settings.error();
    const auto job = Prepare(options, std::move(*settings));
    return job ? TablesOf(options, *job, RunCsv(options, *job)) : Result<std::string>(job.error());
  }
  const auto settings = SettingsOf(options);
  if (!settings) return settings.error();
  const auto job = Prepare(options, settings->predictor);
  return job ? TablesOf(options, *job, RunPrometheus(options, *settings, *job)) : Result<std::string>(job.error());
}

}  // namespace forewarn::backtest

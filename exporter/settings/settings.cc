// SPDX-License-Identifier: Apache-2.0
#include "exporter/settings/settings.h"

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <system_error>

namespace forewarn::settings {
namespace {

namespace fs = std::filesystem;

base::Duration AtLeast(const config::Map& map, std::string_view key, base::Duration least, base::Duration otherwise) {
  const base::Duration duration = map.Duration(key, otherwise);
  if (duration < least) map.Find(key)->Fail("must be at least " + config::FormatDuration(least));
  return duration;
}

void DecodeTiming(const config::Map& root, Settings& settings) {
  settings.tick = AtLeast(root, "tick", std::chrono::seconds(1), settings.tick);
  settings.offset = root.Duration("offset", {});
  const base::Duration four_ticks = std::max<base::Duration>(4 * settings.tick, std::chrono::seconds(5));
  settings.max_age = AtLeast(root, "max_age", settings.tick, four_ticks);
}

// Instant selectors look back five minutes unless the server is asked otherwise: in the words of newer Prometheus, and
// in VictoriaMetrics'. A server that knows neither ignores them, so the presets don't depend on it.
void BoundLookback(Settings& settings) {
  const std::string max_age = config::FormatDuration(settings.max_age);
  settings.source.extra_params.emplace_back("lookback_delta", max_age);
  settings.source.extra_params.emplace_back("max_lookback", max_age);
}

void ReadSignature(const fs::path& path, const config::Node& node, predictor::Settings& settings) {
  std::ifstream file(path);
  std::ostringstream text;
  if (!file || !(text << file.rdbuf())) return node.Fail("cannot read " + path.string());
  settings.signature_names.push_back(path.string());
  settings.signature_texts.push_back(text.str());
}

void DecodeSignatures(const config::Map& root, predictor::Settings& settings) {
  const auto signatures = root.Find("signatures");
  if (!signatures) return;
  const auto directory = signatures->AsMap().Require("directory");
  if (!directory) return;
  std::error_code error;
  std::vector<fs::path> paths;
  for (fs::directory_iterator entry(directory->String(), error), end; !error && entry != end; entry.increment(error)) {
    if (entry->path().extension() == ".yaml") paths.push_back(entry->path());
  }
  if (error) return directory->Fail(error.message());
  std::sort(paths.begin(), paths.end());
  for (const auto& path : paths) ReadSignature(path, *directory, settings);
}

Settings Decode(const config::Map& root) {
  Settings settings;
  DecodeTiming(root, settings);
  if (const auto source = root.Require("source")) settings.source = promql::DecodeClientOptions(source->AsMap());
  BoundLookback(settings);
  if (const auto node = root.Require("signals")) {
    settings.signals = signals::Decode(node->AsMap(), {settings.tick, settings.max_age});
    settings.signals.circumstances =
        signals::DecodeCircumstances(root, settings.signals, {settings.tick, settings.max_age});
  }
  if (const auto node = root.Find("thresholds")) settings.predictor.thresholds = predictor::DecodeThresholds(*node);
  DecodeSignatures(root, settings.predictor);
  if (const auto node = root.Find("state")) settings.state = state::Decode(node->AsMap());
  if (const auto node = root.Find("training")) settings.training = training::Decode(node->AsMap());
  return settings;
}

base::Result<Settings> Finish(const base::Result<config::Document>& document) {
  if (!document) return document.error();
  Settings settings = Decode(document->Root().AsMap());
  if (auto finished = document->Finish(); !finished) return finished.error();
  if (auto created = predictor::Predictor::Create(settings.predictor); !created) return created.error();
  return settings;
}

}  // namespace

base::Result<Settings> Load(const std::string& path) { return Finish(config::Document::Load(path)); }

base::Result<Settings> Parse(const std::string& name, std::string_view text) {
  return Finish(config::Document::Parse(name, text));
}

}  // namespace forewarn::settings

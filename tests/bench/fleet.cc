// SPDX-License-Identifier: Apache-2.0
#include "tests/bench/fleet.h"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <cstdio>

#include "exporter/signals/signals.h"

namespace forewarn::bench {
namespace {

constexpr const char* kLabels =
    R"("domain":"vm-%06zu","host":"hv-%04zu","instance":"10.%zu.%zu.%zu:9100","job":"node"})";

// A good mix of three numbers (splitmix64: Steele et al., OOPSLA 2014).
std::uint64_t Mix(std::size_t a, std::size_t b, std::size_t c) {
  std::uint64_t x = a * 0x9E3779B97F4A7C15ull + b * 0xBF58476D1CE4E5B9ull + c * 0x94D049BB133111EBull;
  x = (x ^ (x >> 30)) * 0xBF58476D1CE4E5B9ull;
  x = (x ^ (x >> 27)) * 0x94D049BB133111EBull;
  return x ^ (x >> 31);
}

double Uniform(std::uint64_t bits) { return static_cast<double>(bits >> 11) * 0x1p-53; }

void AppendNumber(double value, std::string& out) {
  char text[32];
  out.append(text, std::to_chars(text, text + sizeof text, value).ptr);
}

}  // namespace

Fleet::Fleet(std::size_t series) : instances_(std::max<std::size_t>(series / kSignals, 1)) {
  for (const auto& preset : signals::Presets()) {
    for (const auto& signal : preset.signals) {
      const bool known = std::find(signals_.begin(), signals_.end(), signal.name) != signals_.end();
      if (!known && signals_.size() < kSignals) signals_.push_back(signal.name);
    }
  }
  while (signals_.size() < kSignals) signals_.push_back("further_signal_" + std::to_string(signals_.size()));
}

std::string Fleet::Labels(std::size_t instance) const {
  char text[160];
  const int size = std::snprintf(text, sizeof text, kLabels, instance, instance / 32, instance >> 16 & 255,
                                 instance >> 8 & 255, instance & 255);
  return {text, static_cast<std::size_t>(size)};
}

std::string Fleet::Domain(std::size_t instance) const {
  char text[32];
  return {text, static_cast<std::size_t>(std::snprintf(text, sizeof text, "vm-%06zu", instance))};
}

double Fleet::Value(std::size_t signal, std::size_t instance, std::size_t moment) const {
  const double level = Uniform(Mix(signal, instance, 0));
  const double noise = Uniform(Mix(signal, instance, moment + 1)) + Uniform(Mix(moment, signal, instance + 1)) - 1;
  switch (signal % 4) {
    case 0:
      return 0.2 + 0.5 * level + 0.05 * noise;
    case 1:
      return std::round(1e9 * (1 + level) + 1e7 * noise);
    case 2:
      return std::round(100 * (20 + 50 * level + 5 * noise)) / 100;
    default:
      return std::round(10 + 10 * level + 4 * noise);
  }
}

std::string Fleet::Answer(std::size_t signal, std::size_t moment) const {
  std::string body = R"({"status":"success","data":{"resultType":"vector","result":[)";
  for (std::size_t i = 0; i < instances_; ++i) {
    body.append(i == 0 ? "" : ",").append(R"({"metric":{"__name__":")").append(signals_[signal]).append("\",");
    body.append(Labels(i)).append(R"(,"value":[1700000000.123,")");
    AppendNumber(Value(signal, i, moment), body);
    body += "\"]}";
  }
  return body + "]}}";
}

std::string Fleet::History(std::size_t signal, const Span& span) const {
  std::string body = R"({"status":"success","data":{"resultType":"matrix","result":[)";
  for (std::size_t i = 0; i < instances_; ++i) {
    body.append(i == 0 ? "" : ",").append(R"({"metric":{"__name__":")").append(signals_[signal]).append("\",");
    body.append(Labels(i)).append(R"(,"values":[)");
    for (std::size_t at = 0; at < span.count; ++at) {
      body += at == 0 ? "[" : ",[";
      AppendNumber(span.start + span.step * static_cast<double>(at), body);
      body += ",\"";
      AppendNumber(Value(signal, i, span.first + at), body);
      body += "\"]";
    }
    body += "]}";
  }
  return body + "]}}";
}

std::string Fleet::Exposition(std::size_t moment) const {
  std::string text;
  for (std::size_t s = 0; s < kSignals; ++s) {
    for (std::size_t i = 0; i < instances_; ++i) {
      // instance and job are the scraper's own labels
      text.append(signals_[s])
          .append("{domain=\"")
          .append(Domain(i))
          .append("\",host=\"hv-")
          .append(std::to_string(i / 32));
      text += "\"} ";
      AppendNumber(Value(s, i, moment), text);
      text += '\n';
    }
  }
  return text;
}

FleetSnapshots::FleetSnapshots(const Fleet& fleet) : fleet_(fleet) {
  for (std::size_t i = 0; i < fleet.instances(); ++i) instances_.SlotOf(fleet.Domain(i));
  for (const auto& signal : fleet.signals()) signals_.SlotOf(signal);
  snapshot_.instances = &instances_;
  snapshot_.signals = &signals_;
  snapshot_.columns.assign(Fleet::kSignals, std::vector<double>(fleet.instances()));
}

const telemetry::Snapshot& FleetSnapshots::At(double time, std::size_t moment) {
  snapshot_.time = time;
  for (std::size_t s = 0; s < Fleet::kSignals; ++s) {
    for (std::size_t i = 0; i < fleet_.instances(); ++i) snapshot_.columns[s][i] = fleet_.Value(s, i, moment);
  }
  return snapshot_;
}

}  // namespace forewarn::bench

// SPDX-License-Identifier: Apache-2.0
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "exporter/signals/signals.h"

namespace forewarn::signals {
namespace {

using testing::HasSubstr;
using testing::Not;

constexpr Timing kTiming{std::chrono::seconds(15), std::chrono::minutes(1)};

struct Decoded {
  Settings settings;
  std::string mistakes;

  const Definition* Find(std::string_view name) const {
    for (const auto& signal : settings.signals) {
      if (signal.name == name) return &signal;
    }
    return nullptr;
  }
};

Decoded DecodeText(const std::string& yaml, Timing timing = kTiming) {
  auto document = config::Document::Parse("x.yaml", yaml);
  if (!document) return {{}, document.error().message};
  Decoded decoded;
  decoded.settings = Decode(document->Root().AsMap(), timing);
  if (auto finished = document->Finish(); !finished) decoded.mistakes = finished.error().message;
  return decoded;
}

TEST(Decode, ExpandsEveryPlaceholderOfThePresets) {
  const auto decoded = DecodeText("presets: [node_exporter, libvirt_exporter, mtail]\n");
  EXPECT_EQ(decoded.mistakes, "");
  for (const char* name : {"cpu_usage", "cpu_denied", "cpu_iowait", "memory_pressure", "memory_available",
                           "disk_latency", "disk_utilisation", "disk_iops", "network_receive_bytes",
                           "network_transmit_bytes", "network_errors", "network_drops", "error_log_rate"}) {
    const auto* signal = decoded.Find(name);
    ASSERT_NE(signal, nullptr) << name;
    EXPECT_THAT(signal->expr, Not(HasSubstr("$"))) << name;
    EXPECT_NE(signal->unit, "");
  }
  EXPECT_THAT(decoded.Find("memory_available")->expr, HasSubstr("[1m]"));
  EXPECT_THAT(decoded.settings.instances, HasSubstr("count by (domain, hypervisor)"));
}

TEST(Decode, TheFirstPresetNamedWins) {
  EXPECT_THAT(DecodeText("presets: [node_exporter, libvirt_exporter]\n").Find("cpu_usage")->expr,
              HasSubstr("node_cpu_seconds_total"));
  EXPECT_THAT(DecodeText("presets: [libvirt_exporter, node_exporter]\n").Find("cpu_usage")->expr,
              HasSubstr("libvirt_domain_info_cpu_time_seconds_total"));
}

TEST(Decode, AddsMatchersAndLabelsToEverySelector) {
  const auto decoded = DecodeText(
      "presets: [node_exporter, libvirt_exporter, mtail]\nmatch: 'zone=\"a\"'\nlabels: {domain: vm, hypervisor: "
      "host}\n");
  EXPECT_EQ(decoded.mistakes, "");
  for (const auto& signal : decoded.settings.signals) {
    EXPECT_THAT(signal.expr, HasSubstr("by (vm")) << signal.name;
    std::size_t selectors = 0, matched = 0;
    for (std::size_t at = 0; (at = signal.expr.find('{', at)) != std::string::npos; ++at, ++selectors) {
      matched += signal.expr.compare(at, 10, "{zone=\"a\",") == 0;
    }
    EXPECT_GT(selectors, 0u);
    EXPECT_EQ(matched, selectors) << signal.expr;
  }
  EXPECT_THAT(decoded.settings.instances, HasSubstr("{zone=\"a\", host!=\"\"}"));
}

TEST(Decode, DerivesTheRateWindowFromTheTick) {
  const auto window = [](const char* yaml, int tick) {
    return DecodeText(yaml, {std::chrono::seconds(tick), std::chrono::minutes(1)}).settings.rate_window;
  };
  EXPECT_EQ(window("presets: [mtail]", 15), std::chrono::minutes(1));
  EXPECT_EQ(window("presets: [mtail]", 1), std::chrono::seconds(4));
  EXPECT_EQ(window("presets: [mtail]", 60), std::chrono::minutes(4));
  EXPECT_EQ(window("{presets: [mtail], rate_window: 20s}", 60), std::chrono::seconds(20));
}

TEST(Decode, DefinitionsAddAndReplace) {
  const auto decoded = DecodeText(
      "presets: [node_exporter]\n"
      "define:\n"
      "  disk_latency: {expr: 'my_latency{$match x=\"1\"}[$window]', unit: seconds}\n"
      "  queue_length: {expr: 'max by ($domain) (queue)'}\n");
  EXPECT_EQ(decoded.mistakes, "");
  EXPECT_EQ(decoded.Find("disk_latency")->expr, "my_latency{ x=\"1\"}[1m]");
  EXPECT_EQ(decoded.Find("queue_length")->expr, "max by (domain) (queue)");
  EXPECT_EQ(decoded.settings.signals.size(), Presets()[0].signals.size() + 1);  // one replaced, one added
  EXPECT_EQ(decoded.settings.instances, "");
}

TEST(Decode, SaysWhatIsWrongAndWhere) {
  for (const auto& [yaml, what] : std::vector<std::pair<std::string, std::string>>{
           {"presets: [nod_exporter]\n", "x.yaml:1: presets[0]: unknown preset"},
           {"presets: []\n", "no signals"},
           {"presets: node_exporter\n", "x.yaml:1: presets"},
           {"presets: [mtail]\nmatch: '{a=\"b\"}'\n", "x.yaml:2: match: matchers stand without braces"},
           {"presets: [mtail]\nlabels: {domain: 'a-b'}\n", "labels.domain: not a label name"},
           {"presets: [mtail]\nlabels: {host: a}\n", "host"},
           {"presets: [mtail]\nrate_window: 0s\n", "at least 1s"},
           {"presets: [mtail]\nrate_window: soon\n", "x.yaml:2: rate_window"},
           {"define: {a-b: {expr: x}}\n", "not a signal name"},
           {"define: {a: {unit: x}}\n", "expr"},
           {"define: {a: {expr: ''}}\n", "empty"},
           {"presets: [mtail]\npreset: [mtail]\n", "preset"}}) {
    EXPECT_THAT(DecodeText(yaml).mistakes, HasSubstr(what)) << yaml;
  }
}

TEST(Expand, LeavesWhatItDoesNotKnow) { EXPECT_EQ(Expand("a $x $", {"1m", "2m", "d", ""}), "a $x $"); }

}  // namespace
}  // namespace forewarn::signals

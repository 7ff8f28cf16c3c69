// SPDX-License-Identifier: Apache-2.0
#include "common/metrics/bulk.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <limits>
#include <random>

#include "common/metrics/format.h"

namespace forewarn::metrics {
namespace {

constexpr double kInfinite = std::numeric_limits<double>::infinity();

std::string Short(double value) {
  char text[kShortNumber];
  return {text, WriteShort(value, text)};
}

TEST(ShortNumbers, AreSixSignificantDigitsOrAWholeNumber) {
  const std::pair<double, const char*> cases[] = {
      {0, "0"},
      {-0.0, "0"},
      {1, "1"},
      {-3, "-3"},
      {0.75, "0.75"},
      {0.1F, "0.1"},
      {-0.015F, "-0.015"},
      {0.1 + 0.2, "0.3"},
      {3.14159265, "3.14159"},
      {0.9999999, "1"},
      {9.9999999, "10"},
      {99999.96, "100000"},
      {99999.94, "99999.9"},
      {123456.7, "123457"},
      {-1700000060.4, "-1700000060"},
      {17179869184, "17179869184"},
      {999999999999999, "999999999999999"},
      {1e15, "1e+15"},
      {1e300, "1e+300"},
      {0.0001, "0.0001"},
      {0.00012345678, "0.000123457"},
      {0.000099999, "9.9999e-05"},
      {1.5e-12, "1.5e-12"},
      {5e-324, "4.94066e-324"},
      {std::numeric_limits<double>::max(), "1.79769e+308"},
      {std::numeric_limits<double>::lowest(), "-1.79769e+308"},
  };
  for (const auto& [value, written] : cases) EXPECT_EQ(Short(value), written) << value;
}

TEST(ShortNumbers, AreRightToHalfOfTheirLastDigit) {
  std::mt19937_64 random(1);
  std::uniform_real_distribution<double> exponents(-20, 20), signs(-1, 1);
  for (int i = 0; i < 200'000; ++i) {
    const double value = std::copysign(std::pow(10, exponents(random)), signs(random));
    const std::string text = Short(value);
    const double unit = std::pow(10, std::floor(std::log10(std::abs(value))) - 5);
    ASSERT_LE(std::abs(std::stod(text) - value), 0.5001 * unit) << text << " for " << value;
    ASSERT_LE(text.size(), 16u) << text;
  }
}

TEST(ShortNumbers, OfTenthsAreTheirShortestText) {
  for (int tenths = -9999; tenths <= 9999; ++tenths) {
    std::string exact;
    AppendNumber(tenths / 10.0, exact);
    ASSERT_EQ(Short(tenths / 10.0), exact);
    ASSERT_EQ(Short(static_cast<float>(tenths) / 10), exact);
  }
}

std::string Written(const GaugeFamily& family, const std::vector<std::string>& values, double number) {
  LabelValues labels;
  for (const auto& value : values) labels.Add(value);
  std::string out;
  SampleWriter writer(out);
  writer.Header(family);
  writer.Begin(family.Around("a", {{"b", "x\"y"}}));
  for (std::size_t slot = 0; slot < labels.size(); ++slot) writer.Append(labels.At(slot), number);
  writer.Begin(family.Around("a", {}));
  for (std::size_t slot = 0; slot < labels.size(); ++slot) writer.Append(labels.At(slot), -number);
  writer.Header(family);
  return out;
}

// What GaugeFamily writes sample by sample.
std::string Expected(const GaugeFamily& family, const std::vector<std::string>& values, double number) {
  std::string out;
  family.AppendHeader(out);
  for (const auto& value : values) GaugeFamily::AppendSample(family.Prefix({{"a", value}, {"b", "x\"y"}}), number, out);
  for (const auto& value : values) GaugeFamily::AppendSample(family.Prefix({{"a", value}}), -number, out);
  family.AppendHeader(out);
  return out;
}

TEST(SampleWriter, WritesWhatTheFamilyWritesOneByOne) {
  const GaugeFamily family("g", "Help.");
  const std::vector<std::string> values = {
      "vm1", "", "a\"b\nc\\", "\xFF", std::string(31, 'x'), std::string(32, 'y'), std::string(33, 'z')};
  EXPECT_EQ(Written(family, values, 0.5), Expected(family, values, 0.5));
  EXPECT_EQ(Written(family, {}, 1), Expected(family, {}, 1));
}

TEST(SampleWriter, GoesOnWhereItsBufferEnds) {
  const GaugeFamily family("g", "Help.");
  std::vector<std::string> values;
  for (std::size_t i = 0; i < 3000; ++i) values.push_back("domain-" + std::to_string(i * i) + std::string(i % 70, '.'));
  EXPECT_EQ(Written(family, values, 12.5), Expected(family, values, 12.5));
}

TEST(SampleWriter, ALabelMayBeLongerThanItsBuffer) {
  const GaugeFamily family("g", "Help.");
  for (const std::size_t size : {16'000u, 16'383u, 16'384u, 100'000u}) {
    const std::vector<std::string> values = {"short", std::string(size, 'x'), "short again"};
    EXPECT_EQ(Written(family, values, 2), Expected(family, values, 2)) << size;
  }
}

TEST(SampleWriter, WhatIsNoNumberMakesNoSample) {
  for (const double number : {kInfinite, -kInfinite, std::numeric_limits<double>::quiet_NaN()}) {
    EXPECT_EQ(Written(GaugeFamily("g", "Help."), {"vm1"}, number), Expected(GaugeFamily("g", "Help."), {}, 0));
  }
}

TEST(Reserve, MakesRoomAndKeepsWhatIsThere) {
  for (const std::size_t bytes : {0u, 100u, 5u << 20, 16u << 20}) {
    std::string text = "kept";
    Reserve(bytes, text);
    EXPECT_EQ(text, "kept");
    EXPECT_GE(text.capacity(), bytes + 4);
    const char* const at = text.data();
    text.append(bytes, 'x');
    EXPECT_EQ(text.data(), at);
    EXPECT_EQ(text.find_first_not_of('x', 4), std::string::npos);
  }
}

TEST(LabelValues, KeepTheirSlots) {
  LabelValues labels;
  EXPECT_EQ(labels.size(), 0u);
  EXPECT_EQ(labels.bytes(), 0u);
  for (const char* value : {"a", "", "b\\"}) labels.Add(value);
  EXPECT_EQ(labels.size(), 3u);
  EXPECT_EQ(labels.At(0), "a");
  EXPECT_EQ(labels.At(1), "");
  EXPECT_EQ(labels.At(2), "b\\\\");
  EXPECT_EQ(labels.bytes(), 4u);
}

}  // namespace
}  // namespace forewarn::metrics

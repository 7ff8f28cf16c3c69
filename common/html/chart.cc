// SPDX-License-Identifier: Apache-2.0
#include "common/html/chart.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdio>

#include "common/html/format.h"

namespace forewarn::html {
namespace {

constexpr double kWidth = 360, kHeight = 108, kLeft = 46, kRight = 6, kTop = 8, kBottom = 20;

std::string Pixels(double value) {
  std::array<char, 32> text{};
  return {text.data(), static_cast<std::size_t>(std::snprintf(text.data(), text.size(), "%.1f", value))};
}

// From times and values to places.
class Frame {
 public:
  explicit Frame(const Chart& chart) : chart_(chart) {
    for (const Chart::Line& line : chart.lines) {
      for (const Chart::Point& point : line.points) Hold(point.value);
    }
    // Of the band as it is now, not as it was before much was known; what is beyond is cut off.
    if (!chart.band.empty()) Hold(chart.band.back().lower), Hold(chart.band.back().upper);
    if (low_ > high_) low_ = 0, high_ = 1;
    if (low_ == high_) high_ = low_ + std::max(1.0, std::abs(low_));
  }

  double low() const { return low_; }
  double high() const { return high_; }
  std::string X(double time) const {
    const double part = (time - chart_.start) / std::max(1e-9, chart_.end - chart_.start);
    return Pixels(kLeft + std::clamp(part, 0.0, 1.0) * (kWidth - kLeft - kRight));
  }
  // Halves, so that the difference of two huge values is finite.
  std::string Y(double value) const {
    const double part = std::clamp((value / 2 - low_ / 2) / (high_ / 2 - low_ / 2), 0.0, 1.0);
    return Pixels(kTop + (1 - part) * (kHeight - kTop - kBottom));
  }

 private:
  void Hold(double value) {
    if (std::isfinite(value)) low_ = std::min(low_, value), high_ = std::max(high_, value);
  }
  const Chart& chart_;
  double low_ = HUGE_VAL, high_ = -HUGE_VAL;
};

Markup Label(const Attributes& place, std::string_view text) { return Element("text", place, Text(text)); }

Markup Path(std::string_view kind, const std::string& path) {
  return path.empty() ? Markup() : Element("path", {{"class", std::string(kind)}, {"d", path}}, {});
}

Markup LineOf(const Frame& frame, const Chart::Line& line) {
  std::string path;
  bool pen_down = false;
  for (const Chart::Point& point : line.points) {
    const bool here = std::isfinite(point.value);
    if (here) path += (pen_down ? "L" : "M") + frame.X(point.time) + " " + frame.Y(point.value);
    pen_down = here;
  }
  return Path(line.kind, path);
}

// There and back again, once per stretch without a gap.
Markup BandOf(const Frame& frame, const std::vector<Chart::Range>& band) {
  std::string path, there, back;
  const auto close = [&] {
    if (!there.empty()) path += "M" + there.substr(1) + back + "Z";
    there.clear(), back.clear();
  };
  for (const Chart::Range& range : band) {
    if (!std::isfinite(range.lower) || !std::isfinite(range.upper)) {
      close();
      continue;
    }
    there += "L" + frame.X(range.time) + " " + frame.Y(range.upper);
    back = "L" + frame.X(range.time) + " " + frame.Y(range.lower) + back;
  }
  close();
  return Path("band", path);
}

Markup ShadeOf(const Frame& frame, const Chart::Shade& shade) {
  const std::string left = frame.X(shade.from);
  const std::string width = Pixels(std::max(0.0, std::stod(frame.X(shade.to)) - std::stod(left)));
  return Element("rect",
                 {{"class", "shade"},
                  {"x", left},
                  {"y", Pixels(kTop)},
                  {"width", width},
                  {"height", Pixels(kHeight - kTop - kBottom)}},
                 Element("title", shade.what));
}

Markup MarkOf(const Frame& frame, const Chart::Mark& mark) {
  const std::string x = frame.X(mark.time);
  return Element("line",
                 {{"class", "mark"}, {"x1", x}, {"x2", x}, {"y1", Pixels(kTop)}, {"y2", Pixels(kHeight - kBottom)}},
                 Element("title", mark.what));
}

std::string ClockTime(double time) {
  const auto day = std::fmod(std::max(0.0, time), 86400);
  std::array<char, 16> text{};
  const int seconds = static_cast<int>(day);
  std::snprintf(text.data(), text.size(), "%02d:%02d:%02d", seconds / 3600, seconds / 60 % 60, seconds % 60);
  return text.data();
}

Markup Axes(const Frame& frame, const Chart& chart) {
  const std::string left = Pixels(kLeft), bottom = Pixels(kHeight - kBottom), right = Pixels(kWidth - kRight);
  Markup axes = Element("line", {{"class", "axis"}, {"x1", left}, {"x2", right}, {"y1", bottom}, {"y2", bottom}}, {});
  const std::string before = Pixels(kLeft - 5), below = Pixels(kHeight - 6);
  axes += Label({{"x", before}, {"y", Pixels(kTop + 8)}, {"text-anchor", "end"}}, Number(frame.high()));
  axes += Label({{"x", before}, {"y", bottom}, {"text-anchor", "end"}}, Number(frame.low()));
  axes += Label({{"x", left}, {"y", below}}, ClockTime(chart.start));
  return axes + Label({{"x", right}, {"y", below}, {"text-anchor", "end"}}, ClockTime(chart.end));
}

}  // namespace

Markup Draw(const Chart& chart) {
  const Frame frame(chart);
  Markup inside;
  for (const Chart::Shade& shade : chart.shades) inside += ShadeOf(frame, shade);
  inside += BandOf(frame, chart.band) + Axes(frame, chart);
  for (const Chart::Line& line : chart.lines) inside += LineOf(frame, line);
  for (const Chart::Mark& mark : chart.marks) inside += MarkOf(frame, mark);
  return Element("svg",
                 {{"class", "chart"},
                  {"viewBox", "0 0 " + Pixels(kWidth) + " " + Pixels(kHeight)},
                  {"role", "img"},
                  {"aria-label", chart.what}},
                 inside);
}

}  // namespace forewarn::html

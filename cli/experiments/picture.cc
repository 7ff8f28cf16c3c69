// SPDX-License-Identifier: Apache-2.0
#include "cli/experiments/picture.h"

#include <algorithm>
#include <cmath>

#include "cli/backtest/grid.h"
#include "cli/remote/text.h"
#include "common/html/markup.h"

namespace forewarn::trials {
namespace {

using backtest::Number;

constexpr double kWidth = 720, kHeight = 200, kLeft = 70, kRight = 10, kTop = 22, kBottom = 24;

class Frame {
 public:
  explicit Frame(const Picture& picture) : picture_(picture) {
    for (const promql::Series& series : picture.series) {
      for (const double value : series.values) {
        if (std::isfinite(value)) low_ = std::min(low_, value), high_ = std::max(high_, value);
      }
    }
    if (low_ > high_) low_ = 0, high_ = 1;
    if (low_ == high_) high_ = low_ + std::max(1.0, std::abs(low_));
  }

  double low() const { return low_; }
  double high() const { return high_; }
  double X(double time) const {
    const double part = (time - picture_.start) / std::max(1e-9, picture_.end - picture_.start);
    return kLeft + std::clamp(part, 0.0, 1.0) * (kWidth - kLeft - kRight);
  }
  double Y(double value) const {
    return kTop + (1 - (value / 2 - low_ / 2) / (high_ / 2 - low_ / 2)) * (kHeight - kTop - kBottom);
  }

 private:
  const Picture& picture_;
  double low_ = HUGE_VAL, high_ = -HUGE_VAL;
};

std::string Line(const Frame& frame, const promql::Series& series, double gap) {
  std::string path;
  double before = -HUGE_VAL;
  for (std::size_t i = 0; i < series.times.size(); ++i) {
    if (!std::isfinite(series.values[i])) continue;
    path += series.times[i] - before > gap ? " M" : " L";
    path += Number("%.1f ", frame.X(series.times[i])) + Number("%.1f", frame.Y(series.values[i]));
    before = series.times[i];
  }
  return "<path class=\"signal\" d=\"" + path.substr(path.empty() ? 0 : 1) + "\"/>\n";
}

// One above the other would hide it: the mitigation's lies lower.
std::string Band(const Frame& frame, const Picture::Span& span) {
  const double x = frame.X(span.from), width = std::max(1.0, frame.X(span.to) - x), top = span.injection ? 4 : 13;
  const std::string place = "x=\"" + Number("%.1f", x) + "\" width=\"" + Number("%.1f", width) + "\"";
  const std::string name = std::string("class=\"") + (span.injection ? "injection" : "mitigation");
  return "<g><title>" + Escape(span.what) + "</title><rect " + name + " area\" " + place + " y=\"" +
         Number("%.0f", kTop) + "\" height=\"" + Number("%.0f", kHeight - kTop - kBottom) + "\"/><rect " + name +
         "\" " + place + " y=\"" + Number("%.0f", top) + "\" height=\"7\"/></g>\n";
}

std::string Label(double x, double y, const std::string& anchor, const std::string& text) {
  return "<text x=\"" + Number("%.1f", x) + "\" y=\"" + Number("%.1f", y) + "\" text-anchor=\"" + anchor + "\">" +
         Escape(text) + "</text>\n";
}

}  // namespace

std::string Escape(const std::string& text) { return html::Text(text).str(); }

std::string Svg(const Picture& picture) {
  const Frame frame(picture);
  std::string svg = "<svg viewBox=\"0 0 720 200\" role=\"img\" aria-label=\"the signal over time\">\n";
  for (const Picture::Span& span : picture.spans) svg += Band(frame, span);
  for (const promql::Series& series : picture.series) svg += Line(frame, series, 2.5 * picture.step);
  svg += Label(kLeft - 6, kTop + 8, "end", Number("%.4g", frame.high()));
  svg += Label(kLeft - 6, kHeight - kBottom, "end", Number("%.4g", frame.low()));
  svg += Label(kLeft, kHeight - 6, "start", remote::Time(picture.start));
  svg += Label(kWidth - kRight, kHeight - 6, "end", remote::Time(picture.end));
  return svg + "</svg>\n";
}

}  // namespace forewarn::trials

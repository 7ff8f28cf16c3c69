// SPDX-License-Identifier: Apache-2.0
#include "tests/e2e/demo/view.h"

#include <sys/ioctl.h>
#include <unistd.h>

#include <algorithm>
#include <cmath>
#include <cstdio>

#include "tests/e2e/demo/narrator.h"

namespace forewarn::demo {
namespace {

constexpr std::size_t kCurve = 30;       // characters, one per second
constexpr double kSummaryInterval = 10;  // s
constexpr char kShowCursor[] = "\033[?25h";

std::string Number(const char* format, double value) {
  if (std::isnan(value)) return "-";
  char text[32];
  std::snprintf(text, sizeof text, format, value);
  return text;
}

std::string Value(const Sight& sight, const std::string& twin, const std::string& what) {
  const double value = sight.Of(twin, what);
  if (what == "latency") return Number("%4.0f ms", 1000 * value);
  return Number("%3.0f %%", 100 * value);
}

std::string Padded(std::string text, std::size_t width) {
  text.resize(std::max(width, text.size()), ' ');
  return text;
}

// What has become of the fault on this twin.
std::string Stage(const Sight& sight, const std::string& twin) {
  if (sight.Of(twin, "broken") == 1) return "BROKEN DOWN";
  for (auto deed = sight.deeds.rbegin(); deed != sight.deeds.rend(); ++deed) {
    if (deed->domain != twin || deed->actuator.empty()) continue;
    return deed->outcome.empty() ? "acted: " + deed->actuator : deed->outcome + " by " + deed->actuator;
  }
  if (sight.Of(twin, "due") == 1) return "alerted: mitigate";
  if (sight.Of(twin, "notified") == 1) return "alerted: notify";
  return sight.Of(twin, "confidence") > 0.1 ? "suspected" : "healthy";
}

}  // namespace

void RestoreTerminal() {
  if (isatty(STDOUT_FILENO)) [[maybe_unused]]
    const ssize_t written = write(STDOUT_FILENO, kShowCursor, sizeof kShowCursor - 1);
}

View::View(const Scenario& scenario)
    : scenario_(scenario), start_(base::SystemClock().Steady()), live_(isatty(STDOUT_FILENO) == 1) {
  if (live_) std::fputs("\033[?25l", stdout);
}

View::~View() { RestoreTerminal(); }

double View::Elapsed() const { return base::ToSeconds(base::SystemClock().Steady() - start_); }

void View::Say(const std::string& line) {
  Clear();
  std::printf("%6.1f s  %s\n", Elapsed(), line.c_str());
  if (live_) Draw();
  std::fflush(stdout);
}

void View::Show(const Sight& sight) {
  sight_ = sight;
  for (const char* twin : kTwins) {
    for (const char* what : {"signal", "latency", "confidence"}) curves_[twin][what].Add(sight.Of(twin, what));
  }
  if (live_) {
    Clear();
    Draw();
    std::fflush(stdout);
  } else if (Elapsed() >= next_summary_) {
    next_summary_ = Elapsed() + kSummaryInterval;
    Say(Summary());
  }
}

std::string View::Summary() const {
  std::string text;
  for (const char* twin : kTwins) {
    text += (text.empty() ? "" : "  |  ") + std::string(twin) + ": " + scenario_.signal + " " +
            Value(sight_, twin, "signal") + ", requests " + Value(sight_, twin, "latency") + ", confidence " +
            Value(sight_, twin, "confidence");
  }
  return text;
}

void View::Curve::Add(double value) {
  values.push_back(value);
  if (values.size() > kCurve) values.pop_front();
}

std::string View::Curve::Draw(double most) const {
  static const char* const kBars[] = {"▁", "▂", "▃", "▄", "▅", "▆", "▇", "█"};
  std::string text(kCurve - values.size(), ' ');
  for (const double value : values) {
    if (std::isnan(value)) {
      text += ' ';
    } else {
      text += kBars[static_cast<std::size_t>(std::clamp(value / most, 0.0, 1.0) * 7)];
    }
  }
  return text;
}

void View::Clear() {
  if (drawn_ > 0) std::printf("\033[%dA\033[J", drawn_);
  drawn_ = 0;
}

void View::Row(const std::string& name, const std::string& what, double most) {
  std::string line = Padded(name, 12);
  for (const char* twin : kTwins)
    line += " " + curves_[twin][what].Draw(most) + " " + Padded(Value(sight_, twin, what), 8);
  std::printf("%s\n", line.c_str());
  ++drawn_;
}

void View::Draw() {
  winsize size{};
  if (curves_.empty() || (ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col < 96)) return;
  std::string titles = "\n" + Padded("", 12), stages = Padded("the loop", 12);
  for (const char* twin : kTwins) {
    titles += " " + Padded(twin, kCurve + 9);
    stages += " " + Padded(Stage(sight_, twin), kCurve + 9);
  }
  std::printf("%s\n", titles.c_str());
  drawn_ = 2;
  Row(scenario_.signal, "signal", 1);
  Row("requests", "latency", kMaxLatency);
  Row("confidence", "confidence", 1);
  std::printf("%s\n", stages.c_str());
  ++drawn_;
}

}  // namespace forewarn::demo

// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <deque>
#include <map>
#include <memory>
#include <string>

#include "tests/e2e/demo/scenario.h"
#include "tests/e2e/demo/watch.h"

// What a person sees: lines, and on a terminal below them the loop as it turns.
namespace forewarn::demo {

class View {
 public:
  explicit View(const Scenario& scenario);
  ~View();  // leaves the lines, and the terminal as it was
  View(const View&) = delete;
  View& operator=(const View&) = delete;

  void Say(const std::string& line);  // with the time since the start
  void Show(const Sight& sight);      // once per second
  double Elapsed() const;             // s since the start

 private:
  struct Curve {
    std::deque<double> values;
    void Add(double value);
    std::string Draw(double most) const;
  };
  void Clear();
  void Draw();
  std::string Summary() const;
  void Row(const std::string& name, const std::string& what, double most);

  const Scenario& scenario_;
  const base::SteadyTime start_;
  const bool live_;
  double next_summary_ = 0;  // s since the start; without a terminal
  int drawn_ = 0;            // lines of the panel on the screen
  Sight sight_;
  std::map<std::string, std::map<std::string, Curve>> curves_;  // twin → what
};

// The terminal's cursor, back again; safe in a signal handler.
void RestoreTerminal();

}  // namespace forewarn::demo

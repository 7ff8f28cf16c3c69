// SPDX-License-Identifier: Apache-2.0
#include "tests/campaigns/vm/ledger.h"

#include <algorithm>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <map>
#include <sstream>

namespace forewarn::campaign {
namespace {

using base::Error;
using base::ErrorCode;
using base::Result;

const std::map<std::string, std::string>& Headers() {
  static const std::map<std::string, std::string> headers = {
      {"series.csv", "series,file,scored_from"},
      {"labels.csv", "series,start,end,onset,breach,fault_type,detail"},
      {"runs.csv", "series,seed,run,guest,memory_mib,iops_limit,data_mib,fault_type,manner,detail,breach"},
      {"bad_runs.csv", "seed,run,why"},
  };
  return headers;
}

// The lines after the header, in cells.
std::vector<std::vector<std::string>> Read(const std::string& path) {
  std::ifstream file(path);
  std::vector<std::vector<std::string>> rows;
  std::string line;
  std::getline(file, line);
  while (std::getline(file, line)) {
    std::istringstream text(line + ",");
    rows.emplace_back();
    for (std::string cell; std::getline(text, cell, ',');) rows.back().push_back(cell);
  }
  return rows;
}

// The series whose files are all there.
std::set<std::string> Whole(const std::string& directory) {
  std::set<std::string> whole;
  for (const auto& row : Read(directory + "/series.csv")) whole.insert(row[0]);
  return whole;
}

std::string Seconds(double time) {
  char text[32];
  std::snprintf(text, sizeof text, "%.0f", time);
  return text;
}

std::string Join(std::initializer_list<std::string> cells) {
  std::string line;
  for (const auto& cell : cells) {
    line += (line.empty() ? "" : ",");
    std::string plain = cell;
    std::replace_if(
        plain.begin(), plain.end(), [](char c) { return c == ',' || c == '\n'; }, ';');
    line += plain;
  }
  return line;
}

}  // namespace

Result<Ledger> Ledger::Open(const std::string& directory) {
  std::error_code failed;
  std::filesystem::create_directories(directory, failed);
  Ledger ledger(directory);
  for (const auto& [file, header] : Headers()) {
    if (std::filesystem::exists(directory + "/" + file, failed)) continue;
    if (auto made = ledger.Append(file, header); !made) return made.error();
  }
  return ledger;
}

std::set<int> Ledger::Recorded(std::uint64_t seed) const {
  const std::set<std::string> whole = Whole(directory_);
  std::set<int> runs;
  for (const auto& row : Read(directory_ + "/runs.csv")) {
    if (whole.contains(row[0]) && row[1] == std::to_string(seed)) runs.insert(std::stoi(row[2]));
  }
  return runs;
}

int Ledger::NextGuest(std::uint64_t seed) const {
  int next = 0;
  for (const auto& row : Read(directory_ + "/runs.csv")) {
    if (row[1] == std::to_string(seed)) next = std::max(next, std::stoi(row[3].substr(row[3].find('-') + 1)) + 1);
  }
  return next;
}

std::size_t Ledger::BadRuns() const { return Read(directory_ + "/bad_runs.csv").size(); }

Result<void> Ledger::Add(const Plan& plan, const Done& done, const Recording& recording) {
  char number[32];
  std::snprintf(number, sizeof number, "%04zu", Read(directory_ + "/runs.csv").size());  // in the order of their ends
  const std::string series = std::string("campaign/") + number, file = std::string("campaign__") + number + ".csv";
  std::ofstream(directory_ + "/" + file) << ToCsv(recording);
  const std::string breach = done.breach ? Seconds(*done.breach) : "";
  const std::string end = Seconds(recording.start + static_cast<double>(recording.rows() - 1));
  if (!plan.fault.empty()) {
    if (auto added = Append("labels.csv", Join({series, Seconds(done.onset), end, Seconds(done.onset), breach,
                                                plan.fault, plan.manner + ": " + plan.detail}));
        !added)
      return added;
  }
  const std::string run = Join({series, std::to_string(done.seed), std::to_string(plan.number), done.guest,
                                std::to_string(done.size.memory_mib), std::to_string(done.size.iops_limit),
                                std::to_string(done.size.data_mib), plan.fault.empty() ? "null" : plan.fault,
                                plan.manner, plan.detail, breach});
  if (auto added = Append("runs.csv", run); !added) return added;
  return Append("series.csv", Join({series, file, Seconds(done.scored_from)}));
}

Result<void> Ledger::AddBad(std::uint64_t seed, int number, const std::string& why) {
  return Append("bad_runs.csv", Join({std::to_string(seed), std::to_string(number), why}));
}

std::string Ledger::Figures() const {
  const std::set<std::string> whole = Whole(directory_);
  std::map<std::string, std::pair<int, int>> faults;  // runs, breaches
  for (const auto& row : Read(directory_ + "/runs.csv")) {
    if (!whole.contains(row[0])) continue;
    auto& [runs, breaches] = faults[row[7]];
    ++runs;
    breaches += row.size() > 10 && !row[10].empty() ? 1 : 0;
  }
  std::string text;
  for (const auto& [fault, counts] : faults) {
    text += (text.empty() ? "" : ", ") + fault + " " + std::to_string(counts.first) + " (" +
            std::to_string(counts.second) + " breached)";
  }
  return text;
}

Result<void> Ledger::Append(const std::string& file, const std::string& line) const {
  std::ofstream out(directory_ + "/" + file, std::ios::app);
  out << line << "\n" << std::flush;
  if (!out.good()) return Error{ErrorCode::kUnavailable, directory_ + "/" + file + " cannot be written"};
  return {};
}

}  // namespace forewarn::campaign

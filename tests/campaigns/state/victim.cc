// SPDX-License-Identifier: Apache-2.0
#include "tests/campaigns/state/victim.h"

#include <cstring>
#include <filesystem>
#include <fstream>
#include <functional>
#include <sstream>
#include <thread>

#include "exporter/state/envelope.h"
#include "exporter/state/store.h"

namespace forewarn::saves {
namespace {

using base::Error;
using base::ErrorCode;
using base::Result;
using exporter::kPatience;

constexpr std::chrono::milliseconds kLongestWait{1500};  // from a save into the one after the next
constexpr std::chrono::microseconds kSave{5000};         // about as long as one takes

std::string Text(const std::string& file) {
  std::ostringstream text;
  text << std::ifstream(file, std::ios::binary).rdbuf();
  return text.str();
}

// Looks without a break: what is waited for lasts a few milliseconds.
bool Watch(std::chrono::milliseconds longest, const std::function<bool()>& condition) {
  const auto end = std::chrono::steady_clock::now() + longest;
  while (std::chrono::steady_clock::now() < end) {
    if (condition()) return true;
    std::this_thread::yield();
  }
  return false;
}

}  // namespace

Result<std::optional<State>> ReadState(const std::string& file) {
  if (!std::filesystem::exists(file)) return std::optional<State>();
  std::string bytes = Text(file);
  State state{0, bytes.size()};
  if (const auto rejection = state::Unseal(bytes)) return Error{ErrorCode::kInvalid, rejection->what};
  if (bytes.size() < sizeof state.time) return Error{ErrorCode::kInvalid, "it says no time"};
  std::memcpy(&state.time, bytes.data(), sizeof state.time);
  return std::optional(state);
}

Victim::Victim(const exporter::TemporaryDirectory& directory, const std::string& source) : directory_(directory) {
  directory_.Write("exporter.yaml", "source: {url: '" + source +
                                        "', timeout: 1s}\ntick: 1s\ntraining: {history: 0s}\nstate: {directory: '" +
                                        directory_.Path("state") +
                                        "', every: 1s}\nsignals: {presets: [node_exporter]}\n");
}

Result<void> Victim::Start(const std::string& system_call, int nth) {
  std::vector<std::string> argv;
  if (!system_call.empty()) {
    argv = {"strace",
            "-f",
            "-qqq",
            "-o",
            "/dev/null",
            "-e",
            "trace=" + system_call,
            "-e",
            "inject=" + system_call + ":signal=SIGKILL:when=" + std::to_string(nth)};
  }
  argv.insert(argv.end(), {FOREWARN_EXPORTER, "--config.file=" + directory_.Path("exporter.yaml"),
                           "--web.listen-address=127.0.0.1:0"});
  process_.reset();
  std::filesystem::remove(directory_.Path("exporter.log"));
  auto started = testbed::Process::Start({.argv = std::move(argv), .log = directory_.Path("exporter.log")});
  if (!started) return started.error();
  process_.emplace(std::move(*started));
  return {};
}

Result<State> Victim::WaitForSave() {
  const auto before = ReadState(StateFile());
  const double known = before && *before ? (*before)->time : 0;
  Result<std::optional<State>> now = before;
  const bool saved = testbed::WaitUntil(kPatience, [&] {
    now = ReadState(StateFile());
    return !now || (*now && (*now)->time > known) || !process_->Running();
  });
  if (!now) return now.error();
  if (!saved || !*now) return Error{ErrorCode::kTimeout, "it does not save:\n" + directory_.Read("exporter.log")};
  return **now;
}

// Half of the times as soon as a save has begun, or a little later; else whenever it happens to be.
void Victim::KillAtRandom(std::mt19937_64& random) {
  const auto upto = [&](auto longest) {
    return decltype(longest)(std::uniform_int_distribution<long>(0, static_cast<long>(longest.count()))(random));
  };
  if (random() % 2 == 0) {
    Watch(kLongestWait, [this] { return CutOff(); });
    const auto wait = upto(kSave);
    const auto end = std::chrono::steady_clock::now() + wait;
    Watch(kLongestWait, [&] { return std::chrono::steady_clock::now() >= end; });
  } else {
    std::this_thread::sleep_for(upto(kLongestWait));
  }
  process_->Kill();
}

Result<void> Victim::WaitForItsEnd() {
  if (testbed::WaitUntil(kPatience, [this] { return !process_->Running(); })) return {};
  return Error{ErrorCode::kTimeout, "it was not killed:\n" + directory_.Read("exporter.log")};
}

Result<void> Victim::Restored() {
  std::string log;
  const bool said = testbed::WaitUntil(kPatience, [&] {
    log = directory_.Read("exporter.log");
    return log.find("state restored") != std::string::npos || log.find("is not used") != std::string::npos;
  });
  if (!said || log.find("is not used") != std::string::npos) {
    return Error{ErrorCode::kInvalid, "the state was not restored:\n" + log};
  }
  return {};
}

bool Victim::CutOff() const { return std::filesystem::exists(directory_.Path("state/forewarn.state.new")); }

}  // namespace forewarn::saves

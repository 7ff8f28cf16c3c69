// SPDX-License-Identifier: Apache-2.0
#include <algorithm>

#include "tests/architecture/check.h"

namespace forewarn::architecture {
namespace {

constexpr std::size_t kMaxLines = 350;
constexpr const char* kLicense = "// SPDX-License-Identifier: Apache-2.0";

// What common/ must not know of; also at the beginning of longer words.
constexpr const char* kWordsOfTheDaemons[] = {"fault", "alert", "domain", "mitigat"};

// Numbers in, predictions out: what else the predictor could reach for, by header and by name.
struct Taboo {
  const char* text;
  const char* what;
};
constexpr Taboo kHeadersThePredictorMayNotSee[] = {
    {"sys/socket.h", "sockets"},
    {"sys/un.h", "sockets"},
    {"sys/epoll.h", "sockets"},
    {"netinet/", "sockets"},
    {"arpa/", "sockets"},
    {"netdb.h", "sockets"},
    {"poll.h", "sockets"},
    {"boost/asio", "sockets"},
    {"boost/beast", "sockets"},
    {"fstream", "files"},
    {"filesystem", "files"},
    {"cstdio", "files"},
    {"stdio.h", "files"},
    {"fcntl.h", "files"},
    {"unistd.h", "files"},
    {"dirent.h", "files"},
    {"sys/stat.h", "files"},
    {"sys/mman.h", "files"},
    {"boost/filesystem", "files"},
    {"thread", "threads"},
    {"mutex", "threads"},
    {"shared_mutex", "threads"},
    {"condition_variable", "threads"},
    {"future", "threads"},
    {"semaphore", "threads"},
    {"latch", "threads"},
    {"barrier", "threads"},
    {"stop_token", "threads"},
    {"pthread.h", "threads"},
    {"execution", "threads"},
    {"boost/thread", "threads"},
    {"ctime", "the clock"},
    {"time.h", "the clock"},
    {"sys/time.h", "the clock"},
    {"iostream", "logging"},
    {"syslog.h", "logging"},
    {"spdlog/", "logging"},
};
constexpr Taboo kNamesThePredictorMayNotSay[] = {
    {"_clock::now", "the clock"}, {"SystemClock", "the clock"}, {"Deadline", "the clock"},   {"std::cout", "logging"},
    {"std::cerr", "logging"},     {"std::clog", "logging"},     {"Document::Load", "files"},
};

void CheckPredictor(const Source& source, Report& report) {
  for (const Include& include : source.includes) {
    for (const Taboo& header : kHeadersThePredictorMayNotSee) {
      const std::string_view name = header.text;
      const bool is_prefix = name.ends_with('/') || name.starts_with("boost/");
      if (is_prefix ? include.path.starts_with(name) : include.path == name) {
        report.Add(source, include.line, "<" + include.path + ">: the predictor knows nothing of " + header.what);
      }
    }
  }
  for (std::size_t i = 0; i < source.lines.size(); ++i) {
    for (const Taboo& name : kNamesThePredictorMayNotSay) {
      if (CodeOf(source.lines[i]).find(name.text) != std::string_view::npos) {
        report.Add(source, i + 1, std::string(name.text) + ": the predictor knows nothing of " + name.what);
      }
    }
  }
}

void CheckWords(const Source& source, Report& report) {
  for (std::size_t i = 0; i < source.lines.size(); ++i) {
    for (const std::string& word : WordsOf(source.lines[i])) {
      for (const char* forbidden : kWordsOfTheDaemons) {
        if (word.starts_with(forbidden)) {
          report.Add(source, i + 1, "the word '" + word + "' does not belong into common/");
        }
      }
    }
  }
}

}  // namespace

void CheckContents(const Source& source, Report& report) {
  if (source.lines.empty() || source.lines.front() != kLicense) {
    report.Add(source, 1, "the first line must be " + std::string(kLicense));
  }
  if (source.lines.size() > kMaxLines) {
    report.Add(source, source.lines.size(), "longer than 350 lines");
  }
  if (IsWithin(source.folder, "predictor")) {
    CheckPredictor(source, report);
  }
  if (IsWithin(source.folder, "common")) {
    CheckWords(source, report);
  }
}

}  // namespace forewarn::architecture

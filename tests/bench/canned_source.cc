// SPDX-License-Identifier: Apache-2.0
#include "tests/bench/canned_source.h"

#include <signal.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <charconv>
#include <map>
#include <stdexcept>
#include <string_view>
#include <thread>

#include "tests/bench/loopback.h"

namespace forewarn::bench {
namespace {

// What a Go server sends of one large write: one chunk.
std::string Framed(const std::string& body, const char* type) {
  char size[17];
  const std::string_view hex(size,
                             static_cast<std::size_t>(std::to_chars(size, size + 16, body.size(), 16).ptr - size));
  return "HTTP/1.1 200 OK\r\nContent-Type: " + std::string(type) +
         "\r\nDate: Tue, 14 Nov 2023 22:13:20 GMT\r\nTransfer-Encoding: chunked\r\n\r\n" + std::string(hex) + "\r\n" +
         body + "\r\n0\r\n\r\n";
}

// The value of a parameter of a form; "" where it is absent.
std::string_view Parameter(std::string_view form, std::string_view name) {
  for (std::size_t at = form.find(name); at != std::string_view::npos; at = form.find(name, at + 1)) {
    const std::string_view rest = form.substr(at + name.size());
    if ((at == 0 || form[at - 1] == '&' || form[at - 1] == '\n') && rest.starts_with('='))
      return rest.substr(1, rest.find('&') - 1);
  }
  return {};
}

double Number(std::string_view form, std::string_view name) {
  double number = 0;
  const std::string_view text = Parameter(form, name);
  std::from_chars(text.data(), text.data() + text.size(), number);
  return number;
}

class Answers {
 public:
  Answers(const Fleet& fleet, std::size_t moments, CannedSource::Serves serves) : fleet_(fleet), moments_(moments) {
    for (std::size_t moment = 0; moment < moments; ++moment) {
      if (serves == CannedSource::Serves::kExposition) {
        expositions_.push_back(Framed(fleet.Exposition(moment), "text/plain; version=0.0.4"));
        continue;
      }
      for (std::size_t s = 0; s < Fleet::kSignals; ++s)
        answers_[fleet.signals()[s]].push_back(Framed(fleet.Answer(s, moment), "application/json"));
    }
  }

  void Serve(const Loopback& connection) const {
    std::string request;
    for (std::size_t number = 0; connection.ReadRequest(request); ++number) {
      const bool range = request.starts_with("POST /api/v1/query_range");
      if (!connection.Send(range ? History(request) : AnswerTo(request, number))) return;
    }
  }

 private:
  const std::string& AnswerTo(std::string_view request, std::size_t number) const {
    if (!expositions_.empty()) return expositions_[number % moments_];
    const auto found = answers_.find(Parameter(request, "query"));
    return found == answers_.end() ? none_
                                   : found->second[static_cast<std::size_t>(Number(request, "time")) % moments_];
  }
  std::string History(std::string_view request) const {
    const double start = Number(request, "start"), end = Number(request, "end"), step = Number(request, "step");
    const auto& signals = fleet_.signals();
    const auto signal = std::find(signals.begin(), signals.end(), Parameter(request, "query"));
    if (signal == signals.end() || !(step > 0)) return none_;
    const Span span{static_cast<std::size_t>(start / step), static_cast<std::size_t>((end - start) / step + 1.5), start,
                    step};
    return Framed(fleet_.History(static_cast<std::size_t>(signal - signals.begin()), span), "application/json");
  }

  const Fleet& fleet_;
  std::size_t moments_;
  std::map<std::string, std::vector<std::string>, std::less<>> answers_;
  std::vector<std::string> expositions_;
  const std::string none_ = Framed(R"({"status":"success","data":{"resultType":"vector","result":[]}})", "text/json");
};

}  // namespace

CannedSource::CannedSource(const Fleet& fleet, std::size_t moments, Serves serves) {
  const Listener listener;
  port_ = listener.port();
  pid_ = fork();
  if (pid_ < 0) throw std::runtime_error("cannot start a process for the source");
  if (pid_ > 0) return;
  prctl(PR_SET_PDEATHSIG, SIGKILL);
  const Answers answers(fleet, moments, serves);
  for (;;) {
    std::thread([&answers, connection = listener.Accept()] { answers.Serve(connection); }).detach();
  }
}

CannedSource::~CannedSource() {
  kill(pid_, SIGKILL);
  waitpid(pid_, nullptr, 0);
}

}  // namespace forewarn::bench

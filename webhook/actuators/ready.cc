// SPDX-License-Identifier: Apache-2.0
#include "webhook/actuators/ready.h"

#include <algorithm>
#include <chrono>
#include <string_view>
#include <thread>

#include "webhook/actuators/line_socket.h"

namespace forewarn::actuators {
namespace {

constexpr std::string_view kHttp = "http://";
constexpr auto kPoll = std::chrono::milliseconds(20);
constexpr base::Duration kOneTry = std::chrono::seconds(1);  // one that hangs may never answer; the next may

base::Result<void> Try(const ReadyCheck& check, base::Deadline deadline) {
  if (check.path.empty()) return TryConnect(check.address, deadline);
  const std::string host = check.address.substr(check.address.find(':') + 1);
  auto answer = Exchange(check.address, "GET " + check.path + " HTTP/1.0\r\nHost: " + host + "\r\n\r\n", deadline);
  if (!answer) return answer.error();
  const auto space = answer->find(' ');
  if (answer->starts_with("HTTP/1.") && space != std::string::npos && answer->substr(space + 1, 1) == "2") return {};
  return base::Error{base::ErrorCode::kUnavailable,
                     "it answers " + answer->substr(0, answer->find('\r')).substr(0, 80)};
}

}  // namespace

base::Result<ReadyCheck> TcpCheck(const std::string& address) {
  ReadyCheck check{"tcp:" + address, ""};
  if (auto known = CheckAddress(check.address); !known) return known.error();
  return check;
}

base::Result<ReadyCheck> HttpCheck(const std::string& url) {
  const bool printable = std::all_of(url.begin(), url.end(), [](char c) { return c > ' ' && c < '\x7f'; });
  if (!url.starts_with(kHttp) || !printable) {
    return base::Error{base::ErrorCode::kInvalid, "not http://ADDRESS:PORT/PATH: " + url};
  }
  const auto slash = url.find('/', kHttp.size());
  auto check = TcpCheck(url.substr(kHttp.size(), slash - kHttp.size()));
  if (check) check->path = slash == std::string::npos ? "/" : url.substr(slash);
  return check;
}

base::Result<void> AwaitReady(const ReadyCheck& check, base::Deadline deadline) {
  if (check.address.empty()) return {};
  for (;;) {
    auto serves = Try(check, base::Deadline::After(std::min(kOneTry, deadline.Left())));
    if (serves) return {};
    if (deadline.Left() < 2 * kPoll) {
      return base::Error{base::ErrorCode::kUnavailable, "not serving in time: " + serves.error().message};
    }
    std::this_thread::sleep_for(kPoll);
  }
}

}  // namespace forewarn::actuators

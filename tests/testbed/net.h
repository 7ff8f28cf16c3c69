// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <string>

namespace forewarn::testbed {

// A connection to something in the bed. Every wait has an end.
class Socket {
 public:
  explicit Socket(int fd) : fd_(fd) {}
  Socket(Socket&& other) noexcept : fd_(other.fd_) { other.fd_ = -1; }
  Socket& operator=(Socket&&) = delete;
  ~Socket();
  bool ok() const { return fd_ >= 0; }
  bool Send(const std::string& text) const;
  // Up to and with `end`; less where the other side closed or `timeout` passed. An empty `end`: all there is until it
  // closes.
  std::string ReadUntil(const std::string& end, std::chrono::milliseconds timeout) const;

 private:
  int fd_;
};

Socket ConnectUnix(const std::string& path);
Socket ConnectTcp(const std::string& host_and_port);  // a numeric address; half a second to be accepted

struct HttpAnswer {
  int status = 0;  // 0: there was none
  std::string body;
};
// target: encoded
HttpAnswer HttpGet(const std::string& host_and_port, const std::string& target);

std::string PercentEncode(const std::string& text);  // for a query's value

}  // namespace forewarn::testbed

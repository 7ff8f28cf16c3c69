// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace forewarn::bench {

// A connection at the least cost that sockets allow.
class Loopback {
 public:
  explicit Loopback(int fd) : fd_(fd) {}
  static Loopback Connect(std::uint16_t port);
  Loopback(Loopback&& other) noexcept : fd_(other.fd_) { other.fd_ = -1; }
  Loopback& operator=(Loopback&&) = delete;
  ~Loopback();

  bool Send(std::string_view bytes) const;
  std::size_t Receive(char* into, std::size_t room) const;  // 0: closed
  bool ReadRequest(std::string& request) const;             // head and body; false: closed

 private:
  int fd_;
};

class Listener {
 public:
  Listener();
  ~Listener();
  Listener(const Listener&) = delete;
  Listener& operator=(const Listener&) = delete;
  std::uint16_t port() const { return port_; }
  Loopback Accept() const;

 private:
  int fd_;
  std::uint16_t port_ = 0;
};

}  // namespace forewarn::bench

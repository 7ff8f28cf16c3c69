// SPDX-License-Identifier: Apache-2.0
#include "tests/bench/loopback.h"

#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <charconv>
#include <stdexcept>

namespace forewarn::bench {
namespace {

sockaddr_in At(std::uint16_t port) {
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  address.sin_port = htons(port);
  return address;
}

std::size_t ContentLength(std::string_view head) {
  constexpr std::string_view kName = "Content-Length: ";
  const auto at = head.find(kName);
  std::size_t length = 0;
  if (at != std::string_view::npos) {
    const std::string_view text = head.substr(at + kName.size());
    std::from_chars(text.data(), text.data() + text.size(), length);
  }
  return length;
}

}  // namespace

Loopback Loopback::Connect(std::uint16_t port) {
  const int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  const sockaddr_in address = At(port);
  const int yes = 1;
  setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &yes, sizeof yes);
  if (connect(fd, reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0)
    throw std::runtime_error("nobody listens on loopback");
  return Loopback(fd);
}

Loopback::~Loopback() {
  if (fd_ >= 0) close(fd_);
}

bool Loopback::Send(std::string_view bytes) const {
  while (!bytes.empty()) {
    const ssize_t sent = send(fd_, bytes.data(), bytes.size(), MSG_NOSIGNAL);
    if (sent <= 0) return false;
    bytes.remove_prefix(static_cast<std::size_t>(sent));
  }
  return true;
}

std::size_t Loopback::Receive(char* into, std::size_t room) const {
  const ssize_t count = recv(fd_, into, room, 0);
  return count > 0 ? static_cast<std::size_t>(count) : 0;
}

bool Loopback::ReadRequest(std::string& request) const {
  request.clear();
  std::array<char, 16384> buffer;
  for (;;) {
    const auto head = request.find("\r\n\r\n");
    if (head != std::string::npos && request.size() >= head + 4 + ContentLength(request)) return true;
    const std::size_t count = Receive(buffer.data(), buffer.size());
    if (count == 0) return false;
    request.append(buffer.data(), count);
  }
}

Listener::Listener() : fd_(socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
  sockaddr_in address = At(0);
  socklen_t size = sizeof address;
  auto* const raw = reinterpret_cast<sockaddr*>(&address);
  if (bind(fd_, raw, size) != 0 || listen(fd_, 64) != 0 || getsockname(fd_, raw, &size) != 0)
    throw std::runtime_error("cannot listen on loopback");
  port_ = ntohs(address.sin_port);
}

Listener::~Listener() { close(fd_); }

Loopback Listener::Accept() const { return Loopback(accept(fd_, nullptr, nullptr)); }

}  // namespace forewarn::bench

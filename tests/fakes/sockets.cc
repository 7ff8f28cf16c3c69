// SPDX-License-Identifier: Apache-2.0
#include "tests/fakes/sockets.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

#include <array>
#include <utility>

namespace forewarn::fakes {
namespace {

sockaddr_in Loopback(std::uint16_t port) {
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  address.sin_port = htons(port);
  return address;
}

void LimitReads(int fd) {
  const timeval limit{10, 0};
  setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof limit);
}

}  // namespace

Socket Socket::Connect(std::uint16_t port) {
  const int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  const sockaddr_in address = Loopback(port);
  if (connect(fd, reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0) {
    close(fd);
    return Socket(-1);
  }
  LimitReads(fd);
  return Socket(fd);
}

Socket::~Socket() {
  if (fd_ >= 0) close(fd_);
}

Socket::Socket(Socket&& other) noexcept : fd_(std::exchange(other.fd_, -1)) {}

bool Socket::Send(std::string_view bytes) const {
  while (!bytes.empty()) {
    const ssize_t sent = send(fd_, bytes.data(), bytes.size(), MSG_NOSIGNAL);
    if (sent <= 0) return false;
    bytes.remove_prefix(static_cast<std::size_t>(sent));
  }
  return true;
}

void Socket::FinishSending() const { shutdown(fd_, SHUT_WR); }

std::string Socket::ReadUntil(std::string_view end) const {
  std::string received;
  std::array<char, 16384> buffer{};
  while (end.empty() || received.find(end) == std::string::npos) {
    const ssize_t count = recv(fd_, buffer.data(), buffer.size(), 0);
    if (count <= 0) break;
    received.append(buffer.data(), static_cast<std::size_t>(count));
  }
  return received;
}

bool Socket::WaitForClose() const {
  std::array<char, 16384> buffer{};
  ssize_t count = 0;
  while ((count = recv(fd_, buffer.data(), buffer.size(), 0)) > 0) {
  }
  return count == 0 || errno == ECONNRESET;
}

ScriptedServer::ScriptedServer(Script script)
    : script_(std::move(script)), listener_(socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
  sockaddr_in address = Loopback(0);
  socklen_t size = sizeof address;
  auto* const raw = reinterpret_cast<sockaddr*>(&address);
  if (bind(listener_, raw, size) == 0 && listen(listener_, 16) == 0 && getsockname(listener_, raw, &size) == 0) {
    port_ = ntohs(address.sin_port);
  }
  accepting_ = std::thread([this] { Accept(); });
}

ScriptedServer::~ScriptedServer() {
  shutdown(listener_, SHUT_RDWR);
  accepting_.join();
  for (auto& script : scripts_) script.join();
  close(listener_);
}

void ScriptedServer::Accept() {
  for (;;) {
    const int fd = accept(listener_, nullptr, nullptr);
    if (fd < 0) return;
    LimitReads(fd);
    const int number = connections_++;
    scripts_.emplace_back([this, fd, number] { script_(Socket(fd), number); });
  }
}

}  // namespace forewarn::fakes

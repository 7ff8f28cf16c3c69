// SPDX-License-Identifier: Apache-2.0
#include "tests/testbed/net.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <sys/un.h>
#include <unistd.h>

#include <cctype>
#include <cstdio>
#include <cstdlib>
#include <cstring>

namespace forewarn::testbed {
namespace {

using Clock = std::chrono::steady_clock;

int Connected(int domain, const sockaddr* address, socklen_t size) {
  const int fd = socket(domain, SOCK_STREAM | SOCK_CLOEXEC, 0);
  const timeval patience{0, 500'000};
  setsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, &patience, sizeof patience);  // holds for connect() too
  if (fd < 0 || connect(fd, address, size) == 0) return fd;
  close(fd);
  return -1;
}

}  // namespace

Socket::~Socket() {
  if (fd_ >= 0) close(fd_);
}

bool Socket::Send(const std::string& text) const {
  return fd_ >= 0 && send(fd_, text.data(), text.size(), MSG_NOSIGNAL) == static_cast<ssize_t>(text.size());
}

std::string Socket::ReadUntil(const std::string& end, std::chrono::milliseconds timeout) const {
  std::string text;
  const auto stop = Clock::now() + timeout;
  while (fd_ >= 0 && (end.empty() || text.find(end) == std::string::npos)) {
    const auto left = std::chrono::duration_cast<std::chrono::milliseconds>(stop - Clock::now()).count();
    pollfd waiting{fd_, POLLIN, 0};
    if (left <= 0 || poll(&waiting, 1, static_cast<int>(left)) <= 0) break;
    char buffer[4096];
    const ssize_t got = recv(fd_, buffer, sizeof buffer, 0);
    if (got <= 0) break;
    text.append(buffer, static_cast<std::size_t>(got));
  }
  return text;
}

Socket ConnectUnix(const std::string& path) {
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  if (path.size() >= sizeof address.sun_path) return Socket(-1);
  std::memcpy(address.sun_path, path.data(), path.size());
  return Socket(Connected(AF_UNIX, reinterpret_cast<sockaddr*>(&address), sizeof address));
}

Socket ConnectTcp(const std::string& host_and_port) {
  const std::size_t colon = host_and_port.find(':');
  sockaddr_in address{};
  address.sin_family = AF_INET;
  if (colon == std::string::npos || inet_pton(AF_INET, host_and_port.substr(0, colon).c_str(), &address.sin_addr) != 1)
    return Socket(-1);
  address.sin_port = htons(static_cast<std::uint16_t>(std::atoi(host_and_port.c_str() + colon + 1)));
  return Socket(Connected(AF_INET, reinterpret_cast<sockaddr*>(&address), sizeof address));
}

std::string PercentEncode(const std::string& text) {
  std::string encoded;
  for (const char byte : text) {
    char code[4];
    std::snprintf(code, sizeof code, "%%%02X", static_cast<unsigned>(static_cast<unsigned char>(byte)));
    encoded += std::isalnum(static_cast<unsigned char>(byte)) != 0 ? std::string(1, byte) : code;
  }
  return encoded;
}

HttpAnswer HttpGet(const std::string& host_and_port, const std::string& target) {
  const Socket socket = ConnectTcp(host_and_port);
  if (!socket.Send("GET " + target + " HTTP/1.0\r\nHost: " + host_and_port + "\r\n\r\n"))
    return {};  // 1.0: never chunked
  const std::string text = socket.ReadUntil("", std::chrono::seconds(5));
  const std::size_t space = text.find(' '), end = text.find("\r\n\r\n");
  if (space == std::string::npos || end == std::string::npos) return {};
  return {std::atoi(text.c_str() + space), text.substr(end + 4)};
}

}  // namespace forewarn::testbed

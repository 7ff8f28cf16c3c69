// SPDX-License-Identifier: Apache-2.0
#include "webhook/actuators/line_socket.h"

#include <arpa/inet.h>
#include <fcntl.h>
#include <netdb.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <string_view>

namespace forewarn::actuators {
namespace {

constexpr std::size_t kMaxAnswer = 16 << 20;  // bytes

struct Peer {
  sockaddr_storage address{};
  socklen_t length = 0;
};

class Socket {
 public:
  explicit Socket(int fd) : fd_(fd) {}
  ~Socket() {
    if (fd_ >= 0) close(fd_);
  }
  Socket(const Socket&) = delete;
  Socket& operator=(const Socket&) = delete;
  int fd() const { return fd_; }

 private:
  int fd_;
};

base::Error Failed(std::string_view doing) {
  return {base::ErrorCode::kUnavailable, std::string(doing) + ": " + std::strerror(errno)};
}

base::Error BadAddress(const std::string& address) {
  return {base::ErrorCode::kInvalid, "not unix:/PATH or tcp:ADDRESS:PORT: " + address};
}

base::Result<Peer> ParseUnix(const std::string& address, const std::string& path) {
  Peer peer;
  sockaddr_un local{};
  local.sun_family = AF_UNIX;
  if (!path.starts_with('/') || path.size() >= sizeof local.sun_path) return BadAddress(address);
  std::copy(path.begin(), path.end(), local.sun_path);
  std::memcpy(&peer.address, &local, sizeof local);
  peer.length = sizeof local;
  return peer;
}

base::Result<Peer> ParseTcp(const std::string& address, const std::string& rest) {
  const auto colon = rest.rfind(':');
  if (colon == std::string::npos) return BadAddress(address);
  std::string host = rest.substr(0, colon);
  if (host.size() > 2 && host.front() == '[' && host.back() == ']') host = host.substr(1, host.size() - 2);
  addrinfo hints{};
  hints.ai_socktype = SOCK_STREAM;
  hints.ai_flags = AI_NUMERICHOST | AI_NUMERICSERV;
  addrinfo* found = nullptr;
  if (host.empty() || getaddrinfo(host.c_str(), rest.c_str() + colon + 1, &hints, &found) != 0) {
    return BadAddress(address);
  }
  Peer peer;
  std::memcpy(&peer.address, found->ai_addr, found->ai_addrlen);
  peer.length = found->ai_addrlen;
  freeaddrinfo(found);
  return peer;
}

base::Result<Peer> ParseAddress(const std::string& address) {
  if (address.starts_with("unix:")) return ParseUnix(address, address.substr(5));
  if (address.starts_with("tcp:")) return ParseTcp(address, address.substr(4));
  return BadAddress(address);
}

base::Result<void> Await(const Socket& socket, short events, base::Deadline deadline) {
  for (;;) {
    const auto left = std::chrono::ceil<std::chrono::milliseconds>(deadline.Left()).count();
    if (left <= 0) return base::Error{base::ErrorCode::kTimeout, "no answer in time"};
    pollfd watched{socket.fd(), events, 0};
    const int ready = poll(&watched, 1, static_cast<int>(std::min<std::int64_t>(left, 1000)));
    if (ready > 0) return {};
    if (ready < 0 && errno != EINTR) return Failed("waiting");
  }
}

Socket Open(const Peer& peer) {
  return Socket(::socket(peer.address.ss_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0));
}

base::Result<void> Connect(const Socket& socket, const Peer& peer, base::Deadline deadline) {
  if (socket.fd() < 0) return Failed("socket");
  if (connect(socket.fd(), reinterpret_cast<const sockaddr*>(&peer.address), peer.length) == 0) return {};
  if (errno != EINPROGRESS) return Failed("connecting");  // EAGAIN too: a local socket's queue is full
  if (auto ready = Await(socket, POLLOUT, deadline); !ready) return ready;
  int error = 0;
  socklen_t size = sizeof error;
  getsockopt(socket.fd(), SOL_SOCKET, SO_ERROR, &error, &size);
  errno = error;
  return error == 0 ? base::Result<void>() : Failed("connecting");
}

base::Result<void> Send(const Socket& socket, std::string_view text, base::Deadline deadline) {
  while (!text.empty()) {
    const ssize_t sent = send(socket.fd(), text.data(), text.size(), MSG_NOSIGNAL);
    if (sent > 0) {
      text.remove_prefix(static_cast<std::size_t>(sent));
    } else if (errno == EAGAIN) {
      if (auto ready = Await(socket, POLLOUT, deadline); !ready) return ready;
    } else if (errno != EINTR) {
      return Failed("sending");
    }
  }
  return {};
}

base::Result<std::string> ReceiveAll(const Socket& socket, base::Deadline deadline) {
  std::string answer;
  std::array<char, 16 << 10> buffer;
  for (;;) {
    if (auto ready = Await(socket, POLLIN, deadline); !ready) return ready.error();
    const ssize_t got = recv(socket.fd(), buffer.data(), buffer.size(), 0);
    if (got == 0) return answer;
    if (got < 0 && (errno == EAGAIN || errno == EINTR)) continue;
    if (got < 0) return Failed("receiving");
    answer.append(buffer.data(), static_cast<std::size_t>(got));
    if (answer.size() > kMaxAnswer) return base::Error{base::ErrorCode::kInvalid, "an answer without end"};
  }
}

}  // namespace

base::Result<void> CheckAddress(const std::string& address) {
  auto peer = ParseAddress(address);
  if (!peer) return peer.error();
  return {};
}

base::Result<void> TryConnect(const std::string& address, base::Deadline deadline) {
  auto peer = ParseAddress(address);
  if (!peer) return peer.error();
  return Connect(Open(*peer), *peer, deadline);
}

base::Result<std::string> Exchange(const std::string& address, const std::string& request, base::Deadline deadline) {
  auto peer = ParseAddress(address);
  if (!peer) return peer.error();
  const Socket socket = Open(*peer);
  if (auto connected = Connect(socket, *peer, deadline); !connected) return connected.error();
  if (auto sent = Send(socket, request, deadline); !sent) return sent.error();
  return ReceiveAll(socket, deadline);
}

}  // namespace forewarn::actuators

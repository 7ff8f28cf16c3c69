// SPDX-License-Identifier: Apache-2.0
#include "common/http/plain_client.h"

#include <sys/socket.h>

#include <algorithm>
#include <cerrno>
#include <cstring>

namespace forewarn::http {
namespace {

constexpr std::size_t kBuffer = 128 << 10;  // bytes: what is read at once stays in the processor's cache until used

// One request and its response. What a server sends beyond the response is never taken for the next one.
class Stream : public httplib::Stream {
 public:
  Stream(int socket, char* buffer) : socket_(socket), buffer_(buffer) {}

  bool is_readable() const override { return true; }
  bool is_writable() const override { return true; }
  void get_remote_ip_and_port(std::string&, int&) const override {}
  void get_local_ip_and_port(std::string&, int&) const override {}
  socket_t socket() const override { return socket_; }

  ssize_t read(char* into, std::size_t size) override {
    if (at_ == end_) {
      const ssize_t received = Persist([&] { return recv(socket_, buffer_, kBuffer, 0); });
      if (received <= 0) return received;
      at_ = 0;
      end_ = static_cast<std::size_t>(received);
    }
    const std::size_t count = std::min(size, end_ - at_);
    std::memcpy(into, buffer_ + at_, count);
    at_ += count;
    return static_cast<ssize_t>(count);
  }
  ssize_t write(const char* bytes, std::size_t size) override {
    return Persist([&] { return send(socket_, bytes, size, MSG_NOSIGNAL); });
  }

 private:
  // The socket's own timeouts are those of the connection's first request: they end nothing.
  template <class Call>
  static ssize_t Persist(Call call) {
    for (;;) {
      const ssize_t result = call();
      if (result >= 0 || (errno != EINTR && errno != EAGAIN && errno != EWOULDBLOCK)) return result;
    }
  }

  const int socket_;
  char* const buffer_;
  std::size_t at_ = 0, end_ = 0;
};

}  // namespace

PlainClient::PlainClient(const std::string& host, int port)
    : httplib::ClientImpl(host, port), buffer_(std::make_unique_for_overwrite<char[]>(kBuffer)) {}

bool PlainClient::process_socket(const Socket& socket, std::function<bool(httplib::Stream&)> callback) {
  Stream stream(socket.sock, buffer_.get());
  return callback(stream);
}

}  // namespace forewarn::http

// SPDX-License-Identifier: Apache-2.0
#include "tests/testbed/guest/http.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

#include <chrono>
#include <utility>

namespace forewarn::testbed::guest {

HttpServer::HttpServer(const std::string& address, int port, Handler handler) : handler_(std::move(handler)) {
  listener_ = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  const int yes = 1;
  setsockopt(listener_, SOL_SOCKET, SO_REUSEADDR, &yes, sizeof yes);
  sockaddr_in where{};
  where.sin_family = AF_INET;
  where.sin_port = htons(static_cast<std::uint16_t>(port));
  inet_pton(AF_INET, address.c_str(), &where.sin_addr);
  socklen_t size = sizeof where;
  auto* generic = reinterpret_cast<sockaddr*>(&where);
  if (bind(listener_, generic, size) != 0 || listen(listener_, 64) != 0 || getsockname(listener_, generic, &size) != 0)
    return;
  port_ = ntohs(where.sin_port);
  acceptor_ = std::thread([this] { Accept(); });
}

HttpServer::~HttpServer() {
  stopping_ = true;
  shutdown(listener_, SHUT_RDWR);  // wakes accept()
  if (acceptor_.joinable()) acceptor_.join();
  close(listener_);
  while (conversations_ > 0) std::this_thread::sleep_for(std::chrono::milliseconds(1));
}

void HttpServer::Accept() {
  while (!stopping_) {
    const int connection = accept4(listener_, nullptr, nullptr, SOCK_CLOEXEC);
    if (connection < 0) continue;
    ++conversations_;
    std::thread([this, connection] {
      Converse(connection);
      --conversations_;
    }).detach();
  }
}

void HttpServer::Converse(int connection) {
  const timeval patience{5, 0};
  setsockopt(connection, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
  std::string request;
  char buffer[2048];
  while (request.find("\r\n\r\n") == std::string::npos && request.size() < 16384) {
    const ssize_t got = read(connection, buffer, sizeof buffer);
    if (got <= 0) break;
    request.append(buffer, static_cast<std::size_t>(got));
  }
  const std::size_t start = request.find(' ') + 1;  // "GET TARGET HTTP/1.1"
  const HttpReply reply = handler_(request.substr(start, request.find(' ', start) - start));
  const std::string answer =
      "HTTP/1.1 " + std::to_string(reply.status) +
      " \r\nContent-Type: text/plain; version=0.0.4\r\nContent-Length: " + std::to_string(reply.body.size()) +
      "\r\nConnection: close\r\n\r\n" + reply.body;
  send(connection, answer.data(), answer.size(), MSG_NOSIGNAL);
  close(connection);
}

}  // namespace forewarn::testbed::guest

// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <atomic>
#include <functional>
#include <string>
#include <thread>

namespace forewarn::testbed::guest {

struct HttpReply {
  int status = 200;
  std::string body;
};

// GET only, a thread and a connection for each request: enough for a probe each second, and slow answers don't hold up
// others.
class HttpServer {
 public:
  using Handler = std::function<HttpReply(const std::string& target)>;
  // address: numeric. port 0: a free one.
  HttpServer(const std::string& address, int port, Handler handler);
  ~HttpServer();  // the requests that run finish first
  HttpServer(const HttpServer&) = delete;
  HttpServer& operator=(const HttpServer&) = delete;
  int port() const { return port_; }  // 0: it could not listen

 private:
  void Accept();
  void Converse(int connection);
  Handler handler_;
  int listener_ = -1;
  int port_ = 0;
  std::atomic<bool> stopping_ = false;
  std::atomic<int> conversations_ = 0;
  std::thread acceptor_;
};

}  // namespace forewarn::testbed::guest

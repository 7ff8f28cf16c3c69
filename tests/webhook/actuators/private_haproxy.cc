// SPDX-License-Identifier: Apache-2.0
#include "tests/webhook/actuators/private_haproxy.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <poll.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <chrono>
#include <filesystem>
#include <fstream>

#include "webhook/actuators/line_socket.h"

namespace forewarn::actuators {
namespace {

constexpr const char* kHaproxy = "/usr/sbin/haproxy";

std::string Config(const std::string& directory, int primary, int standby, int stalled) {
  const std::string a = "  server primary 127.0.0.1:" + std::to_string(primary) + " weight 100";
  const std::string b = "  server standby 127.0.0.1:" + std::to_string(standby) + " weight 0";
  const std::string c = "  server stalled 127.0.0.1:" + std::to_string(stalled) + " weight 0 disabled\n";
  const std::string check = " check inter 50ms rise 2 fall 2\n";
  return "global\n  stats socket " + directory + "/admin.sock mode 600 level admin\n  nbthread 1\n" +
         "defaults\n  mode http\n  timeout connect 2s\n  timeout client 5s\n  timeout server 5s\n" +
         "frontend front\n  bind unix@" + directory + "/front.sock\n  default_backend web\n" +
         "backend web\n  option httpchk GET /\n" + a + check + b + check + c + "backend unchecked\n" + a + "\n" + b +
         "\n";
}

}  // namespace

TinyServer::TinyServer(std::string name, int status) : name_(std::move(name)), status_(status) {
  listener_ = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  socklen_t size = sizeof address;
  bind(listener_, reinterpret_cast<sockaddr*>(&address), size);
  listen(listener_, 64);
  getsockname(listener_, reinterpret_cast<sockaddr*>(&address), &size);
  port_ = ntohs(address.sin_port);
  thread_ = std::thread([this] { Serve(); });
}

TinyServer::~TinyServer() {
  stopping_ = true;
  thread_.join();
  close(listener_);
}

void TinyServer::Serve() {
  while (!stopping_) {
    pollfd watched{listener_, POLLIN, 0};
    if (poll(&watched, 1, 20) <= 0) continue;
    const int peer = accept(listener_, nullptr, nullptr);
    const timeval patience{1, 0};
    setsockopt(peer, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
    std::array<char, 4096> request;
    if (recv(peer, request.data(), request.size(), 0) > 0) {
      const std::string answer = "HTTP/1.0 " + std::to_string(status_) +
                                 " x\r\nContent-Length: " + std::to_string(name_.size()) +
                                 "\r\nConnection: close\r\n\r\n" + name_;
      send(peer, answer.data(), answer.size(), MSG_NOSIGNAL);
    }
    close(peer);
  }
}

base::Result<std::unique_ptr<PrivateHaproxy>> PrivateHaproxy::Start() {
  if (access(kHaproxy, X_OK) != 0) return base::Error{base::ErrorCode::kUnavailable, "no haproxy"};
  std::array<char, 32> name{"/tmp/forewarn-haproxy-XXXXXX"};
  if (mkdtemp(name.data()) == nullptr) return base::Error{base::ErrorCode::kUnavailable, "no temporary folder"};
  std::unique_ptr<PrivateHaproxy> haproxy(new PrivateHaproxy(name.data()));
  if (auto launched = haproxy->Launch(); !launched) return launched.error();
  return haproxy;
}

base::Result<void> PrivateHaproxy::Launch() {
  const std::string file = directory_ + "/haproxy.cfg";
  std::ofstream(file) << Config(directory_, primary_.port(), standby_.port(), stalled_.port());
  pid_ = fork();
  if (pid_ == 0) {
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    execl(kHaproxy, kHaproxy, "-db", "-q", "-f", file.c_str(), nullptr);
    _exit(127);
  }
  const auto deadline = base::Deadline::After(std::chrono::seconds(10));
  while (!deadline.Passed()) {
    if (Exchange(address(), "show info\n", deadline)) return {};
    std::this_thread::sleep_for(std::chrono::milliseconds(10));
  }
  return base::Error{base::ErrorCode::kUnavailable, "haproxy is not ready in time"};
}

PrivateHaproxy::~PrivateHaproxy() {
  Kill();
  std::error_code ignored;
  std::filesystem::remove_all(directory_, ignored);
}

std::string PrivateHaproxy::WhoAnswers() const {
  const auto answer = Exchange("unix:" + directory_ + "/front.sock", "GET / HTTP/1.0\r\n\r\n",
                               base::Deadline::After(std::chrono::seconds(10)));
  if (!answer) return answer.error().message;
  const auto body = answer->find("\r\n\r\n");
  return body == std::string::npos ? *answer : answer->substr(body + 4);
}

void PrivateHaproxy::Stop() { kill(pid_, SIGSTOP); }
void PrivateHaproxy::Continue() { kill(pid_, SIGCONT); }

void PrivateHaproxy::Kill() {
  if (pid_ <= 0) return;
  kill(pid_, SIGKILL);
  waitpid(pid_, nullptr, 0);
  pid_ = -1;
}

}  // namespace forewarn::actuators

// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <atomic>
#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

// Plain TCP on loopback, for tests that must send what no library would.
namespace forewarn::fakes {

// One end of a connection. Every read ends after ten seconds at most.
class Socket {
 public:
  explicit Socket(int fd) : fd_(fd) {}
  static Socket Connect(std::uint16_t port);  // to 127.0.0.1; closed() where nobody listens
  ~Socket();
  Socket(Socket&& other) noexcept;
  Socket& operator=(Socket&&) = delete;

  bool Send(std::string_view bytes) const;  // false: the other side has closed
  void FinishSending() const;
  // What comes until the other side closes, `end` has come, or ten seconds have passed.
  std::string ReadUntil(std::string_view end) const;
  std::string ReadAll() const { return ReadUntil({}); }
  bool closed() const { return fd_ < 0; }
  // The other side has closed: waits for it up to ten seconds, dropping what comes.
  bool WaitForClose() const;
  int fd() const { return fd_; }

 private:
  int fd_;
};

// Listens on a free port of 127.0.0.1 and gives each connection, numbered from 0, to a script on a thread of its own.
class ScriptedServer {
 public:
  using Script = std::function<void(const Socket&, int number)>;
  explicit ScriptedServer(Script script);
  ~ScriptedServer();  // scripts must have an end
  ScriptedServer(const ScriptedServer&) = delete;
  ScriptedServer& operator=(const ScriptedServer&) = delete;

  std::uint16_t port() const { return port_; }
  std::string url() const { return "http://127.0.0.1:" + std::to_string(port_); }
  int connections() const { return connections_; }

 private:
  void Accept();

  Script script_;
  int listener_;
  std::uint16_t port_ = 0;
  std::atomic<int> connections_{0};
  std::thread accepting_;
  std::vector<std::thread> scripts_;  // of the accepting thread
};

}  // namespace forewarn::fakes

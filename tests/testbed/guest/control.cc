// SPDX-License-Identifier: Apache-2.0
#include <arpa/inet.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <signal.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <functional>
#include <iterator>
#include <map>
#include <optional>
#include <string>
#include <thread>
#include <vector>

#include "tests/testbed/guest/agent.h"
#include "tests/testbed/guest/command.h"

namespace forewarn::testbed::guest {
namespace {

// The service's own defects.
constexpr const char* kDefects[] = {"leak", "fail", "hang"};

bool IsDefect(const std::string& load) {
  return std::find(std::begin(kDefects), std::end(kDefects), load) != std::end(kDefects);
}

// False: the service does not answer.
bool Tell(const std::string& target) {
  const int connection = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(kServicePort);
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  const std::string request = "GET " + target + " HTTP/1.1\r\n\r\n";
  char answer[16];
  const bool done = connect(connection, reinterpret_cast<sockaddr*>(&address), sizeof address) == 0 &&
                    write(connection, request.data(), request.size()) > 0 &&
                    read(connection, answer, sizeof answer) > 0;
  close(connection);
  return done;
}

// The loads that run, one process each.
class Loads {
 public:
  std::string Obey(const std::string& line) {
    const std::optional<Command> command = ParseCommand(line);
    if (!command) return "error: not understood";
    if (command->verb == "ping") return "ok";
    if (command->verb == "serve") return Restart();
    if (command->verb == "stop") return Stop(command->what);
    return Start(command->verb, command->numbers);
  }

 private:
  std::string Start(const std::string& load, const std::vector<double>& n) {
    if (IsDefect(load))
      return Tell("/" + load + "?" + std::to_string(n[0])) ? "ok" : "error: the service does not answer";
    if (load == "impair") return ImpairNetwork(n[0], n[1]) ? "ok" : "error: the kernel refuses";
    if (load == "hold") return Fork(load, [n] { HoldMemory(n[0]); });
    if (load == "fill") return Fork(load, [n] { FillDisk(n[0]); });
    if (load == "storm") return Fork(load, [n] { Storm(n[0]); });
    if (load == "cpu") return Fork(load, [n] { BurnCpu(n[0]); });
    if (load == "disk") return Fork(load, [n] { LoadDisk(n[0], n[1], n[2]); });
    if (load == "errors") return Fork(load, [n] { PrintErrors(n[0]); });
    return Fork(load, [n] { LoadNetwork(n[0]); });
  }

  std::string Stop(const std::string& what) {
    for (const char* defect : kDefects) {
      if (what.empty() || what == defect) Tell(std::string("/") + defect + "?0");
    }
    if (what.empty() || what == "impair") ImpairNetwork(0, 0);
    for (auto load = running_.begin(); load != running_.end();) {
      const bool ends = what.empty() || load->first == what;
      if (ends) End(load->second);
      load = ends ? running_.erase(load) : std::next(load);
    }
    if (what.empty() || what == "fill") EmptyDisk();
    return "ok";
  }

  // The service, where it was killed.
  static std::string Restart() {
    if (Tell("/healthz")) return "ok";
    if (fork() == 0) _exit(Serve());
    return "ok";
  }

  std::string Fork(const std::string& name, const std::function<void()>& load) {
    if (running_.contains(name)) End(running_[name]);
    const pid_t pid = fork();
    if (pid == 0) {
      load();
      _exit(0);
    }
    running_[name] = pid;
    return "ok";
  }

  static void End(pid_t pid) {
    kill(pid, SIGKILL);
    waitpid(pid, nullptr, 0);
  }

  std::map<std::string, pid_t> running_;
};

}  // namespace

int Control(const std::string& device) {
  const int port = open(device.c_str(), O_RDWR | O_CLOEXEC);  // once: a second open is EBUSY
  if (port < 0) return 1;
  Loads loads;
  std::string text;
  char buffer[256];
  for (;;) {
    const ssize_t got = read(port, buffer, sizeof buffer);
    if (got <= 0) {  // nobody is connected on the host's side
      std::this_thread::sleep_for(std::chrono::milliseconds(20));
      text.clear();
      continue;
    }
    text.append(buffer, static_cast<std::size_t>(got));
    for (std::size_t end = text.find('\n'); end != std::string::npos; end = text.find('\n')) {
      const std::string answer = loads.Obey(text.substr(0, end)) + "\n";
      text.erase(0, end + 1);
      [[maybe_unused]] const ssize_t written = write(port, answer.data(), answer.size());
    }
  }
}

}  // namespace forewarn::testbed::guest

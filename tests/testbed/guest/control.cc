// SPDX-License-Identifier: Apache-2.0
#include <arpa/inet.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <poll.h>
#include <signal.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <functional>
#include <map>
#include <sstream>
#include <string>
#include <thread>
#include <vector>

#include "tests/testbed/guest/agent.h"

namespace forewarn::testbed::guest {
namespace {

using Numbers = std::vector<double>;

bool SetLeak(double mib_per_second) {
  const int connection = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(kServicePort);
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  const std::string request = "GET /leak?" + std::to_string(mib_per_second) + " HTTP/1.1\r\n\r\n";
  char answer[16];
  const bool done = connect(connection, reinterpret_cast<sockaddr*>(&address), sizeof address) == 0 &&
                    write(connection, request.data(), request.size()) > 0 && read(connection, answer, sizeof answer) > 0;
  close(connection);
  return done;
}

// The loads that run, one process each.
class Loads {
 public:
  std::string Obey(const std::string& line) {
    std::istringstream words(line);
    std::string verb;
    words >> verb;
    if (verb == "ping") return "ok";
    if (verb == "stop") {
      words >> verb;
      return StopNamed(verb);
    }
    Numbers numbers;
    for (double number = 0; words >> number;) numbers.push_back(number);
    if (!words.eof()) return "error: not a number";
    return StartNamed(verb, numbers);
  }

 private:
  std::string StartNamed(const std::string& verb, const Numbers& n) {
    if (verb == "leak" && n.size() == 1) return SetLeak(n[0]) ? "ok" : "error: the service does not answer";
    if (verb == "cpu" && n.size() == 1) return Fork(verb, [n] { BurnCpu(n[0]); });
    if (verb == "disk" && n.size() == 3) return Fork(verb, [n] { LoadDisk(n[0], n[1], n[2]); });
    if (verb == "errors" && n.size() == 1) return Fork(verb, [n] { PrintErrors(n[0]); });
    if (verb == "net" && n.size() == 1) return Fork(verb, [n] { LoadNetwork(n[0]); });
    return "error: unknown command";
  }

  std::string StopNamed(const std::string& what) {
    const bool all = what == "stop";  // no second word was there to replace it
    if (all || what == "leak") SetLeak(0);
    if (!all && what != "leak" && !running_.contains(what)) return "error: not running";
    for (auto load = running_.begin(); load != running_.end();) {
      load = all || load->first == what ? (End(load->second), running_.erase(load)) : std::next(load);
    }
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

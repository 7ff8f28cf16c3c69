// SPDX-License-Identifier: Apache-2.0
#include "webhook/actuators/haproxy.h"

#include <algorithm>
#include <charconv>
#include <optional>
#include <sstream>
#include <vector>

#include "webhook/actuators/line_socket.h"

namespace forewarn::actuators {
namespace {

// Bits of srv_admin_state, srv_check_state, and values of srv_op_state and srv_check_result
// (https://docs.haproxy.org/2.6/management.html#9.3-show%20servers%20state).
constexpr int kForcedMaint = 0x01, kForcedDrain = 0x08;
constexpr int kCheckConfigured = 0x02;
constexpr int kStarting = 1, kRunning = 2;
constexpr int kCheckPassed = 3, kCheckConditionallyPassed = 4;

base::Error NotAnAnswer(std::string_view what) {
  return {base::ErrorCode::kInvalid, "not an answer to `show servers state`: " + std::string(what)};
}

bool IsName(std::string_view name) {
  constexpr std::string_view kAllowed = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_.:-";
  return !name.empty() && name.find_first_not_of(kAllowed) == std::string_view::npos;
}

base::Error BadName(std::string_view) { return {base::ErrorCode::kInvalid, "not a name of HAProxy's configuration"}; }

std::vector<std::string> Words(const std::string& line) {
  std::istringstream in(line);
  std::vector<std::string> words;
  for (std::string word; in >> word;) words.push_back(word);
  return words;
}

// One line of the table, by the names of its columns.
class Row {
 public:
  Row(const std::vector<std::string>& columns, const std::vector<std::string>& cells)
      : columns_(columns), cells_(cells) {}

  std::optional<std::string> Text(std::string_view column) const {
    const auto found = std::find(columns_.begin(), columns_.end(), column);
    const auto index = static_cast<std::size_t>(found - columns_.begin());
    if (found == columns_.end() || index >= cells_.size()) return std::nullopt;
    return cells_[index];
  }
  std::optional<int> Number(std::string_view column) const {
    const auto text = Text(column);
    int number = 0;
    if (!text) return std::nullopt;
    const auto [end, error] = std::from_chars(text->data(), text->data() + text->size(), number);
    if (error != std::errc() || end != text->data() + text->size()) return std::nullopt;
    return number;
  }

 private:
  const std::vector<std::string>&columns_, &cells_;
};

std::optional<Server> ToServer(const Row& row) {
  const auto weight = row.Number("srv_uweight"), admin = row.Number("srv_admin_state"),
             operation = row.Number("srv_op_state"), check = row.Number("srv_check_state"),
             result = row.Number("srv_check_result");
  if (!weight || !admin || !operation || !check || !result) return std::nullopt;
  Server server;
  server.weight = *weight;
  if (*admin & kForcedDrain) server.state = ServerState::kDrain;
  if (*admin & kForcedMaint) server.state = ServerState::kMaint;
  const bool passed = *result == kCheckPassed || *result == kCheckConditionallyPassed;
  if (*check & kCheckConfigured) {
    const bool serving = *operation == kRunning || *operation == kStarting;
    server.health = !serving ? Server::Health::kDown : passed ? Server::Health::kUp : Server::Health::kUnknown;
  }
  return server;
}

}  // namespace

const char* Name(ServerState state) {
  switch (state) {
    case ServerState::kReady:
      return "ready";
    case ServerState::kDrain:
      return "drain";
    case ServerState::kMaint:
      return "maint";
  }
  return "ready";
}

base::Result<std::map<std::string, Server>> ParseServersState(std::string_view text) {
  std::istringstream lines{std::string(text)};
  std::string line;
  std::vector<std::string> columns;
  std::map<std::string, Server> servers;
  while (std::getline(lines, line)) {
    const auto words = Words(line);
    if (words.empty()) continue;
    if (words.front() == "#") {
      columns.assign(words.begin() + 1, words.end());
    } else if (columns.empty()) {
      if (words.size() != 1 || words.front() != "1") return NotAnAnswer("version " + line.substr(0, 80));
    } else {
      const Row row(columns, words);
      const auto name = row.Text("srv_name");
      const auto server = ToServer(row);
      if (!name || !server) return NotAnAnswer("a line with too few columns");
      servers[*name] = *server;
    }
  }
  if (columns.empty()) return NotAnAnswer("no header");
  return servers;
}

base::Result<HaproxyRuntime> HaproxyRuntime::Create(const std::string& address) {
  if (auto known = CheckAddress(address); !known) return known.error();
  return HaproxyRuntime(address);
}

// HAProxy answers with the reason where it refuses, and with an empty line where it doesn't.
base::Result<std::string> HaproxyRuntime::Ask(const std::string& command, base::Deadline deadline) const {
  auto answer = Exchange(address_, command + "\n", deadline);
  if (!answer) return base::Error{answer.error().code, "haproxy: " + answer.error().message};
  if (answer->find("Permission denied") != std::string::npos) {
    return base::Error{base::ErrorCode::kUnsupported, "haproxy: the runtime socket needs `level admin`"};
  }
  for (const char* missing : {"No such server", "No such backend", "Can't find backend", "Require 'backend/server'"}) {
    if (answer->find(missing) != std::string::npos) {
      return base::Error{base::ErrorCode::kNotFound, "haproxy: " + std::string(missing)};
    }
  }
  return answer;
}

base::Result<std::map<std::string, Server>> HaproxyRuntime::Servers(std::string_view backend,
                                                                    base::Deadline deadline) const {
  if (!IsName(backend)) return BadName(backend);
  auto answer = Ask("show servers state " + std::string(backend), deadline);
  if (!answer) return answer.error();
  return ParseServersState(*answer);
}

base::Result<void> HaproxyRuntime::Set(std::string_view backend, std::string_view server, const std::string& what,
                                       base::Deadline deadline) const {
  if (!IsName(backend) || !IsName(server)) return BadName(server);
  auto answer = Ask("set server " + std::string(backend) + "/" + std::string(server) + " " + what, deadline);
  if (!answer) return answer.error();
  const auto text = answer->find_first_not_of(" \r\n");
  if (text == std::string::npos) return {};
  const auto end = answer->find_first_of("\r\n", text);
  return base::Error{base::ErrorCode::kUnsupported, "haproxy: " + answer->substr(text, end - text)};
}

base::Result<void> HaproxyRuntime::SetWeight(std::string_view backend, std::string_view server, int weight,
                                             base::Deadline deadline) const {
  return Set(backend, server, "weight " + std::to_string(weight), deadline);
}

base::Result<void> HaproxyRuntime::SetState(std::string_view backend, std::string_view server, ServerState state,
                                            base::Deadline deadline) const {
  return Set(backend, server, std::string("state ") + Name(state), deadline);
}

base::Result<void> HaproxyRuntime::AssumeDown(std::string_view backend, std::string_view server,
                                              base::Deadline deadline) const {
  return Set(backend, server, "health down", deadline);
}

}  // namespace forewarn::actuators

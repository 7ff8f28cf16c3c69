// SPDX-License-Identifier: Apache-2.0
#include "tests/fakes/private_postgres.h"

#include <fcntl.h>
#include <libpq-fe.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <chrono>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <thread>
#include <utility>
#include <vector>

#include "common/base/clock.h"

namespace forewarn::fakes {
namespace {

namespace fs = std::filesystem;
using base::Error;
using base::ErrorCode;
using base::Result;

constexpr const char* kPrograms = "/usr/lib/postgresql/15/bin/";
constexpr auto kReadyTime = std::chrono::seconds(60);
constexpr uid_t kNobody = 65534;

// The server and its tools refuse to run as root.
std::vector<std::string> Unprivileged(const std::string& program, const std::vector<std::string>& arguments) {
  std::vector<std::string> words;
  if (geteuid() == 0) {
    words = {"setpriv", "--reuid=65534", "--regid=65534", "--clear-groups", "--pdeathsig=KILL"};
  }
  for (const std::string word : {"env", "-i", "PATH=/usr/bin:/bin", "LC_ALL=C.UTF-8"}) words.push_back(word);
  words.push_back(kPrograms + program);
  words.insert(words.end(), arguments.begin(), arguments.end());
  return words;
}

pid_t Spawn(const std::vector<std::string>& words, const std::string& log) {
  std::vector<char*> argv;
  for (const std::string& word : words) argv.push_back(const_cast<char*>(word.c_str()));
  argv.push_back(nullptr);
  const pid_t pid = fork();
  if (pid != 0) return pid;
  prctl(PR_SET_PDEATHSIG, SIGKILL);
  const int out = open(log.c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0644);
  dup2(out, 1);
  dup2(out, 2);
  if (chdir("/") != 0) _exit(126);
  execvp(argv[0], argv.data());
  _exit(127);
}

std::string LastLine(const std::string& file) {
  std::ifstream in(file);
  std::string line, last;
  while (std::getline(in, line)) last = line.empty() ? last : line;
  return last;
}

Result<void> RunToEnd(const std::vector<std::string>& words, const std::string& log) {
  int status = 0;
  const pid_t pid = Spawn(words, log);
  if (pid < 0 || waitpid(pid, &status, 0) != pid || status != 0) {
    return Error{ErrorCode::kUnavailable, "postgresql: " + LastLine(log)};
  }
  return {};
}

std::vector<pid_t> ChildrenOf(pid_t parent) {
  std::ifstream in("/proc/" + std::to_string(parent) + "/task/" + std::to_string(parent) + "/children");
  return {std::istream_iterator<pid_t>(in), std::istream_iterator<pid_t>()};
}

bool Stopped(pid_t process) {
  std::ifstream in("/proc/" + std::to_string(process) + "/stat");
  std::string number, name, state;
  return !(in >> number >> name >> state) || state == "T" || state == "Z";
}

// The parent first, so that no child comes while the others are stopped.
void StopAll(pid_t parent) {
  kill(parent, SIGSTOP);
  while (!Stopped(parent)) std::this_thread::sleep_for(std::chrono::milliseconds(1));
  for (const pid_t child : ChildrenOf(parent)) kill(child, SIGSTOP);
}

}  // namespace

Result<std::unique_ptr<PrivatePostgres>> PrivatePostgres::Folder() {
  if (access((std::string(kPrograms) + "postgres").c_str(), X_OK) != 0) {
    return Error{ErrorCode::kUnavailable, "no PostgreSQL 15"};
  }
  std::array<char, 40> name{"/tmp/forewarn-postgres-XXXXXX"};
  if (mkdtemp(name.data()) == nullptr) return Error{ErrorCode::kUnavailable, "no temporary folder"};
  if (geteuid() == 0 && chown(name.data(), kNobody, kNobody) != 0) {
    return Error{ErrorCode::kUnavailable, std::string("cannot give ") + name.data()};
  }
  return std::unique_ptr<PrivatePostgres>(new PrivatePostgres(name.data()));
}

Result<std::unique_ptr<PrivatePostgres>> PrivatePostgres::Start() {
  auto server = Folder();
  if (!server) return server;
  const std::string& directory = (*server)->directory_;
  const auto made = RunToEnd(
      Unprivileged("initdb", {"-D", directory + "/data", "-U", "forewarn", "-A", "trust", "-E", "UTF8", "--no-sync"}),
      directory + "/log");
  if (!made) return made.error();
  if (auto launched = (*server)->Launch(); !launched) return launched.error();
  return server;
}

Result<std::unique_ptr<PrivatePostgres>> PrivatePostgres::Follow(const PrivatePostgres& primary) {
  auto server = Folder();
  if (!server) return server;
  const std::string& directory = (*server)->directory_;
  const auto copied = RunToEnd(Unprivileged("pg_basebackup", {"-D", directory + "/data", "-d", primary.conninfo(), "-R",
                                                              "-X", "stream", "-c", "fast", "--no-sync"}),
                               directory + "/log");
  if (!copied) return copied.error();
  if (auto launched = (*server)->Launch(); !launched) return launched.error();
  return server;
}

PrivatePostgres::~PrivatePostgres() {
  Kill();
  std::error_code ignored;
  fs::remove_all(directory_, ignored);
}

Result<void> PrivatePostgres::Launch() {
  const std::string log = directory_ + "/log";
  std::vector<std::string> arguments{"-D", directory_ + "/data", "-k", directory_, "-h", ""};
  for (const char* setting : {"shared_buffers=16MB", "max_wal_senders=4", "wal_retrieve_retry_interval=200ms",
                              "autovacuum=off", "max_connections=40"}) {
    arguments.insert(arguments.end(), {"-c", setting});
  }
  pid_ = Spawn(Unprivileged("postgres", arguments), log);
  if (pid_ < 0) return Error{ErrorCode::kUnavailable, "cannot fork"};
  const auto deadline = base::Deadline::After(kReadyTime);
  while (!deadline.Passed()) {
    if (waitpid(pid_, nullptr, WNOHANG) == pid_) {
      pid_ = -1;
      return Error{ErrorCode::kUnavailable, "postgresql ended at once: " + LastLine(log)};
    }
    if (PQping((conninfo() + " connect_timeout=2").c_str()) == PQPING_OK) return {};
    std::this_thread::sleep_for(std::chrono::milliseconds(20));
  }
  return Error{ErrorCode::kUnavailable, "postgresql is not ready in time"};
}

Result<std::string> PrivatePostgres::Ask(const std::string& sql) const {
  const std::string login = conninfo() + " connect_timeout=10 options='-c statement_timeout=10s'";
  const std::unique_ptr<PGconn, void (*)(PGconn*)> connection(PQconnectdb(login.c_str()), PQfinish);
  const std::unique_ptr<PGresult, void (*)(PGresult*)> result(PQexec(connection.get(), sql.c_str()), PQclear);
  const auto status = PQresultStatus(result.get());
  if (status != PGRES_TUPLES_OK && status != PGRES_COMMAND_OK) {
    return Error{ErrorCode::kUnavailable, PQerrorMessage(connection.get())};
  }
  return std::string(PQntuples(result.get()) > 0 ? PQgetvalue(result.get(), 0, 0) : "");
}

void PrivatePostgres::Stop() {
  if (pid_ > 0) StopAll(pid_);
}

void PrivatePostgres::Continue() {
  if (pid_ <= 0) return;
  for (const pid_t child : ChildrenOf(pid_)) kill(child, SIGCONT);
  kill(pid_, SIGCONT);
}

void PrivatePostgres::Kill() {
  const pid_t pid = std::exchange(pid_, -1);
  if (pid <= 0) return;
  StopAll(pid);
  for (const pid_t child : ChildrenOf(pid)) kill(child, SIGKILL);
  kill(pid, SIGKILL);
  waitpid(pid, nullptr, 0);
}

Result<void> PrivatePostgres::Restart() { return Launch(); }

}  // namespace forewarn::fakes

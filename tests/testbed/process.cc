// SPDX-License-Identifier: Apache-2.0
#include "tests/testbed/process.h"

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <thread>
#include <utility>

namespace forewarn::testbed {

using base::Error;
using base::ErrorCode;
using base::Result;

namespace {

constexpr std::chrono::milliseconds kPoll{10};

std::vector<char*> Pointers(std::vector<std::string>& strings) {
  std::vector<char*> pointers;
  for (std::string& string : strings) pointers.push_back(string.data());
  pointers.push_back(nullptr);
  return pointers;
}

std::vector<std::string> Environment(const std::map<std::string, std::string>& added) {
  std::vector<std::string> environment;
  for (char** entry = environ; *entry != nullptr; ++entry) {
    const std::string text = *entry;
    if (!added.contains(text.substr(0, text.find('=')))) environment.push_back(text);
  }
  for (const auto& [name, value] : added) environment.push_back(name + "=" + value);
  return environment;
}

// All that the child needs, made before fork(): after it only calls that are safe where other threads held locks.
struct Launch {
  std::vector<std::string> argv, environment;
  std::vector<char*> argv_pointers, environment_pointers;
  int output = -1;
  int failure = -1;  // write end of a pipe: errno of a failed exec, closed by a successful one
  const std::vector<int>* keep = nullptr;
  pid_t parent = 0;
};

[[noreturn]] void RunChild(const Launch& launch) {
  setpgid(0, 0);
  prctl(PR_SET_PDEATHSIG, SIGKILL);
  if (getppid() != launch.parent) _exit(127);  // it died before the line above
  sigset_t none;
  sigemptyset(&none);
  sigprocmask(SIG_SETMASK, &none, nullptr);
  for (const int number : {SIGINT, SIGTERM, SIGHUP, SIGPIPE, SIGCHLD}) signal(number, SIG_DFL);
  const int input = open("/dev/null", O_RDONLY);
  dup2(input, STDIN_FILENO);
  dup2(launch.output, STDOUT_FILENO);
  dup2(launch.output, STDERR_FILENO);
  close_range(3, ~0U, CLOSE_RANGE_CLOEXEC);
  for (const int fd : *launch.keep) fcntl(fd, F_SETFD, 0);
  execvpe(launch.argv_pointers[0], launch.argv_pointers.data(), launch.environment_pointers.data());
  const int error = errno;
  [[maybe_unused]] const ssize_t written = write(launch.failure, &error, sizeof error);
  _exit(127);
}

Result<pid_t> Spawn(const ProcessOptions& options, int output) {
  int failure[2];
  if (pipe2(failure, O_CLOEXEC) != 0)
    return Error{ErrorCode::kUnavailable, std::string("pipe: ") + std::strerror(errno)};
  Launch launch;
  launch.argv = options.argv;
  launch.environment = Environment(options.env);
  launch.argv_pointers = Pointers(launch.argv);
  launch.environment_pointers = Pointers(launch.environment);
  launch.output = output;
  launch.failure = failure[1];
  launch.keep = &options.keep_fds;
  launch.parent = getpid();
  const pid_t pid = fork();
  if (pid == 0) RunChild(launch);
  close(failure[1]);
  int error = pid < 0 ? errno : 0;
  if (pid > 0 && read(failure[0], &error, sizeof error) > 0) waitpid(pid, nullptr, 0);
  close(failure[0]);
  if (error != 0) return Error{ErrorCode::kUnavailable, options.argv.front() + ": " + std::strerror(error)};
  setpgid(pid, pid);  // also here, so that it holds for Signal() whoever runs first
  return pid;
}

int ShellStatus(int status) { return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status); }

// Reads what is there until `until`; false when the other side has closed.
bool ReadSome(int fd, std::chrono::milliseconds wait, std::string& text) {
  pollfd waiting{fd, POLLIN, 0};
  if (poll(&waiting, 1, static_cast<int>(wait.count())) <= 0) return true;
  char buffer[4096];
  const ssize_t got = read(fd, buffer, sizeof buffer);
  if (got > 0) text.append(buffer, static_cast<std::size_t>(got));
  return got > 0;
}

}  // namespace

Result<Process> Process::Start(const ProcessOptions& options) {
  const std::string path = options.log.empty() ? "/dev/null" : options.log;
  const int output = open(path.c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0644);
  if (output < 0) return Error{ErrorCode::kUnavailable, path + ": " + std::strerror(errno)};
  Result<pid_t> pid = Spawn(options, output);
  close(output);
  if (!pid) return pid.error();
  return Process(*pid);
}

Process::Process(Process&& other) noexcept : pid_(std::exchange(other.pid_, -1)), exit_(other.exit_) {}

Process& Process::operator=(Process&& other) noexcept {
  if (this != &other) {
    Stop();
    pid_ = std::exchange(other.pid_, -1);
    exit_ = other.exit_;
  }
  return *this;
}

Process::~Process() { Stop(); }

void Process::Reap(int status) {
  kill(-pid_, SIGKILL);  // what it has left in its group
  exit_ = ShellStatus(status);
  pid_ = -1;
}

bool Process::Running() {
  if (pid_ < 0) return false;
  int status = 0;
  if (waitpid(pid_, &status, WNOHANG) == 0) return true;
  Reap(status);
  return false;
}

void Process::Stop(std::chrono::milliseconds grace) {
  if (!Running()) return;
  kill(-pid_, SIGTERM);
  if (!WaitUntil(grace, [this] { return !Running(); })) Kill();
}

void Process::Kill() {
  if (pid_ < 0) return;
  kill(-pid_, SIGKILL);
  Wait();
}

void Process::Signal(int signal) {
  if (Running()) kill(pid_, signal);
}

int Process::Wait() {
  int status = 0;
  if (pid_ > 0 && waitpid(pid_, &status, 0) == pid_) Reap(status);
  return exit_;
}

Result<std::string> RunCommand(const std::vector<std::string>& argv, std::chrono::milliseconds timeout) {
  int output[2];
  if (pipe2(output, O_CLOEXEC) != 0)
    return Error{ErrorCode::kUnavailable, std::string("pipe: ") + std::strerror(errno)};
  const std::string log = "/proc/self/fd/" + std::to_string(output[1]);
  Result<Process> process = Process::Start({.argv = argv, .log = log});
  close(output[1]);
  std::string text;
  const auto end = std::chrono::steady_clock::now() + timeout;
  bool open = process.ok();
  while (open && std::chrono::steady_clock::now() < end)
    open = ReadSome(output[0], std::chrono::milliseconds(100), text);
  close(output[0]);
  if (!process) return process.error();
  if (open)
    return Error{ErrorCode::kTimeout, argv.front() + ": no end after " + std::to_string(timeout.count()) + " ms"};
  if (process->Wait() == 0) return text;
  const std::string last = text.size() > 400 ? text.substr(text.size() - 400) : text;
  return Error{ErrorCode::kUnavailable, argv.front() + " failed: " + last};
}

bool WaitUntil(std::chrono::milliseconds timeout, const std::function<bool()>& condition) {
  const auto end = std::chrono::steady_clock::now() + timeout;
  while (!condition()) {
    if (std::chrono::steady_clock::now() >= end) return false;
    std::this_thread::sleep_for(kPoll);
  }
  return true;
}

}  // namespace forewarn::testbed

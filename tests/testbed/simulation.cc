// SPDX-License-Identifier: Apache-2.0
#include "tests/testbed/simulation.h"

#include <unistd.h>

#include <atomic>
#include <chrono>
#include <filesystem>
#include <mutex>
#include <thread>
#include <vector>

#include "tests/testbed/guest/http.h"
#include "tests/testbed/libvirt.h"
#include "tests/testbed/model.h"
#include "tests/testbed/process.h"

namespace forewarn::testbed {

using base::Error;
using base::ErrorCode;
using base::Result;

namespace {

using Clock = std::chrono::steady_clock;
constexpr std::chrono::milliseconds kTick{100};
constexpr const char* kDisk = "vda";
constexpr int kNobody = 65534;

// The test driver refuses a rate above the burst rate, unlike QEMU: a burst rate that is out of reach.
std::string DomainXml(const MachineOptions& options) {
  const std::string iotune = "<iotune><total_iops_sec>" + std::to_string(options.iops_limit) +
                             "</total_iops_sec><total_iops_sec_max>1000000</total_iops_sec_max></iotune>";
  return "<domain type='test'><name>" + options.name + "</name><memory unit='MiB'>" +
         std::to_string(options.max_memory_mib) + "</memory><currentMemory unit='MiB'>" +
         std::to_string(options.memory_mib) + "</currentMemory><vcpu>1</vcpu>" +
         "<os><type>hvm</type></os><devices><disk type='file' device='disk'><source file='/nonexistent'/>" +
         "<target dev='" + kDisk + "' bus='virtio'/>" + (options.iops_limit > 0 ? iotune : "") +
         "</disk></devices></domain>";
}

double IopsLimit(virDomain* domain) {
  int count = 0;
  if (virDomainGetBlockIoTune(domain, kDisk, nullptr, &count, 0) != 0) return 0;
  std::vector<virTypedParameter> parameters(static_cast<std::size_t>(count));
  unsigned long long limit = 0;
  if (virDomainGetBlockIoTune(domain, kDisk, parameters.data(), &count, 0) == 0) {
    virTypedParamsGetULLong(parameters.data(), count, VIR_DOMAIN_BLOCK_IOTUNE_TOTAL_IOPS_SEC, &limit);
  }
  return static_cast<double>(limit);
}

// A model, and the domain whose settings it obeys.
class SimulatedMachine : public Machine {
 public:
  SimulatedMachine(MachineOptions options, Domain domain)
      : options_(std::move(options)),
        domain_(std::move(domain)),
        model_(static_cast<unsigned>(options_.number)),
        server_("127.0.0.1", 0, [this](const std::string& target) { return Answer(target); }) {}

  const MachineOptions& options() const override { return options_; }
  Endpoints endpoints() const override {
    const std::string address = "127.0.0.1:" + std::to_string(server_.port());
    return {address, address};
  }
  Result<void> WaitReady(std::chrono::seconds) override {
    if (server_.port() == 0) return Error{ErrorCode::kUnavailable, options_.name + " cannot listen"};
    return {};
  }
  Result<std::string> Command(const std::string& line) override {
    const auto command = guest::ParseCommand(line);
    if (!command) return Error{ErrorCode::kInvalid, line + ": not understood"};
    const std::lock_guard lock(mutex_);
    if (!runs_) return Error{ErrorCode::kUnavailable, options_.name + " does not run"};
    model_.Obey(*command);
    return std::string("ok");
  }

  // Reads the settings and lets `seconds` pass under them. One that was off starts anew.
  void Advance(double seconds) {
    virDomainInfo info{};
    if (virDomainGetInfo(domain_.get(), &info) != 0) return;
    const ModelSettings settings{IopsLimit(domain_.get()), static_cast<double>(info.memory) / 1024};
    const std::lock_guard lock(mutex_);
    runs_ = info.state == VIR_DOMAIN_RUNNING;
    if (info.state == VIR_DOMAIN_SHUTOFF) model_ = Model(static_cast<unsigned>(options_.number));
    if (runs_) model_.Advance(settings, seconds);
  }

 private:
  guest::HttpReply Answer(const std::string& target) {
    std::unique_lock lock(mutex_);
    if (!runs_) return {503, ""};
    if (target == "/metrics") return {200, model_.Metrics()};
    if (target != "/work" && target != "/healthz") return {404, ""};
    if (!model_.ServiceRuns()) return {503, ""};
    const std::chrono::duration<double> takes(target == "/work" ? model_.ServiceSeconds() : 0);
    lock.unlock();
    std::this_thread::sleep_for(takes);
    return {200, "ok\n"};
  }

  const MachineOptions options_;
  const Domain domain_;
  std::mutex mutex_;
  bool runs_ = false;
  Model model_;
  guest::HttpServer server_;  // last: it answers with all the above
};

class TestDriverSimulation : public Simulation {
 public:
  TestDriverSimulation(Process daemon, std::string uri, Connection connection)
      : daemon_(std::move(daemon)),
        uri_(std::move(uri)),
        connection_(std::move(connection)),
        ticker_([this] { Tick(); }) {}
  ~TestDriverSimulation() override {
    stopping_ = true;
    ticker_.join();
  }

  const std::string& uri() const override { return uri_; }

  Result<Machine*> Add(const MachineOptions& options) override {
    Domain domain(virDomainDefineXML(connection_.get(), DomainXml(options).c_str()));
    if (!domain) return LastError(options.name);
    const bool starts = options.start != MachineOptions::Start::kDefined;
    if (starts && virDomainCreate(domain.get()) != 0) return LastError(options.name);
    if (options.start == MachineOptions::Start::kPaused && virDomainSuspend(domain.get()) != 0)
      return LastError(options.name);
    auto machine = std::make_unique<SimulatedMachine>(options, std::move(domain));
    machine->Advance(0);
    const std::lock_guard lock(mutex_);
    machines_.push_back(std::move(machine));
    return static_cast<Machine*>(machines_.back().get());
  }

 private:
  void Tick() {
    for (auto last = Clock::now(); !stopping_; std::this_thread::sleep_for(kTick)) {
      const auto now = Clock::now();
      const std::lock_guard lock(mutex_);
      for (const auto& machine : machines_) machine->Advance(std::chrono::duration<double>(now - last).count());
      last = now;
    }
  }

  Process daemon_;
  const std::string uri_;
  const Connection connection_;  // the test driver's state lives as long as some connection does
  std::mutex mutex_;
  std::vector<std::unique_ptr<SimulatedMachine>> machines_;
  std::atomic<bool> stopping_ = false;
  std::thread ticker_;
};

// A daemon started by root would use the machine's own folders.
std::vector<std::string> DaemonCommand(const std::string& dir) {
  std::vector<std::string> command = {"libvirtd", "-f", "/dev/null", "-p", dir + "/pid"};
  if (geteuid() != 0) return command;
  const std::string nobody = std::to_string(kNobody);
  command.insert(command.begin(),
                 {"setpriv", "--reuid", nobody, "--regid", nobody, "--clear-groups", "--pdeathsig", "KILL"});
  return command;
}

}  // namespace

std::optional<std::string> Simulation::WhyNot() {
  for (const char* program :
       {"libvirtd", "prometheus", "prometheus-alertmanager", "prometheus-blackbox-exporter", "haproxy"}) {
    if (!RunCommand({"sh", "-c", std::string("PATH=$PATH:/usr/sbin command -v ") + program}))
      return std::string("no ") + program;
  }
  return std::nullopt;
}

Result<std::unique_ptr<Simulation>> Simulation::Start(Bed& bed) {
  const std::string dir = bed.dir() + "/libvirt";
  std::error_code failed;
  std::filesystem::create_directories(dir, failed);
  if (geteuid() == 0 && chown(dir.c_str(), kNobody, kNobody) != 0)
    return Error{ErrorCode::kUnavailable, dir + ": chown"};
  ProcessOptions options{.argv = DaemonCommand(dir), .log = bed.dir() + "/libvirtd.log"};
  for (const char* name : {"HOME", "XDG_RUNTIME_DIR", "XDG_CONFIG_HOME", "XDG_CACHE_HOME", "XDG_DATA_HOME"})
    options.env[name] = dir;
  Result<Process> daemon = Process::Start(options);
  if (!daemon) return daemon.error();
  const std::string uri = "test+unix:///default?socket=" + dir + "/libvirt/libvirt-sock";
  WaitUntil(std::chrono::seconds(40), [&] { return !daemon->Running() || Connect(uri).ok(); });
  Result<Connection> connection = Connect(uri);
  if (!connection) return connection.error();
  if (const auto given = FindDomain(*connection, "test"); given.ok()) {  // the driver begins with one
    virDomainDestroy(given->get());
    virDomainUndefine(given->get());
  }
  return std::unique_ptr<Simulation>(new TestDriverSimulation(std::move(*daemon), uri, std::move(*connection)));
}

}  // namespace forewarn::testbed

// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <vector>

// The place where everything of a test bed lives and dies: namespaces of its own (processes, mounts, network, host name,
// cgroups), with /run, and so every socket, log, disk and database of the bed, in memory. When the bed's first process
// dies the kernel kills and unmounts all of it; what outlives it, empty cgroups, the supervisor removes.
namespace forewarn::testbed {

struct BedOptions {
  // Services that shall be reachable from outside, by name: each gets a free port on the loopback of the caller's network.
  std::vector<std::string> publish;
};

// As seen by what runs inside. Ports and paths inside are fixed, since nothing else is there.
class Bed {
 public:
  static constexpr const char* kRunDir = "/run/forewarn";  // in memory; gone with the bed
  struct Door {
    int fd = -1;             // bound, not listening yet: HAProxy is given it (Stack)
    std::uint16_t port = 0;  // on 127.0.0.1 outside
  };
  const std::map<std::string, Door>& doors() const { return doors_; }
  std::string OutsideUrl(const std::string& name) const;  // "http://127.0.0.1:PORT"; empty where it is not published

 private:
  friend int RunInBed(const BedOptions& options, const std::function<int(Bed&)>& body);
  std::map<std::string, Door> doors_;
};

// nullopt where this machine and user can have a bed with real guests; else why not, for a person.
std::optional<std::string> WhyNoBed();

// Runs `body` as a process inside a new bed, supervised by the caller, which must be single-threaded still. Returns its exit
// status once nothing of the bed is left. SIGINT, SIGTERM and SIGHUP to the caller: `body` gets SIGTERM, has two seconds
// to restore the terminal, then all is killed, and the status is 128 + the signal.
int RunInBed(const BedOptions& options, const std::function<int(Bed&)>& body);

}  // namespace forewarn::testbed

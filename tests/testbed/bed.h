// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <vector>

// The place where everything of a test bed lives and dies.
namespace forewarn::testbed {

struct BedOptions {
  enum class Kind {
    // Namespaces of its own (processes, mounts, network, host name, cgroups), with /run, and so every socket, log, disk
    // and database
    // of the bed, in memory. When its first process dies the kernel kills and unmounts all of it; what outlives that,
    // empty
    // cgroups, the supervisor removes. Needs root.
    kNamespaces,
    // A private folder below /tmp, free ports of the loopback, and a process group. For Simulation, by any user.
    kPlain,
  };
  Kind kind = Kind::kNamespaces;
  // Services that shall be reachable from outside, by name: each gets a free port on the loopback of the caller's
  // network.
  std::vector<std::string> publish = {};
};

// As seen by what runs inside.
class Bed {
 public:
  static constexpr const char* kRunDir = "/run/forewarn";  // of one with namespaces: in memory
  struct Door {
    int fd = -1;             // bound, not listening yet: HAProxy is given it (Stack)
    std::uint16_t port = 0;  // on 127.0.0.1 outside
  };

  BedOptions::Kind kind() const { return kind_; }
  const std::string& dir() const { return dir_; }  // gone with the bed
  const std::map<std::string, Door>& doors() const { return doors_; }
  // Where the service of that name listens (127.0.0.1): the same at each call; with namespaces a fixed one, since
  // nothing else is there. prometheus, alertmanager, exporter, webhook, haproxy (statistics), or any other name.
  int Port(const std::string& name);
  std::string Url(const std::string& name) { return "http://127.0.0.1:" + std::to_string(Port(name)); }  // inside
  std::string OutsideUrl(const std::string& name);  // for the user's browser; empty where it is not published

 private:
  friend int RunInBed(const BedOptions& options, const std::function<int(Bed&)>& body);
  BedOptions::Kind kind_ = BedOptions::Kind::kNamespaces;
  std::string dir_;
  std::map<std::string, Door> doors_;
  std::map<std::string, int> ports_;
};

// nullopt where this machine and user can have a bed with real guests; else why not, for a person.
std::optional<std::string> WhyNoBed();

// Runs `body` as a process inside a new bed, supervised by the caller, which must be single-threaded still. Returns its
// exit status once nothing of the bed is left. SIGINT, SIGTERM and SIGHUP to the caller: `body` gets SIGTERM, has two
// seconds to restore the terminal, then all is killed, and the status is 128 + the signal. A second one kills at once.
int RunInBed(const BedOptions& options, const std::function<int(Bed&)>& body);

}  // namespace forewarn::testbed

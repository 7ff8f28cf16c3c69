// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <iterator>

#include "tests/architecture/check.h"

namespace forewarn::architecture {
namespace {

// Laws that stand above the table in CMakeLists.txt: they hold for what is reached over other rooms, too.
struct Never {
  const char* who;
  const char* whom;
};
constexpr Never kNever[] = {
    {"common", "predictor"},
    {"common", "exporter"},
    {"common", "webhook"},
    {"common", "cli"},
    {"predictor", "common/log"},
    {"predictor", "common/http"},
    {"predictor", "common/html"},
    {"predictor", "common/promql"},
    {"predictor", "common/metrics"},
    {"predictor", "exporter"},
    {"predictor", "webhook"},
    {"predictor", "cli"},
    {"exporter", "webhook"},
    {"exporter", "cli"},
    {"webhook", "exporter"},
    {"webhook", "predictor"},
    {"webhook", "cli"},
    {"cli", "webhook"},
    {"webhook/actuators", "webhook/guard"},
};

// Rooms that only these may name.
struct OnlyUsers {
  const char* room;
  std::set<std::string> users;
};
const OnlyUsers kOnlyUsers[] = {{"webhook/hypervisor", {"webhook/actuators", "webhook", "webhook/reverter"}}};

// Which package a header belongs to; a room may include it if CMakeLists.txt gives it the package.
struct Header {
  const char* prefix;
  const char* package;
  const char* only_in;  // the one room, or nullptr
};
constexpr Header kHeaders[] = {
    {"yaml-cpp/", "yaml-cpp", "common/config"},
    {"spdlog/", "spdlog::spdlog", "common/log"},
    {"fmt/", "spdlog::spdlog", "common/log"},
    {"simdjson", "simdjson::simdjson", nullptr},
    {"httplib.h", "PkgConfig::httplib", "common/http"},
    {"boost/beast", "Boost::headers", "common/http"},
    {"boost/asio", "Boost::headers", "common/http"},
    {"boost/", "Boost::headers", nullptr},
    {"openssl/", "OpenSSL::SSL", "common/http"},
    {"zlib.h", "ZLIB::ZLIB", "common/http"},
    {"crypt.h", "crypt", "common/http"},
    {"libvirt/", "PkgConfig::libvirt", "webhook/hypervisor"},
    {"systemd/", "PkgConfig::systemd", "common/service"},
    {"sqlite3.h", "SQLite::SQLite3", "webhook/journal"},
    {"libpq-fe.h", "PostgreSQL::PostgreSQL", nullptr},
    {"Eigen/", "Eigen3::Eigen", nullptr},
    {"nlohmann/", "nlohmann_json", nullptr},
    {"re2/", "PkgConfig::re2", nullptr},
    {"CLI/", "CLI11", nullptr},
    {"prometheus/", "prometheus-cpp::core", nullptr},
};
// Rooms whose interface is made of a package's types hand it on to those who use them.
constexpr Never kHandsOn[] = {{"common/metrics", "prometheus-cpp::core"}};

bool IsOurs(const std::string& path) {
  const std::string top = path.substr(0, path.find('/'));
  return path.find('/') != std::string::npos && (top == "common" || top == "predictor" || top == "exporter" ||
                                                 top == "webhook" || top == "cli" || top == "tests");
}

bool HasPackage(const House& house, const Room& room, const std::string& package) {
  const auto visible = house.Visible(room);
  return room.packages.contains(package) || std::any_of(std::begin(kHandsOn), std::end(kHandsOn), [&](const Never& on) {
           return package == on.whom && visible.contains(on.who);
         });
}

void CheckPackage(const House& house, const Room& room, const Source& source, const Include& include, Report& report) {
  const auto* header = std::find_if(std::begin(kHeaders), std::end(kHeaders),
                                    [&](const Header& known) { return include.path.starts_with(known.prefix); });
  if (header == std::end(kHeaders)) {
    return;  // the standard library, or the system's
  }
  if (header->only_in != nullptr && room.folder != header->only_in) {
    report.Add(source, include.line, "<" + include.path + "> belongs into " + header->only_in + " only");
  } else if (!HasPackage(house, room, header->package)) {
    report.Add(source, include.line, "<" + include.path + ">: " + room.folder + " has no " + header->package);
  }
}

}  // namespace

void CheckTable(const House& house, Report& report) {
  std::set<std::string> above;
  const auto add = [&](const Room& room, const std::string& what) {
    report.violations.push_back("CMakeLists.txt:1: " + room.folder + ": " + what);
  };
  for (const Room& room : house.rooms()) {
    for (const std::string& used : room.uses) {
      if (!above.contains(used)) {
        add(room, "uses " + used + ", which is not declared above it");
      }
      for (const OnlyUsers& only : kOnlyUsers) {
        if (used == only.room && !only.users.contains(room.folder)) {
          add(room, "may not use " + used);
        }
      }
    }
    for (const std::string& reached : house.Reachable(room)) {
      for (const Never& never : kNever) {
        if (IsWithin(room.folder, never.who) && IsWithin(reached, never.whom)) {
          add(room, "may never see " + reached);
        }
      }
    }
    above.insert(room.folder);
  }
}

void CheckIncludes(const House& house, const Source& source, Report& report) {
  const Room* room = house.Find(source.folder);
  if (room == nullptr) {
    return report.Add(source, 1, "the folder is no room of CMakeLists.txt");
  }
  const auto visible = house.Visible(*room);
  for (const Include& include : source.includes) {
    if (include.path.empty() || include.path.find("..") != std::string::npos ||
        (include.quoted && !IsOurs(include.path))) {
      report.Add(source, include.line, "includes are written from the root of the tree, or as <system>");
    } else if (!IsOurs(include.path)) {
      CheckPackage(house, *room, source, include, report);
    } else if (const std::string other = include.path.substr(0, include.path.rfind('/'));
               other != room->folder && !visible.contains(other)) {
      report.Add(source, include.line, room->folder + " may not see " + other);
    }
  }
}

}  // namespace forewarn::architecture

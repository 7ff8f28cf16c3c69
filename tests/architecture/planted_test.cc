// SPDX-License-Identifier: Apache-2.0
// The check is worth something only if it fails: each rule is broken once, in a small tree with the real table of
// rooms.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <stdlib.h>

#include <fstream>

#include "tests/architecture/check.h"

namespace forewarn::architecture {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

constexpr char kLicense[] = "// SPDX-License-Identifier: Apache-2.0\n";

class Planted : public ::testing::Test {
 protected:
  Planted() {
    std::string name = ::testing::TempDir() + "forewarn-planted-XXXXXX";
    root_ = ::mkdtemp(name.data());
    std::filesystem::copy_file(std::string(FOREWARN_SOURCE_DIR) + "/CMakeLists.txt", root_ / "CMakeLists.txt");
    const House house(root_ / "CMakeLists.txt");
    for (const Room& room : house.rooms()) {
      Write(room.folder + "/README.md", "# " + room.folder + "\n");
      Write(room.folder + "/good.h", std::string(kLicense) + "#pragma once\n#include <string>\n");
    }
  }
  ~Planted() override { std::filesystem::remove_all(root_); }

  void Write(const std::string& path, const std::string& text) const {
    std::filesystem::create_directories((root_ / path).parent_path());
    std::ofstream(root_ / path) << text;
  }
  // What the check says once a file with this text stands in the tree.
  std::vector<std::string> With(const std::string& path, const std::string& text) const {
    Write(path, kLicense + text);
    const auto violations = Check(root_).violations;
    std::filesystem::remove(root_ / path);
    return violations;
  }
  void AppendToTable(const std::string& line) const {
    std::ofstream(root_ / "CMakeLists.txt", std::ios::app) << line << "\n";
  }
  std::filesystem::path root_;
};

TEST_F(Planted, NothingIsWrongWithoutAPlant) {
  const Report report = Check(root_);
  EXPECT_THAT(report.violations, IsEmpty());
  EXPECT_EQ(report.files, House(root_ / "CMakeLists.txt").rooms().size());
}

TEST_F(Planted, ARoomSeesOnlyWhatTheTableGivesIt) {
  const std::pair<const char*, const char*> cases[] = {
      {"webhook/actuators", "webhook/guard"},
      {"exporter/publish", "webhook/journal"},
      {"webhook/engine", "exporter/signals"},
      {"webhook/guard", "webhook/hypervisor"},
      {"webhook/plan", "webhook/guard"},
      {"predictor/telemetry", "predictor/detectors"},
      {"predictor/confidence", "common/log"},
      {"common/config", "common/http"},
      {"common/http", "predictor"},
      {"cli", "webhook/api"},
      {"webhook", "predictor"},
      {"common/base", "tests/fakes"},
  };
  for (const auto& [who, whom] : cases) {
    const std::string bad = std::string(who) + "/bad.cc";
    const std::string path = std::string(whom) + "/good.h";
    EXPECT_THAT(With(bad, "#include \"" + path + "\"\n"),
                ElementsAre(bad + ":2: " + who + " may not see " + std::string(whom)));
    EXPECT_THAT(With(bad, "\n  #  include <" + path + ">\n"), ElementsAre(HasSubstr(bad + ":3: "))) << "angle brackets";
  }
}

TEST_F(Planted, WhatTheTableGivesIsAllowed) {
  EXPECT_THAT(With("common/http/x.cc",
                   "#include \"common/http/good.h\"\n#include \"common/config/good.h\"\n"
                   "#include <boost/beast/http.hpp>\n#include <httplib.h>\n"),
              IsEmpty());
  EXPECT_THAT(With("webhook/main.cc", "#include \"webhook/guard/good.h\"\n#include \"common/log/good.h\"\n"),
              IsEmpty());
  EXPECT_THAT(With("webhook/engine/x.cc", "#include <prometheus/counter.h>\n"),
              IsEmpty());  // handed on by common/metrics
}

TEST_F(Planted, ALibraryStaysInItsRoom) {
  const std::pair<const char*, const char*> cases[] = {
      {"webhook/actuators", "libvirt/libvirt.h"},  {"webhook/plan", "yaml-cpp/yaml.h"},
      {"exporter/signals", "simdjson.h"},          {"common/http", "spdlog/spdlog.h"},
      {"exporter/publish", "httplib.h"},           {"webhook/api", "boost/beast/http.hpp"},
      {"webhook/hypervisor", "boost/asio.hpp"},    {"webhook/engine", "sqlite3.h"},
      {"webhook/reverter", "systemd/sd-daemon.h"}, {"predictor/knowledge", "Eigen/Dense"},
      {"common/config", "nlohmann/json.hpp"},      {"webhook/alerts", "re2/re2.h"},
      {"exporter/signals", "prometheus/gauge.h"},
  };
  for (const auto& [room, header] : cases) {
    const std::string bad = std::string(room) + "/bad.h";
    EXPECT_THAT(With(bad, "#include <" + std::string(header) + ">\n"),
                ElementsAre(HasSubstr(bad + ":2: <" + header + ">")));
  }
}

TEST_F(Planted, ThePredictorIsPure) {
  for (const char* header : {"sys/socket.h", "netinet/in.h", "fstream", "filesystem", "cstdio", "thread", "mutex",
                             "future", "ctime", "iostream", "unistd.h"}) {
    EXPECT_THAT(With("predictor/detectors/bad.cc", "#include <" + std::string(header) + ">\n"),
                ElementsAre(HasSubstr("bad.cc:2: <" + std::string(header) + ">: the predictor knows nothing of")));
  }
  for (const char* code : {"auto t = std::chrono::system_clock::now();", "base::SystemClock().Now();",
                           "auto d = base::Deadline::After(x);", "std::cerr << 1;", "config::Document::Load(path);"}) {
    EXPECT_THAT(With("predictor/bad.cc", code), ElementsAre(HasSubstr("predictor/bad.cc:2: "))) << code;
  }
  EXPECT_THAT(With("predictor/good.cc", "#include <chrono>\n#include <atomic>\n// never asks SystemClock()\n"),
              IsEmpty());
}

TEST_F(Planted, CommonKnowsNothingOfTheDaemons) {
  for (const char* line : {"// an alert came", "struct FaultName {};", "int domain_count = 0;", "f(\"mitigation\");",
                           "enum { kAlertsMax };", "// Alertmanager", "// FAULTS"}) {
    EXPECT_THAT(With("common/http/bad.h", line), ElementsAre(HasSubstr("does not belong into common/"))) << line;
  }
  EXPECT_THAT(With("common/http/good.cc", "// by default; main; segfault\n"), IsEmpty());
  EXPECT_THAT(With("webhook/plan/good.cc", "// an alert of a fault\n"), IsEmpty());
}

TEST_F(Planted, FilesAreShortLicensedAndReadFromTheRoot) {
  const std::string lines(349, '\n');
  EXPECT_THAT(With("cli/good.cc", lines), IsEmpty());
  EXPECT_THAT(With("cli/bad.cc", lines + "\n"), ElementsAre("cli/bad.cc:351: longer than 350 lines"));
  EXPECT_THAT(With("tests/cli/bad.cc", lines + "\n"), ElementsAre("tests/cli/bad.cc:351: longer than 350 lines"));
  for (const char* include : {"\"good.h\"", "\"../cli/good.h\"", "\"common/../webhook/good.h\"", "MACRO"}) {
    EXPECT_THAT(With("cli/bad.cc", std::string("#include ") + include + "\n"),
                ElementsAre(HasSubstr("includes are written from the root")))
        << include;
  }
  Write("cli/bad.h", "#pragma once\n" + std::string(kLicense));
  EXPECT_THAT(Check(root_).violations, ElementsAre(HasSubstr("cli/bad.h:1: the first line must be")));
}

TEST_F(Planted, EveryFolderIsARoomWithAReadme) {
  EXPECT_THAT(With("webhook/cellar/x.h", ""),
              ElementsAre("webhook/cellar/x.h:1: the folder is no room of CMakeLists.txt",
                          "webhook/cellar/README.md:1: every room has a README.md"));
  Write("common/log/README.md", std::string(41, '\n'));
  EXPECT_THAT(Check(root_).violations, ElementsAre("common/log/README.md:41: longer than 40 lines"));
  std::filesystem::remove(root_ / "common/log/README.md");
  EXPECT_THAT(Check(root_).violations, ElementsAre("common/log/README.md:1: every room has a README.md"));
}

TEST_F(Planted, TheTableItselfKeepsTheLaws) {
  AppendToTable("forewarn_room(webhook/late USES common/base webhook/later)");
  AppendToTable("forewarn_room(webhook/later USES common/base)");
  AppendToTable("forewarn_room(predictor/loud USES common/log)");
  AppendToTable("forewarn_room(exporter/acting USES webhook/plan)");
  AppendToTable("forewarn_room(webhook/short USES webhook/hypervisor)");
  AppendToTable("# forewarn_room(common/base USES webhook/guard)");
  const auto violations = Check(root_).violations;
  EXPECT_THAT(violations, ::testing::Contains(
                              "CMakeLists.txt:1: webhook/late: uses webhook/later, which is not declared above it"));
  EXPECT_THAT(violations, ::testing::Contains("CMakeLists.txt:1: predictor/loud: may never see common/log"));
  EXPECT_THAT(violations, ::testing::Contains("CMakeLists.txt:1: exporter/acting: may never see webhook/actuators"));
  EXPECT_THAT(violations, ::testing::Contains("CMakeLists.txt:1: webhook/short: may not use webhook/hypervisor"));
  EXPECT_THAT(violations, ::testing::Not(::testing::Contains(HasSubstr("common/base:"))));
}

TEST_F(Planted, GuardBehindAnActuatorsBackIsSeen) {
  std::filesystem::remove(root_ / "CMakeLists.txt");
  AppendToTable(
      "forewarn_room(webhook/guard)\nforewarn_room(webhook/helper USES webhook/guard)\n"
      "forewarn_room(webhook/actuators USES\n  webhook/helper)  # harmless?");
  EXPECT_THAT(Check(root_).violations,
              ::testing::Contains("CMakeLists.txt:1: webhook/actuators: may never see webhook/guard"));
}

}  // namespace
}  // namespace forewarn::architecture

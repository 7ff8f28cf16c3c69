// SPDX-License-Identifier: Apache-2.0
#include <prometheus/gauge.h>
#include <sys/utsname.h>

#include "common/metrics/metrics.h"

// FOREWARN_BRANCH and FOREWARN_REVISION: cmake/revision.cmake.
namespace forewarn::metrics {
namespace {

#ifdef __clang__
constexpr char kCompiler[] = "clang " __clang_version__;
#else
constexpr char kCompiler[] = "gcc " __VERSION__;
#endif

std::string Platform() {
  utsname machine{};
  return ::uname(&machine) == 0 ? std::string("linux/") + machine.machine : "linux";
}

}  // namespace

void RegisterBuildInfo(prometheus::Registry& registry, std::string_view name) {
  prometheus::BuildGauge()
      .Name(std::string(name) + "_build_info")
      .Help("Always 1; what this program was built from.")
      .Register(registry)
      .Add({{"version", FOREWARN_VERSION}, {"revision", FOREWARN_REVISION}, {"compiler", kCompiler}})
      .Set(1);
}

std::string VersionText(std::string_view program) {
  return std::string(program) +
         ", version " FOREWARN_VERSION " (branch: " FOREWARN_BRANCH ", revision: " FOREWARN_REVISION
         ")\n  compiler:         " +
         kCompiler + "\n  platform:         " + Platform();
}

}  // namespace forewarn::metrics

// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <gtest/gtest.h>

#include <filesystem>
#include <string>
#include <vector>

#include "tests/cli/backtest/files.h"
#include "tests/testbed/process.h"

namespace forewarn::cli {

// The real binary, and a directory for its files.
class CliTest : public testing::Test {
 protected:
  std::string Write(const std::string& name, const std::string& text) { return files_.Write(name, text); }

  // The exit code; what was said is in output_.
  int Call(std::vector<std::string> arguments) {
    std::filesystem::remove(files_.Path("log"));
    arguments.insert(arguments.begin(), FOREWARN_CLI);
    auto process = testbed::Process::Start({.argv = std::move(arguments), .log = files_.Path("log")});
    if (!process) return -1;
    const int code = process->Wait();
    output_ = files_.Read("log");
    return code;
  }

  backtest::Files files_;
  std::string output_;
};

}  // namespace forewarn::cli

// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <random>
#include <string>
#include <vector>

#include "common/base/result.h"
#include "tests/exporter/bench.h"

namespace forewarn::saves {

// A state file as it stands on disk.
struct State {
  double time = 0;  // s since the epoch, the samples': until then it has learned
  std::size_t bytes = 0;
};
// nullopt: there is none. An error: it is neither whole nor absent.
base::Result<std::optional<State>> ReadState(const std::string& file);

// The exporter, with a folder for its state that it saves each second.
class Victim {
 public:
  Victim(const exporter::TemporaryDirectory& directory, const std::string& source);

  // SIGKILL comes at the n-th of such a system call (of strace's names) in that folder, or from outside (empty).
  base::Result<void> Start(const std::string& system_call = "", int nth = 0);
  // Until it has saved; what is on disk then.
  base::Result<State> WaitForSave();
  // At a random moment of a save to come, or between two.
  void KillAtRandom(std::mt19937_64& random);
  base::Result<void> WaitForItsEnd();
  // Whether it goes on from the state on disk.
  base::Result<void> Restored();
  std::string StateFile() const { return directory_.Path("state/forewarn.state"); }
  bool CutOff() const;  // whether there is a part of a save

 private:
  const exporter::TemporaryDirectory& directory_;
  std::optional<testbed::Process> process_;
};

}  // namespace forewarn::saves

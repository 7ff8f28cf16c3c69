// SPDX-License-Identifier: Apache-2.0
#include "tests/campaigns/state/campaign.h"

#include <random>

#include "tests/campaigns/state/source.h"
#include "tests/campaigns/state/victim.h"

namespace forewarn::saves {
namespace {

using base::Error;
using base::ErrorCode;
using base::Result;

constexpr int kInstances = 500;

// The system calls of one save that nothing else in the exporter makes: the file is synced, renamed, its folder synced.
// Each start makes several saves.
struct Moment {
  const char* system_call;
  int nth;
};
constexpr Moment kMoments[] = {{"fsync", 1},    {"renameat", 1}, {"fsync", 2},   {"fsync", 3},
                               {"renameat", 2}, {"fsync", 4},    {"renameat", 3}};

class Campaign {
 public:
  explicit Campaign(const Options& options) : random_(options.seed) {
    figures_.strace = testbed::RunCommand({"strace", "-o", "/dev/null", "true"}).ok();
  }

  const Figures& figures() const { return figures_; }

  Result<void> Begin() {
    if (auto started = victim_.Start(); !started) return started;
    auto saved = victim_.WaitForSave();
    if (!saved) return saved.error();
    figures_.bytes = saved->bytes;
    victim_.KillAtRandom(random_);
    return victim_.WaitForItsEnd();
  }

  Result<void> Kill() {
    const auto before = ReadState(victim_.StateFile());
    if (!before) return before.error();
    if (auto killed = StartAndKill(); !killed) return killed;
    ++figures_.kills;
    figures_.cut_off += victim_.CutOff() ? 1 : 0;
    const auto after = ReadState(victim_.StateFile());
    if (!after) return after.error();
    if (!*after || (*after)->time < (*before)->time) return Error{ErrorCode::kInvalid, "the old state is gone"};
    ++((*after)->time > (*before)->time ? figures_.new_state : figures_.old_state);
    figures_.bytes = (*after)->bytes;
    return {};
  }

  // The last kill has to be survived, too.
  Result<void> End() {
    if (auto started = victim_.Start(); !started) return started;
    return victim_.Restored();
  }

 private:
  // Each start is also the proof that the kill before left a state to go on from.
  Result<void> StartAndKill() {
    const bool at_call = figures_.strace && figures_.kills % 2 == 1;
    const Moment moment = kMoments[static_cast<std::size_t>(figures_.kills / 2) % std::size(kMoments)];
    ++figures_.at[at_call ? moment.system_call : "random"];
    auto started = at_call ? victim_.Start(moment.system_call, moment.nth) : victim_.Start();
    if (!started) return started;
    if (auto restored = victim_.Restored(); !restored) return restored;
    if (!at_call) victim_.KillAtRandom(random_);
    return victim_.WaitForItsEnd();
  }

  std::mt19937_64 random_;
  Figures figures_;
  exporter::TemporaryDirectory directory_;
  Source source_{kInstances};
  Victim victim_{directory_, source_.url()};
};

}  // namespace

Result<Figures> Run(const Options& options, const std::function<void(const Figures&)>& progress) {
  Campaign campaign(options);
  if (auto begun = campaign.Begin(); !begun) return begun.error();
  for (int i = 0; i < options.n; ++i) {
    if (auto killed = campaign.Kill(); !killed) {
      return Error{killed.error().code, "kill " + std::to_string(i + 1) + ": " + killed.error().message};
    }
    progress(campaign.figures());
  }
  if (auto ended = campaign.End(); !ended) return ended.error();
  return campaign.figures();
}

}  // namespace forewarn::saves

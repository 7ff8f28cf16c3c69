// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <mutex>
#include <string_view>
#include <vector>

#include "webhook/engine/pipe.h"
#include "webhook/engine/scheduler.h"

namespace forewarn::engine {

// Receives notifications and carries every open episode through the pipe, one at a time per domain. Thread-safe.
class Engine {
 public:
  // Takes up first what the journal says is open: finished or undone, never begun twice. Error: the journal's.
  static base::Result<std::unique_ptr<Engine>> Start(Parts parts, Rules rules);

  // Parse ▸ Deduplicate. When it returns a value all intents are durable. kInvalid: can never be accepted;
  // kUnavailable: try again later.
  base::Result<void> Submit(std::string_view body);

  void Reload(Rules rules);             // for what begins from now on, and for the next piece of work of what is open
  void Hurry() { scheduler_.Hurry(); }  // looks at everything now: the kill switch has changed
  std::shared_ptr<const Rules> rules() const;
  const Parts& parts() const { return parts_; }

 private:
  Engine(Parts parts, Rules rules);
  void TakeUp(std::vector<journal::Episode> episodes);
  void Schedule(journal::Episode episode);

  const Parts parts_;
  mutable std::mutex mutex_;
  std::shared_ptr<const Rules> rules_;
  Scheduler scheduler_;  // last: its threads end before what they use
};

}  // namespace forewarn::engine

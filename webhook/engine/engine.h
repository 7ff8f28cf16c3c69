// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <map>
#include <memory>
#include <mutex>
#include <string_view>
#include <vector>

#include "webhook/engine/course.h"
#include "webhook/engine/scheduler.h"

namespace forewarn::engine {

// Receives notifications and carries every open episode through the pipe, one at a time per domain. Thread-safe.
class Engine {
 public:
  // Takes up first what the journal says is open: finished or undone, never begun twice. Error: the journal's.
  static base::Result<std::unique_ptr<Engine>> Start(Parts parts, Rules rules);

  ~Engine();

  // Parse ▸ Deduplicate. When it returns a value all intents are durable. kInvalid: can never be accepted;
  // kUnavailable: try again later.
  base::Result<void> Submit(std::string_view body);

  // Leaves a person's wish with an open episode; whichever process holds it acts on it within a second. kNotFound: no
  // such open episode.
  base::Result<void> Ask(std::int64_t episode, journal::Wish wish, const std::string& by);
  // What a person asks for takes the same way as an alert's, past the same rails. The same request_id gives the same
  // episode. kConflict: another episode about the same fault, for the same purpose, is open.
  struct Asked {
    std::string domain, fault, by, request_id;
    std::string purpose = std::string(alerts::kMitigate);
    std::string experiment = {};  // its template's name; empty: the one for that fault
  };
  base::Result<journal::Episode> Request(const Asked& asked);
  // What would be done now, and who would say no. Touches nothing.
  Preview Look(const Asked& asked);

  void Reload(Rules rules);             // for what begins from now on, and for the next piece of work of what is open
  void Hurry() { scheduler_.Hurry(); }  // looks at everything now: the kill switch has changed
  std::shared_ptr<const Rules> rules() const;
  const Parts& parts() const { return parts_; }

 private:
  Engine(Parts parts, Rules rules);
  void Expect(const Rules& rules);
  void TakeUp(std::vector<journal::Episode> episodes);
  void Schedule(journal::Episode episode);
  void Resume(std::vector<journal::Episode> episodes);  // of another process, or an older one of ours
  base::Duration Sweep();                               // claims, and people's wishes
  void Heed(const journal::Episode& wished);
  std::unique_ptr<Course> CourseOf(const journal::Episode& episode) const;
  base::Duration WatchKillSwitch();

  const Parts parts_;
  mutable std::mutex mutex_;
  std::shared_ptr<const Rules> rules_;
  std::map<std::int64_t, std::shared_ptr<journal::Episode>> open_;  // what this process holds, by id
  bool engaged_ = false;                                            // the kill switch, when it was last looked at
  Scheduler scheduler_;                                             // last: its threads end before what they use
};

}  // namespace forewarn::engine

// SPDX-License-Identifier: Apache-2.0
#include "tests/campaigns/undo/ground.h"

#include "tests/campaigns/stops/configuration.h"

namespace forewarn::undo {

using base::Result;
using Driver = crash::Subjects::Driver;

Result<std::unique_ptr<Ground>> Ground::Make(Driver driver) {
  auto ground = std::make_unique<Ground>();
  auto uri = ground->StartLibvirtd(driver);
  if (!uri) return uri.error();
  ground->subjects_.emplace(driver, *uri);
  if (auto added = ground->subjects_->Add(stops::kTarget); !added) return added.error();
  ground->telemetry_.emplace(*ground->subjects_);
  ground->telemetry_->ScrapeBy([] { return true; });
  if (auto started = ground->StartReverter(); !started) return started.error();
  return ground;
}

Result<std::string> Ground::StartLibvirtd(Driver driver) {
  if (driver == Driver::kQemu) {
    if (auto started = service_.Start(); !started) return started.error();
    return service_.uri();
  }
  auto started = fakes::PrivateLibvirtd::Start(fakes::PrivateLibvirtd::Driver::kTest);
  if (!started) return started.error();
  libvirtd_ = std::move(*started);
  return libvirtd_->uri();
}

// As a service, but for its grace: it has to keep what is promised of the TTL.
Result<void> Ground::StartReverter() {
  const std::string config = folder_.Write(
      "webhook.yaml", stops::Configuration({folder_.path(), telemetry_->url(), subjects_->uri()}, "ttl: 3s"));
  auto started = testbed::Process::Start({.argv = {FOREWARN_REVERTER, "--config.file=" + config, "--grace=500ms",
                                                   "--interval=200ms", "--web.listen-address=127.0.0.1:0"},
                                          .log = folder_.File("log")});
  if (!started) return started.error();
  reverter_.emplace(std::move(*started));
  return {};
}

// What libvirtd's end interrupts is simply done again.
Result<crash::View> Ground::Reset() {
  Result<void> done;
  testbed::WaitUntil(std::chrono::seconds(40), [&] { return (done = subjects_->Reset(stops::kTarget)).ok(); });
  if (!done) return done.error();
  return subjects_->Look(stops::kTarget);
}

}  // namespace forewarn::undo

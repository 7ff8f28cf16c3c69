// SPDX-License-Identifier: Apache-2.0
#include "tests/campaigns/disk/trial.h"

#include <libvirt/libvirt.h>
#include <sys/mount.h>

#include <filesystem>
#include <fstream>
#include <set>

#include "common/base/clock.h"
#include "tests/campaigns/disk/webhook.h"
#include "tests/fakes/private_libvirtd.h"
#include "webhook/hypervisor/handles.h"
#include "webhook/journal/journal.h"

namespace forewarn::disk {
namespace {

namespace fs = std::filesystem;
using base::Error;
using base::ErrorCode;
using base::Result;

constexpr std::chrono::seconds kPatience{60};

Error Broken(const std::string& what) { return {ErrorCode::kInternal, what}; }

// Only the calls on the journal's files count, and only they fail.
std::vector<std::string> Injecting(const std::string& journal, Fault fault, int number) {
  if (fault == Fault::kFull) return {};
  const std::string when = ":when=" + std::to_string(number) + (fault <= Fault::kSyncErrorOnce ? "" : "+");
  std::string rule;
  switch (fault) {
    case Fault::kNoSpaceOnce:
    case Fault::kNoSpace:
      rule = "pwrite64,write,ftruncate,fallocate:error=ENOSPC";
      break;
    case Fault::kSyncErrorOnce:
      rule = "fsync,fdatasync:error=EIO";
      break;
    case Fault::kErrors:
      rule = "pwrite64,write,ftruncate,fsync,fdatasync:error=EIO";
      break;
    default:
      rule = "pwrite64,write,ftruncate:error=EROFS";
  }
  std::vector<std::string> words{"strace", "-D", "-f", "-qq", "-o", "/dev/null"};
  for (const char* suffix : {"", "-wal"}) words.insert(words.end(), {"-P", journal + suffix});
  words.insert(words.end(), {"-e", "inject=" + rule + when});
  return words;
}

class Trial {
 public:
  Trial(std::string directory, Fault fault, int number)
      : directory_(std::move(directory)), fault_(fault), number_(number), webhook_(directory_) {}
  ~Trial() {
    webhook_.Kill();
    umount((directory_ + "/journal").c_str());
  }

  Result<Outcome> Run() {
    if (auto prepared = Prepare(); !prepared) return prepared.error();
    if (!webhook_.Start()) return Broken("no start on a sound disk: " + webhook_.Log());
    webhook_.Stop();
    outcome_.started = webhook_.Start(Injecting(webhook_.journal(), fault_, number_));
    if (outcome_.started) {
      if (auto lived = Live(); !lived) return lived.error();
    } else if (webhook_.Running() || webhook_.Log().find("the journal") == std::string::npos) {
      return Broken("neither started nor ended for its journal's sake: " + webhook_.Log());
    }
    webhook_.Kill();
    Heal();
    if (auto recorded = Compare(); !recorded) return recorded.error();
    if (auto recovered = Recover(); !recovered) return recovered.error();
    return outcome_;
  }

 private:
  Result<void> Prepare() {
    const std::string folder = directory_ + "/journal";
    fs::create_directory(folder);
    if (mount("tmpfs", folder.c_str(), "tmpfs", 0, "size=16m") != 0) return Error{ErrorCode::kUnavailable, "no mount"};
    auto daemon = fakes::PrivateLibvirtd::Start(fakes::PrivateLibvirtd::Driver::kTest);
    if (!daemon) return daemon.error();
    daemon_ = std::move(*daemon);
    connect_.reset(virConnectOpen(daemon_->uri().c_str()));
    domain_.reset(virDomainLookupByName(connect_.get(), "test"));
    original_ = Memory();
    if (original_ == 0) return Error{ErrorCode::kUnavailable, "no domain"};
    webhook_.Configure(telemetry_.url(), daemon_->uri());
    return {};
  }

  // The domain's setting, in KiB.
  unsigned long Memory() const {
    virDomainInfo info{};
    return domain_ && virDomainGetInfo(domain_.get(), &info) == 0 ? info.memory : 0;
  }

  void Fill() const {
    std::ofstream filler(directory_ + "/journal/filler", std::ios::binary);
    const std::string block(4096, 'x');
    while (filler.write(block.data(), static_cast<std::streamsize>(block.size())).flush()) {
    }
  }
  void Heal() const { fs::remove(directory_ + "/journal/filler"); }

  // An answer of 200 promises that the episode is on disk.
  int Post(const std::string& domain) {
    const int status = webhook_.Post(domain);
    revived_ = revived_ || (status == 200 && outcome_.refused > 0);
    if (status == 200) promised_.insert(domain);
    if (status == 503) ++outcome_.refused;
    return status;
  }

  // The course of a mitigation, with more alerts at each of its points.
  Result<void> Live() {
    if (fault_ == Fault::kFull && number_ % 4 == 0) Fill();
    Post("test");
    outcome_.acted = testbed::WaitUntil(std::chrono::seconds(3), [&] { return Memory() != original_; });
    if (fault_ == Fault::kFull && number_ % 4 == 1) Fill();
    telemetry_.symptom = 0.1;
    for (int i = 0; i < 40; ++i) {
      const int status = Post("other-" + std::to_string(i));
      if (status != 200 && status != 503) return Broken("an alert was answered " + std::to_string(status));
      if (fault_ == Fault::kFull && number_ % 4 > 1 && i == number_ % 16) Fill();
    }
    outcome_.died = outcome_.refused > 0;
    outcome_.undone_dead = outcome_.died && Memory() != original_;
    if (outcome_.died) {
      if (auto told = TellsOfDeath(); !told) return told;
    }
    const bool undone = testbed::WaitUntil(kPatience, [&] { return Memory() == original_; });
    if (!undone) return Broken("what was set is not undone");
    return {};
  }

  // It is up, says that its journal is not, and does not trust a file again that has failed once.
  Result<void> TellsOfDeath() {
    if (revived_) return Broken("an alert was taken by a journal that had failed");
    if (webhook_.Get("/-/healthy").status != 200) return Broken("health does not go on");
    const http::ClientResponse metrics = webhook_.Get("/metrics");
    if (metrics.body.find("\nforewarn_journal_up 0\n") == std::string::npos) return Broken("the metrics don't say it");
    return {};
  }

  // What is set has a record, and what was promised is there.
  Result<void> Compare() {
    auto store = journal::OpenSqlite(webhook_.journal());
    if (!store) return promised_.empty() ? Result<void>() : Broken("lost: " + store.error().message);
    auto found = (*store)->Find({});
    if (!found) return Broken("unreadable: " + found.error().message);
    bool recorded = false;
    for (const journal::Episode& episode : *found) {
      promised_.erase(episode.domain);
      for (const journal::Change& change : episode.changes) recorded = recorded || change.intended.has_value();
    }
    if (!promised_.empty()) return Broken("answered 200 and not in the journal: " + *promised_.begin());
    if (outcome_.acted && !recorded) return Broken("an effect without a record");
    return {};
  }

  Result<void> Recover() {
    if (!webhook_.Start()) return Broken("no restart: " + webhook_.Log());
    if (webhook_.Post("afterwards") != 200) return Broken("no alert is taken after the restart");
    if (!testbed::WaitUntil(kPatience, [&] { return Memory() == original_; }))
      return Broken("not as it was at the end");
    return {};
  }

  const std::string directory_;
  const Fault fault_;
  const int number_;
  Telemetry telemetry_;
  std::unique_ptr<fakes::PrivateLibvirtd> daemon_;
  hypervisor::ConnectHandle connect_;
  hypervisor::DomainHandle domain_;
  Webhook webhook_;
  unsigned long original_ = 0;
  std::set<std::string> promised_;
  bool revived_ = false;
  Outcome outcome_;
};

}  // namespace

Result<Outcome> RunTrial(const std::string& directory, Fault fault, int number) {
  return Trial(directory, fault, number).Run();
}

}  // namespace forewarn::disk

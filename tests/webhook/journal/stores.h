// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <gtest/gtest.h>

#include <memory>
#include <string>

#include "tests/fakes/private_postgres.h"
#include "tests/fakes/temp_dir.h"
#include "webhook/journal/shared.h"

namespace forewarn::journal {

inline const base::WallTime kNow = base::FromSeconds(1'700'000'000);

inline alerts::Alert AlertFor(const std::string& domain, alerts::Status status = alerts::Status::kFiring,
                              base::Duration later = {}) {
  alerts::Alert alert;
  alert.status = status;
  alert.domain = domain;
  alert.fault = "DiskContention";
  alert.purpose = alerts::kMitigate;
  alert.severity = "warning";
  alert.fingerprint = "32e6a1df50e93ff7";
  alert.starts_at = kNow + std::chrono::duration_cast<base::WallTime::duration>(later);
  return alert;
}

// One server for all tests of a process, which empties it for each.
inline base::Result<fakes::PrivatePostgres*> Server() {
  static auto server = fakes::PrivatePostgres::Start();
  if (!server) return server.error();
  const auto emptied = (*server)->Ask("DROP SCHEMA public CASCADE; CREATE SCHEMA public");
  if (!emptied) return emptied.error();
  return server->get();
}

inline Admission AdmitOne(Store& store, const alerts::Alert& alert) {
  auto admitted = store.Admit({alert}, kNow);
  EXPECT_TRUE(admitted) << admitted.error().message;
  return admitted ? admitted->at(0) : Admission{};
}

template <class T>
bool Fences(const base::Result<T>& result) {
  return !result && result.error().code == base::ErrorCode::kConflict && result.error().message.starts_with(kFenced);
}

}  // namespace forewarn::journal

// SPDX-License-Identifier: Apache-2.0
#include "webhook/journal/sql_store.h"

namespace forewarn::journal {
namespace {

// What begins with a dollar stands for what the dialect has. An alert's intent is one row and one index: each page that
// a commit touches is written and synced before the alert is answered.
constexpr std::string_view kTables = R"(
CREATE TABLE episodes(
  id $ID,
  domain TEXT NOT NULL, uuid TEXT NOT NULL, hypervisor TEXT NOT NULL,
  fault TEXT NOT NULL, purpose TEXT NOT NULL, severity_level TEXT NOT NULL,
  fingerprint TEXT NOT NULL, starts_at $INTEGER NOT NULL, alerted $INTEGER NOT NULL,
  prediction TEXT NOT NULL,
  epoch $INTEGER NOT NULL, state TEXT NOT NULL, approval TEXT NOT NULL, decided_by TEXT NOT NULL,
  control $INTEGER NOT NULL, step $INTEGER NOT NULL, baseline $REAL, deadline $INTEGER, expiry $INTEGER,
  renewals $INTEGER NOT NULL, outcome TEXT NOT NULL, reason TEXT NOT NULL, closed $INTEGER,
  experiment TEXT NOT NULL,
  wish TEXT NOT NULL DEFAULT '', wished_by TEXT NOT NULL DEFAULT ''$HOLDER)$STRICT;
CREATE UNIQUE INDEX one_open_per_domain ON episodes(domain, fault, purpose) WHERE closed IS NULL;
CREATE UNIQUE INDEX one_open_per_uuid ON episodes(uuid, fault, purpose) WHERE closed IS NULL AND uuid <> '';
CREATE INDEX episodes_closed ON episodes(closed) WHERE closed IS NOT NULL;
CREATE INDEX episodes_requested ON episodes(fingerprint)
  WHERE substr(fingerprint, 1, 8) = 'request:';
CREATE TABLE changes(
  episode $INTEGER NOT NULL REFERENCES episodes(id), position $INTEGER NOT NULL, step $INTEGER NOT NULL,
  actuator TEXT NOT NULL, domain TEXT NOT NULL, uuid TEXT NOT NULL, hypervisor TEXT NOT NULL,
  from_setting TEXT NOT NULL, to_setting TEXT NOT NULL,
  outcome TEXT NOT NULL, reason TEXT NOT NULL,
  intended $INTEGER, applied $INTEGER, verified $INTEGER, reverted $INTEGER, lasting $INTEGER NOT NULL,
  injection $INTEGER NOT NULL,
  PRIMARY KEY(episode, position))$KEYED;
CREATE INDEX changes_uuid ON changes(uuid);
CREATE INDEX changes_intended ON changes(intended);
CREATE TABLE resolutions(
  fingerprint TEXT PRIMARY KEY, starts_at $INTEGER NOT NULL)$KEYED;
)";

void Replace(std::string& text, const std::string& name, const char* by) {
  for (auto at = text.find(name); at != std::string::npos; at = text.find(name, at)) text.replace(at, name.size(), by);
}

}  // namespace

std::string Tables(const Dialect& dialect) {
  std::string tables(kTables);
  Replace(tables, "$ID", dialect.id);
  Replace(tables, "$INTEGER", dialect.integer);
  Replace(tables, "$REAL", dialect.real);
  Replace(tables, "$STRICT", dialect.strict);
  Replace(tables, "$KEYED", dialect.keyed);
  Replace(tables, "$HOLDER", dialect.of_holder);
  return tables;
}

}  // namespace forewarn::journal

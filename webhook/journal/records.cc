// SPDX-License-Identifier: Apache-2.0
#include "webhook/journal/records.h"

#include <nlohmann/json.hpp>

namespace forewarn::journal {
namespace {

using Json = nlohmann::json;

// The columns after the id, in the order in which they are bound and read.
constexpr const char* kColumns =
    "domain, uuid, hypervisor, fault, purpose, severity_level, fingerprint, starts_at, alerted, prediction, epoch, "
    "state, approval, decided_by, control, step, baseline, deadline, expiry, renewals, outcome, reason, closed, "
    "experiment";
constexpr const char* kChangeColumns =
    "step, actuator, domain, uuid, hypervisor, from_setting, to_setting, outcome, reason, intended, applied, verified, "
    "reverted, lasting, injection";
constexpr int kFirstOfChange = 27;  // behind the id, the columns of an episode, and its wish

std::string ToText(const std::optional<Prediction>& prediction) {
  if (!prediction) return "";
  Json json{{"confidence", prediction->confidence},
            {"severity", prediction->severity},
            {"threshold", prediction->threshold},
            {"teaches", prediction->teaches},
            {"sampled", base::ToSeconds(prediction->sampled)},
            {"evidence", prediction->evidence}};
  if (prediction->expected) json["expected"] = base::ToSeconds(*prediction->expected);
  return json.dump();
}

double Number(const Json& object, const char* key, double otherwise) {
  auto found = object.find(key);
  return found != object.end() && found->is_number() ? found->get<double>() : otherwise;
}

std::optional<Prediction> PredictionOf(const std::string& text) {
  const Json json = Json::parse(text, nullptr, /*allow_exceptions=*/false);
  if (!json.is_object()) return std::nullopt;
  Prediction prediction;
  prediction.confidence = Number(json, "confidence", 0);
  prediction.severity = Number(json, "severity", 0);
  prediction.threshold = Number(json, "threshold", 1);
  prediction.teaches = json.value("teaches", false);
  prediction.sampled = base::FromSeconds(Number(json, "sampled", 0));
  if (json.contains("expected")) prediction.expected = base::FromSeconds(Number(json, "expected", 0));
  if (auto evidence = json.find("evidence"); evidence != json.end()) {
    for (const auto& [signal, score] : evidence->items()) {
      if (score.is_number()) prediction.evidence[signal] = score.get<double>();
    }
  }
  return prediction;
}

Outcome OutcomeOf(const std::string& name) {
  for (const Outcome outcome : kOutcomes) {
    if (name == Name(outcome)) return outcome;
  }
  return Outcome::kNone;
}

// A state we don't know was written by something else: only undoing is safe then.
State StateOf(const std::string& name) {
  for (const State state : {State::kIntent, State::kPlanned, State::kWaiting, State::kRecorded, State::kApplied,
                            State::kHeld, State::kClosed}) {
    if (name == Name(state)) return state;
  }
  return State::kReverting;
}

// One that we don't know is no consent.
Approval ApprovalOf(const std::string& name) {
  for (const Approval approval : {Approval::kNotNeeded, Approval::kWaiting, Approval::kGranted}) {
    if (name == Name(approval)) return approval;
  }
  return Approval::kRefused;
}

Wish WishOf(const std::string& name) {
  for (const Wish wish : {Wish::kApprove, Wish::kRefuse, Wish::kRevert}) {
    if (name == Name(wish)) return wish;
  }
  return Wish::kNone;
}

Statement& BindEpisode(Statement& statement, const Episode& e) {
  return statement.Bind(e.domain)
      .Bind(e.uuid)
      .Bind(e.hypervisor)
      .Bind(e.fault)
      .Bind(e.purpose)
      .Bind(e.severity_level)
      .Bind(e.fingerprint)
      .Bind(std::optional(e.starts_at))
      .Bind(std::optional(e.alerted))
      .Bind(ToText(e.prediction))
      .Bind(e.epoch)
      .Bind(Name(e.state))
      .Bind(Name(e.approval))
      .Bind(e.decided_by)
      .Bind(std::int64_t{e.control})
      .Bind(std::int64_t{e.step})
      .Bind(e.baseline)
      .Bind(e.deadline)
      .Bind(e.expiry)
      .Bind(std::int64_t{e.renewals})
      .Bind(Name(e.outcome))
      .Bind(e.reason)
      .Bind(e.closed)
      .Bind(e.experiment ? ToText(*e.experiment) : "");
}

Episode ReadEpisode(const Statement& row) {
  Episode e;
  int column = 0;
  e.id = row.Integer(column++);
  for (std::string* text :
       {&e.domain, &e.uuid, &e.hypervisor, &e.fault, &e.purpose, &e.severity_level, &e.fingerprint}) {
    *text = row.Text(column++);
  }
  e.starts_at = row.Time(column++).value_or(base::WallTime{});
  e.alerted = row.Time(column++).value_or(base::WallTime{});
  e.prediction = PredictionOf(row.Text(column++));
  e.epoch = row.Integer(column++);
  e.state = StateOf(row.Text(column++));
  e.approval = ApprovalOf(row.Text(column++));
  e.decided_by = row.Text(column++);
  e.control = row.Integer(column++) != 0;
  e.step = static_cast<int>(row.Integer(column++));
  e.baseline = row.Number(column++);
  e.deadline = row.Time(column++);
  e.expiry = row.Time(column++);
  e.renewals = static_cast<int>(row.Integer(column++));
  e.outcome = OutcomeOf(row.Text(column++));
  e.reason = row.Text(column++);
  e.closed = row.Time(column++);
  if (auto experiment = ExperimentFromText(row.Text(column++))) e.experiment = std::move(*experiment);
  e.wish = WishOf(row.Text(column++));
  e.wished_by = row.Text(column++);
  return e;
}

Statement& BindChange(Statement& statement, const Change& change) {
  return statement.Bind(std::int64_t{change.step})
      .Bind(change.actuator)
      .Bind(change.subject.domain)
      .Bind(change.subject.uuid)
      .Bind(change.subject.hypervisor)
      .Bind(change.from)
      .Bind(change.to)
      .Bind(Name(change.outcome))
      .Bind(change.reason)
      .Bind(change.intended)
      .Bind(change.applied)
      .Bind(change.verified)
      .Bind(change.reverted)
      .Bind(std::int64_t{change.lasting})
      .Bind(std::int64_t{change.injection});
}

// From the column on that is the change's first.
Change ReadChange(const Statement& row, int column) {
  Change change;
  change.step = static_cast<int>(row.Integer(column++));
  for (std::string* text : {&change.actuator, &change.subject.domain, &change.subject.uuid, &change.subject.hypervisor,
                            &change.from, &change.to}) {
    *text = row.Text(column++);
  }
  change.outcome = OutcomeOf(row.Text(column++));
  change.reason = row.Text(column++);
  for (OptionalTime* time : {&change.intended, &change.applied, &change.verified, &change.reverted}) {
    *time = row.Time(column++);
  }
  change.lasting = row.Integer(column++) != 0;
  change.injection = row.Integer(column) != 0;
  return change;
}

std::string Places(const char* columns) {
  std::string places = "?";
  for (const char* c = columns; *c != 0; ++c) {
    if (*c == ',') places += ",?";
  }
  return places;
}

std::string EpisodesOf(const Filter& filter) {
  std::string sql = std::string("SELECT id, ") + kColumns + ", wish, wished_by FROM episodes WHERE true";
  if (!filter.domain.empty()) sql += " AND domain = ?";
  if (!filter.fault.empty()) sql += " AND fault = ?";
  if (!filter.purpose.empty()) sql += " AND purpose = ?";
  if (filter.outcome != Outcome::kNone) sql += " AND outcome = ?";
  if (filter.uuid) sql += " AND uuid = ?";
  if (filter.id) sql += " AND id = ?";
  if (filter.before) sql += " AND id < ?";
  // Of requests there is an index, where the query says that it is about one.
  if (filter.fingerprint.starts_with(kRequested)) sql += " AND substr(fingerprint, 1, 8) = 'request:'";
  if (!filter.fingerprint.empty()) sql += " AND fingerprint = ?";
  if (!filter.changed.empty()) {
    sql += " AND EXISTS(SELECT 1 FROM changes WHERE changes.episode = episodes.id AND changes.uuid = ?)";
  }
  if (filter.in_force) {
    sql +=
        " AND closed IS NULL AND EXISTS(SELECT 1 FROM changes WHERE changes.episode = episodes.id AND intended IS NOT "
        "NULL AND reverted IS NULL AND lasting = 0 AND changes.outcome <> 'refused')";
  }
  if (filter.wished) sql += " AND wish <> ''";
  if (filter.open) sql += *filter.open ? " AND closed IS NULL" : " AND closed IS NOT NULL";
  if (filter.alerted_since) sql += " AND alerted >= ?";
  if (filter.closed_since) sql += " AND closed >= ?";
  if (filter.acted_since) sql += " AND id IN (SELECT episode FROM changes WHERE intended >= ?)";
  return sql + " ORDER BY id DESC LIMIT ?";
}

void BindFilter(Statement& rows, const Filter& filter) {
  for (const std::string* text : {&filter.domain, &filter.fault, &filter.purpose}) {
    if (!text->empty()) rows.Bind(*text);
  }
  if (filter.outcome != Outcome::kNone) rows.Bind(Name(filter.outcome));
  if (filter.uuid) rows.Bind(*filter.uuid);
  if (filter.id) rows.Bind(*filter.id);
  if (filter.before) rows.Bind(*filter.before);
  for (const std::string* text : {&filter.fingerprint, &filter.changed}) {
    if (!text->empty()) rows.Bind(*text);
  }
  for (const OptionalTime& time : {filter.alerted_since, filter.closed_since, filter.acted_since}) {
    if (time) rows.Bind(time);
  }
  rows.Bind(static_cast<std::int64_t>(filter.limit));
}

}  // namespace

Episode EpisodeOf(const alerts::Alert& alert, base::WallTime now) {
  Episode episode;
  episode.domain = alert.domain;
  episode.fault = alert.fault;
  episode.purpose = alert.purpose;
  episode.severity_level = alert.severity;
  episode.fingerprint = alert.fingerprint;
  episode.starts_at = alert.starts_at;
  episode.alerted = now;
  return episode;
}

base::Result<void> InsertEpisode(Database& database, Episode& episode) {
  static const std::string sql =
      std::string("INSERT INTO episodes(") + kColumns + ") VALUES(" + Places(kColumns) + ") RETURNING id";
  auto insert = database.Prepare(sql);
  auto row = BindEpisode(*insert, episode).Step();
  if (!row) return row.error();
  episode.id = insert->Integer(0);
  auto done = insert->Run();
  return done ? base::Result<void>() : done.error();
}

base::Result<bool> UpdateEpisode(Database& database, const Episode& episode) {
  static const std::string sql = std::string("UPDATE episodes SET (") + kColumns + ") = (" + Places(kColumns) +
                                 ") WHERE id = ? AND epoch = ? RETURNING id";
  auto update = database.Prepare(sql);
  return BindEpisode(*update, episode).Bind(episode.id).Bind(episode.epoch).Run();
}

base::Result<void> PutChanges(Database& database, const Episode& episode) {
  auto forget = database.Prepare("DELETE FROM changes WHERE episode = ?");
  if (auto forgotten = forget->Bind(episode.id).Run(); !forgotten) return forgotten.error();
  std::int64_t position = 0;
  for (const Change& change : episode.changes) {
    auto put = database.Prepare(std::string("INSERT INTO changes(episode, position, ") + kChangeColumns +
                                ") VALUES(?,?," + Places(kChangeColumns) + ")");
    BindChange(put->Bind(episode.id).Bind(position++), change);
    if (auto done = put->Run(); !done) return done.error();
  }
  return {};
}

// Episodes and their changes in one statement: what two would see may differ.
base::Result<std::vector<Episode>> FindEpisodes(Database& database, const Filter& filter) {
  auto rows =
      database.Prepare("SELECT e.*, c.* FROM (" + EpisodesOf(filter) + ") AS e LEFT JOIN (SELECT episode, position, " +
                       kChangeColumns + " FROM changes) AS c ON c.episode = e.id ORDER BY e.id DESC, c.position");
  BindFilter(*rows, filter);
  std::vector<Episode> found;
  for (;;) {
    auto row = rows->Step();
    if (!row) return row.error();
    if (!*row) return found;
    if (found.empty() || found.back().id != rows->Integer(0)) found.push_back(ReadEpisode(*rows));
    if (!rows->Null(kFirstOfChange)) found.back().changes.push_back(ReadChange(*rows, kFirstOfChange + 2));
  }
}

}  // namespace forewarn::journal

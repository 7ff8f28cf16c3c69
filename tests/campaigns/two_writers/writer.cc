// SPDX-License-Identifier: Apache-2.0
#include "tests/campaigns/two_writers/writer.h"

#include <libpq-fe.h>

#include <chrono>
#include <cstdlib>
#include <memory>

namespace forewarn::two_writers {
namespace {

constexpr auto kPace = std::chrono::milliseconds(3);

struct Finisher {
  void operator()(PGconn* connection) const { PQfinish(connection); }
  void operator()(PGresult* result) const { PQclear(result); }
};

}  // namespace

Writer::Writer(std::string conninfo, std::string side)
    : conninfo_(std::move(conninfo) + " connect_timeout=2"), side_(std::move(side)) {
  thread_ = std::jthread([this](const std::stop_token& stop) { Run(stop); });
}

std::vector<std::int64_t> Writer::Finish() {
  thread_.request_stop();
  thread_.join();
  return accepted_;
}

void Writer::Run(const std::stop_token& stop) {
  std::unique_ptr<PGconn, Finisher> connection;
  for (std::int64_t next = 1; !stop.stop_requested(); std::this_thread::sleep_for(kPace)) {
    if (!connection || PQstatus(connection.get()) != CONNECTION_OK) connection.reset(PQconnectdb(conninfo_.c_str()));
    const std::string write = "INSERT INTO sequence VALUES ('" + side_ + "', " + std::to_string(next) +
                              ") RETURNING (extract(epoch FROM clock_timestamp()) * 1e6)::bigint";
    const std::unique_ptr<PGresult, Finisher> result(PQexec(connection.get(), write.c_str()));
    if (PQresultStatus(result.get()) != PGRES_TUPLES_OK) continue;
    accepted_.push_back(std::atoll(PQgetvalue(result.get(), 0, 0)));
    ++next;
  }
}

}  // namespace forewarn::two_writers

// SPDX-License-Identifier: Apache-2.0
// What anybody may send to the port: a head, and behind its blank line a body.
#include "common/http/head.h"
#include "common/http/token.h"
#include "tests/fuzz/target.h"
#include "webhook/alerts/names.h"
#include "webhook/api/asks.h"

namespace forewarn::fuzz {
namespace {

void FeedBody(std::string_view body) {
  static_cast<void>(api::ParseEngaged(body));
  if (const auto wanted = api::ParseWanted(body)) {
    Require(alerts::IsDomainName(wanted->domain) && alerts::IsFaultName(wanted->fault));
    Require(wanted->request_id.size() <= 64);
  }
  if (const auto wanted = api::ParseWantedExperiment(body)) {
    Require(alerts::IsDomainName(wanted->domain) && alerts::IsFaultName(wanted->fault));
    Require(wanted->experiment.size() <= 128);
  }
}

}  // namespace

void Feed(std::string_view input) {
  const http::HeadEnd end = http::FindHeadEnd(input);
  if (end.size == 0) return FeedBody(input);
  Require(end.size <= input.size());
  const auto parsed = http::ParseHead(input.substr(0, end.size));
  FeedBody(input.substr(end.size));
  const auto* const head = std::get_if<http::Head>(&parsed);
  if (head == nullptr) return;
  if (const auto action = api::ParseAction(head->path)) Require(action->id > 0);
  if (const auto action = api::ParseExperimentAction(head->path)) Require(action->id > 0);
  if (const std::string* credentials = head->Find("authorization")) static_cast<void>(http::ParseBearer(*credentials));
  static_cast<void>(http::Problem(400, head->path));
}

}  // namespace forewarn::fuzz

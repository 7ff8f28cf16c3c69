// SPDX-License-Identifier: Apache-2.0
#include "webhook/api/access.h"

namespace forewarn::api {
namespace {

constexpr std::size_t kMaxTokens = 2;

void DecodeMay(const config::Node& node, Client& client) {
  for (const config::Node& item : node.Items()) {
    const std::string what = item.String();
    if (what == "read") {
      client.may.insert(Need::kRead);
    } else if (what == "act") {
      client.may.insert({Need::kAct, Need::kStop});
    } else if (what == "alert") {
      client.may.insert(Need::kAlert);
    } else {
      item.Fail("must be read, act or alert");
    }
  }
}

void DecodeTokens(const config::Node& node, Client& client) {
  const auto files = node.Items();
  if (files.size() > kMaxTokens) node.Fail("at most two: the old and the new one");
  for (const config::Node& file : files) {
    if (auto token = http::ReadToken(file.String())) {
      client.tokens.push_back(*token);
    } else {
      file.Fail(token.error().message);
    }
  }
}

Client DecodeClient(const config::Map& map) {
  Client client;
  client.name = map.String("name");
  if (client.name.empty()) map.Fail("needs a name");
  if (auto may = map.Require("may")) DecodeMay(*may, client);
  if (client.may.empty()) map.Fail("may do nothing: name read, act or alert");
  if (auto files = map.Find("token_files")) DecodeTokens(*files, client);
  return client;
}

// All are compared, whichever it is.
const Client* ByToken(const Clients& clients, std::string_view token) {
  const http::TokenDigest given = http::DigestOf(token);
  const Client* found = nullptr;
  for (const Client& client : clients) {
    for (const http::TokenDigest& known : client.tokens) {
      if (http::SameDigest(given, known)) found = &client;
    }
  }
  return found;
}

const Client* Find(const Clients& clients, const http::Request& request) {
  const auto header = request.headers.find("authorization");
  const auto token = header == request.headers.end() ? std::nullopt : http::ParseBearer(header->second);
  if (token) return ByToken(clients, *token);
  for (const std::string* name : {&request.user, &request.certificate}) {
    for (const Client& client : clients) {
      if (!name->empty() && client.name == *name) return &client;
    }
  }
  return nullptr;
}

// A proxy on this machine speaks for others.
bool IsFromHere(const http::Request& request) {
  for (const char* header : {"forwarded", "x-forwarded-for", "via"}) {
    if (request.headers.contains(header)) return false;
  }
  return request.peer.starts_with("127.") || request.peer == "::1";
}

}  // namespace

Clients DecodeClients(const config::Node& node) {
  Clients clients;
  std::set<std::string> names;
  for (const config::Node& item : node.Items()) {
    clients.push_back(DecodeClient(item.AsMap()));
    if (!names.insert(clients.back().name).second) item.Fail("two clients named " + clients.back().name);
  }
  if (clients.empty()) node.Fail("needs a client: without this key everybody may read");
  return clients;
}

void Access::Set(Clients clients) {
  auto next = std::make_shared<const Clients>(std::move(clients));
  const std::lock_guard lock(mutex_);
  clients_ = std::move(next);
}

std::shared_ptr<const Clients> Access::clients() const {
  const std::lock_guard lock(mutex_);
  return clients_;
}

std::optional<http::Response> Access::Refuse(const http::Request& request, Need need) const {
  const auto known = clients();
  if (known->empty()) {
    const bool by_name = !request.user.empty() || !request.certificate.empty();
    if (need != Need::kAct || by_name || IsFromHere(request)) return std::nullopt;
    return http::Problem(403, "acting from another machine needs a client with a token (api.clients), or a user");
  }
  if (const Client* client = Find(*known, request)) {
    if (client->may.contains(need)) return std::nullopt;
    return http::Problem(403, client->name + " may not do this");
  }
  http::Response refusal = http::Problem(401, "a token is needed");
  refusal.headers["WWW-Authenticate"] = "Bearer";
  return refusal;
}

std::string Access::Who(const http::Request& request) const {
  if (const auto known = clients(); const Client* client = Find(*known, request)) return client->name;
  if (!request.user.empty()) return request.user;
  return request.certificate.empty() ? request.peer : request.certificate;
}

}  // namespace forewarn::api

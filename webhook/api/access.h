// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <mutex>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "common/config/yaml.h"
#include "common/http/server.h"
#include "common/http/token.h"

namespace forewarn::api {

// What a request needs. kStop is what makes things safer, or changes nothing by itself: engaging the kill switch, a
// reload.
enum class Need { kRead, kAlert, kAct, kStop };

// Who presents one of its tokens, or whom the web config has let in under this name: by a password, or by a verified
// certificate with this common name.
struct Client {
  std::string name;
  std::vector<http::TokenDigest> tokens;  // at most two: the old and the new one
  std::set<Need> may;                     // kRead, kAlert, kAct
};
using Clients = std::vector<Client>;

// `api.clients`; reads the token files.
Clients DecodeClients(const config::Node& node);

// Who may do what. Without clients everybody may read and alert, but act only who is on this machine or whom the web
// config has let in by name. Thread-safe.
class Access {
 public:
  void Set(Clients clients);
  // 401 or 403, or nullopt where the request has what it needs.
  std::optional<http::Response> Refuse(const http::Request& request, Need need) const;
  // The client, or else the user, the certificate or the address: for the record.
  std::string Who(const http::Request& request) const;

 private:
  std::shared_ptr<const Clients> clients() const;

  mutable std::mutex mutex_;
  std::shared_ptr<const Clients> clients_ = std::make_shared<const Clients>();
};

}  // namespace forewarn::api

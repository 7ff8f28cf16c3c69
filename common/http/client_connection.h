// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <map>
#include <memory>
#include <string>

#include "common/base/clock.h"
#include "common/base/result.h"
#include "common/http/client.h"
#include "common/http/url.h"
#include "common/http/watchdog.h"

namespace forewarn::http {

struct Outgoing {
  std::string method, path, body;
  std::multimap<std::string, std::string> headers;
};

// One connection to a server, made at need and kept alive. For one request at a time.
class ClientConnection {
 public:
  // Reads the certificate files; connects to nothing. The watchdog outlives the connection.
  static base::Result<std::unique_ptr<ClientConnection>> Create(const Url& url, const ClientConfig& config,
                                                                Watchdog& watchdog);
  virtual ~ClientConnection() = default;
  // As Client::Send.
  virtual base::Result<ClientResponse> Send(const Outgoing& request, base::Deadline deadline, std::size_t max_body,
                                            std::string buffer) = 0;
};

}  // namespace forewarn::http

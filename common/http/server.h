// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "common/base/clock.h"
#include "common/base/result.h"

// An HTTP/1.1 server for daemons in the Prometheus ecosystem (Boost.Beast). Strict about framing (libraries.md §2 of
// the facts: no Transfer-Encoding, one Content-Length, no obs-fold), one deadline for a whole request, caps on
// connections, TLS and basic auth from a web config file as exporter-toolkit's.
namespace forewarn::http {

struct Request {
  std::string method;                          // GET, POST, …
  std::string path;                            // decoded, without the query
  std::map<std::string, std::string> query;    // decoded; the last of equal names wins
  std::map<std::string, std::string> headers;  // names in lower case
  std::string body;
  std::string peer;         // address of the client
  std::string user;         // authenticated by basic auth, or empty
  std::string certificate;  // common name of the client's certificate, where an authority of ours vouches for it
};

struct Response {
  int status = 200;
  std::string content_type = "text/plain; charset=utf-8";
  std::string body;
  std::map<std::string, std::string> headers;  // further ones, such as Retry-After
};

Response Text(int status, std::string body);
Response Html(std::string body);
Response Json(int status, std::string body);
// application/problem+json: https://www.rfc-editor.org/rfc/rfc9457. Refusals below /api/ that come of the server itself
// (401, 404, 405, 411, 413, 415, 429, 500) are told so, too.
Response Problem(int status, std::string_view detail);

using Handler = std::function<Response(const Request&)>;

// One path. Another method on a known path is 405 with Allow; HEAD is served where GET is.
struct Route {
  std::string method;
  std::string path;                  // exact; a final "*" matches any rest
  Handler handler;                   // may run on several threads at once; an exception becomes a 500 without text
  std::string content_type = {};     // what a request body must be, e.g. "application/json"; empty: not checked
  std::size_t body_limit = 1 << 20;  // bytes; more is 413
};

struct ServerOptions {
  std::vector<std::string> listen = {};  // "127.0.0.1:9177", ":9177", "[::1]:9177"; port 0 takes a free one
  std::string web_config_file = {};      // exporter-toolkit's; empty: plain HTTP, no auth; re-read when it changes
  std::string prefix = {};  // of every route's path, "/a/b"; handlers don't see it. What is not below it is 404
  int threads = 2;
  int max_connections = 512;
  int max_connections_per_peer = 256;
  base::Duration request_deadline =
      std::chrono::seconds(10);                            // first byte to last byte of a request, handshake included
  base::Duration idle_timeout = std::chrono::seconds(60);  // keep-alive
};

class Server {
 public:
  static base::Result<std::unique_ptr<Server>> Start(const ServerOptions& options, std::vector<Route> routes);
  virtual ~Server() = default;                           // stops: no new connections, running handlers finish
  virtual std::vector<std::uint16_t> ports() const = 0;  // in the order of options.listen
};

// Reads and checks a web config file without starting anything: `file:line: key: what`.
base::Result<void> CheckWebConfig(const std::string& path);

}  // namespace forewarn::http

// SPDX-License-Identifier: Apache-2.0
#include "common/http/client.h"

#include <mutex>
#include <optional>
#include <vector>

#include "common/http/client_connection.h"
#include "common/http/client_headers.h"
#include "common/http/file_stamp.h"
#include "common/http/text.h"
#include "common/http/url.h"

namespace forewarn::http {
namespace {

using base::Deadline;
using base::Duration;
using base::Error;
using base::ErrorCode;
using base::Result;

constexpr std::size_t kKeptConnections = 8;
constexpr int kRedirects = 5;

// Connections that wait for their next request. They go when a certificate file changes.
class ConnectionPool {
 public:
  ConnectionPool(Url url, ClientConfig config) : url_(std::move(url)), config_(std::move(config)) {}

  Result<std::unique_ptr<ClientConnection>> Take() {
    {
      const std::lock_guard lock(mutex_);
      if (auto now = Stamps(); now != stamps_) {
        stamps_ = std::move(now);
        idle_.clear();
      }
      if (!idle_.empty()) {
        auto taken = std::move(idle_.back());
        idle_.pop_back();
        return taken;
      }
    }
    return ClientConnection::Create(url_, config_, watchdog_);
  }

  void Give(std::unique_ptr<ClientConnection> connection) {
    const std::lock_guard lock(mutex_);
    if (idle_.size() < kKeptConnections) idle_.push_back(std::move(connection));
  }

 private:
  std::vector<FileStamp> Stamps() const {
    std::vector<FileStamp> stamps;
    for (const auto& file : {config_.ca_file, config_.cert_file, config_.key_file}) {
      if (!file.empty()) stamps.push_back(FileStamp::Of(file));
    }
    return stamps;
  }

  const Url url_;
  const ClientConfig config_;
  Watchdog watchdog_;
  std::mutex mutex_;
  std::vector<FileStamp> stamps_;
  std::vector<std::unique_ptr<ClientConnection>> idle_;
};

// Only to the same origin: elsewhere the credentials would leak (httplib's own redirects do that).
std::optional<std::string> RedirectTarget(const Url& url, const ClientResponse& response) {
  const bool redirects = response.status == 301 || response.status == 302 || response.status == 303 ||
                         response.status == 307 || response.status == 308;
  const auto location = response.headers.find("location");
  if (!redirects || location == response.headers.end()) return std::nullopt;
  const bool absolute_path = location->second.starts_with('/') && !location->second.starts_with("//");
  const auto target = ParseUrl(absolute_path ? url.origin + location->second : location->second);
  if (!target || target->origin != url.origin) return std::nullopt;
  return target->rest;
}

class PooledClient : public Client {
 public:
  PooledClient(Url url, ClientConfig config, std::string user_agent)
      : url_(std::move(url)), config_(std::move(config)), user_agent_(std::move(user_agent)), pool_(url_, config_) {}

  // Whether the certificates can be used; their connection is the pool's first.
  Result<void> Check() {
    auto connection = pool_.Take();
    if (!connection) return connection.error();
    pool_.Give(std::move(*connection));
    return {};
  }

  Result<ClientResponse> Send(const ClientRequest& request, Duration timeout, std::size_t max_body,
                              std::string buffer) override {
    const Deadline deadline = Deadline::After(timeout);
    auto headers = HeadersFor(config_, request);
    if (!headers) return headers.error();
    headers->emplace("User-Agent", user_agent_);
    if (HasControlCharacters(request.path) || request.path.find(' ') != std::string::npos) {
      return Error{ErrorCode::kInvalid, "the request's path is not encoded"};
    }
    Outgoing outgoing{request.method, url_.prefix + request.path, request.body, std::move(*headers)};
    for (int redirects = 0;; ++redirects) {
      auto connection = pool_.Take();
      if (!connection) return connection.error();
      auto response = (*connection)->Send(outgoing, deadline, max_body, std::move(buffer));
      if (!response) return response;
      pool_.Give(std::move(*connection));
      const auto target = RedirectTarget(url_, *response);
      if (!target || !config_.follow_redirects) return response;
      if (redirects == kRedirects) return Error{ErrorCode::kUnavailable, url_.origin + ": too many redirects"};
      buffer = std::move(response->body);
      outgoing.path = *target;
      if (response->status == 303) {  // RFC 9110 §15.4.4; the others keep their method, or a POSTed query would be lost
        outgoing.method = "GET";
        outgoing.body.clear();
        outgoing.headers.erase("Content-Type");
      }
    }
  }

 private:
  const Url url_;
  const ClientConfig config_;
  const std::string user_agent_;
  ConnectionPool pool_;
};

}  // namespace

Result<std::unique_ptr<Client>> Client::Create(const std::string& base_url, ClientConfig config,
                                               std::string user_agent) {
  auto url = ParseUrl(base_url);
  if (!url) return Error{ErrorCode::kInvalid, "not a URL (http://host[:port][/prefix]): " + base_url};
  const auto proxy = ParseUrl(config.proxy_url);
  if (!config.proxy_url.empty() && !proxy) return Error{ErrorCode::kInvalid, "proxy_url: not a URL"};
  if (proxy && proxy->secure) return Error{ErrorCode::kUnsupported, "proxy_url: only http:// proxies are supported"};
  if (proxy && !config.server_name.empty()) {
    return Error{ErrorCode::kUnsupported, "proxy_url and tls_config.server_name are not supported together"};
  }
  auto client = std::make_unique<PooledClient>(std::move(*url), std::move(config), std::move(user_agent));
  if (auto good = client->Check(); !good) return good.error();
  return std::unique_ptr<Client>(std::move(client));
}

}  // namespace forewarn::http

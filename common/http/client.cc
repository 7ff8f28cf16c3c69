// SPDX-License-Identifier: Apache-2.0
#include "common/http/client.h"

#include <httplib.h>

#include <condition_variable>
#include <mutex>
#include <optional>
#include <thread>

#include "common/http/text.h"
#include "common/http/url.h"

namespace forewarn::http {
namespace {

using base::Deadline;
using base::Duration;
using base::Error;
using base::ErrorCode;
using base::Result;

constexpr std::size_t kKeptConnections = 4;
constexpr int kRedirects = 5;

// Ends a request whose time is up, however slowly its bytes keep coming: httplib's own timeouts are per read.
class Watchdog {
 public:
  Watchdog(httplib::Client& client, Duration timeout)
      : thread_([this, &client, timeout](const std::stop_token& stop) {
          std::unique_lock lock(mutex_);
          wake_.wait_for(lock, stop, timeout, [] { return false; });
          if (!stop.stop_requested()) client.stop();
        }) {}

 private:
  std::mutex mutex_;
  std::condition_variable_any wake_;
  std::jthread thread_;  // its destructor asks it to stop
};

// A secret as configured, or as its file holds it now.
Result<std::string> Secret(const std::string& value, const std::string& file) {
  if (file.empty()) return value;
  auto text = ReadFile(file);
  if (!text) return Error{ErrorCode::kUnavailable, file + ": cannot be read"};
  while (!text->empty() && (text->back() == '\n' || text->back() == '\r')) text->pop_back();
  if (HasControlCharacters(*text)) return Error{ErrorCode::kInvalid, file + ": holds control characters"};
  return *text;
}

class HttplibClient final : public Client {
 public:
  HttplibClient(Url url, ClientConfig config, std::string user_agent)
      : url_(std::move(url)), config_(std::move(config)), user_agent_(std::move(user_agent)) {}

  Result<ClientResponse> Send(const ClientRequest& request, Duration timeout, std::size_t max_body) override {
    const Deadline deadline = Deadline::After(timeout);
    auto headers = Headers(request);
    if (!headers) return headers.error();
    httplib::Request outgoing;
    outgoing.method = request.method;
    outgoing.path = url_.prefix + request.path;
    outgoing.body = request.body;
    outgoing.headers = std::move(*headers);
    for (int redirects = 0;; ++redirects) {
      auto response = SendOnce(outgoing, deadline, max_body);
      if (!response || redirects == kRedirects || !config_.follow_redirects) return response;
      const auto target = RedirectTarget(*response);
      if (!target) return response;
      outgoing.path = *target;
      if (response->status == 303) outgoing.method = "GET", outgoing.body.clear();
    }
  }

 private:
  using Headers_ = httplib::Headers;

  Result<Headers_> Headers(const ClientRequest& request) const {
    Headers_ headers = {{"User-Agent", user_agent_}};
    for (const auto& [name, value] : config_.headers) headers.emplace(name, value);
    for (const auto& [name, file] : config_.header_files) {
      auto value = Secret("", file);
      if (!value) return value.error();
      headers.emplace(name, *value);
    }
    for (const auto& [name, value] : request.headers) headers.emplace(name, value);
    if (!request.content_type.empty()) headers.emplace("Content-Type", request.content_type);
    if (auto authorized = Authorize(headers); !authorized) return authorized.error();
    return headers;
  }

  Result<void> Authorize(Headers_& headers) const {
    const auto& config = config_;
    if (!config.basic_username.empty() || !config.basic_username_file.empty()) {
      auto user = Secret(config.basic_username, config.basic_username_file);
      auto password = Secret(config.basic_password, config.basic_password_file);
      if (!user) return user.error();
      if (!password) return password.error();
      headers.emplace("Authorization", "Basic " + Base64Encode(*user + ":" + *password));
    } else if (!config.authorization_credentials.empty() || !config.authorization_credentials_file.empty()) {
      auto credentials = Secret(config.authorization_credentials, config.authorization_credentials_file);
      if (!credentials) return credentials.error();
      headers.emplace("Authorization", config.authorization_type + " " + *credentials);
    }
    return {};
  }

  // Only to the same origin: elsewhere the credentials would leak (httplib's own redirects do that).
  std::optional<std::string> RedirectTarget(const ClientResponse& response) const {
    const bool redirects = response.status == 301 || response.status == 302 || response.status == 303 ||
                           response.status == 307 || response.status == 308;
    const auto location = response.headers.find("location");
    if (!redirects || location == response.headers.end()) return std::nullopt;
    if (location->second.starts_with('/') && !location->second.starts_with("//")) return location->second;
    const auto target = ParseUrl(location->second);
    if (!target || target->origin != url_.origin) return std::nullopt;
    return target->rest;
  }

  Result<ClientResponse> SendOnce(const httplib::Request& request, const Deadline& deadline, std::size_t max_body) {
    const Duration left = deadline.Left();
    if (left <= Duration::zero()) return Error{ErrorCode::kTimeout, "no answer in time from " + url_.origin};
    std::unique_ptr<httplib::Client> client = Borrow();
    const auto whole = std::chrono::duration_cast<std::chrono::microseconds>(left);
    client->set_connection_timeout(whole);
    client->set_read_timeout(whole);
    client->set_write_timeout(whole);
    ClientResponse response;
    bool too_large = false;
    httplib::Request outgoing = request;
    outgoing.content_receiver = [&](const char* data, std::size_t size, std::uint64_t, std::uint64_t) {
      too_large = response.body.size() + size > max_body;
      if (!too_large) response.body.append(data, size);
      return !too_large && !deadline.Passed();
    };
    httplib::Result result{nullptr, httplib::Error::Unknown};
    {
      const Watchdog watchdog(*client, left);
      result = client->send(outgoing);
    }
    if (too_large)
      return Error{ErrorCode::kInvalid,
                   "the answer of " + url_.origin + " is over " + std::to_string(max_body) + " bytes"};
    if (!result) {
      if (deadline.Passed()) return Error{ErrorCode::kTimeout, "no answer in time from " + url_.origin};
      return Error{ErrorCode::kUnavailable, url_.origin + ": " + httplib::to_string(result.error())};
    }
    response.status = result->status;
    for (const auto& [name, value] : result->headers) response.headers[ToLower(name)] = value;
    Return(std::move(client));
    return response;
  }

  // One httplib client serialises its requests: each request in flight has its own.
  std::unique_ptr<httplib::Client> Borrow() {
    {
      const std::lock_guard lock(mutex_);
      if (!idle_.empty()) {
        auto client = std::move(idle_.back());
        idle_.pop_back();
        return client;
      }
    }
    return Make();
  }

  void Return(std::unique_ptr<httplib::Client> client) {
    const std::lock_guard lock(mutex_);
    if (idle_.size() < kKeptConnections) idle_.push_back(std::move(client));
  }

  std::unique_ptr<httplib::Client> Make() const {
    const bool renamed = url_.secure && !config_.server_name.empty();
    const std::string host = renamed ? config_.server_name : url_.host;
    const std::string origin = (url_.secure ? "https://" : "http://") + host + ":" + std::to_string(url_.port);
    auto client = config_.cert_file.empty()
                      ? std::make_unique<httplib::Client>(origin)
                      : std::make_unique<httplib::Client>(origin, config_.cert_file, config_.key_file);
    if (renamed) client->set_hostname_addr_map({{host, url_.host}});
    client->set_keep_alive(true);
    client->set_follow_location(false);
    client->set_tcp_nodelay(true);
    client->set_url_encode(false);
    if (url_.secure) {
      if (!config_.ca_file.empty()) client->set_ca_cert_path(config_.ca_file.c_str());
      client->enable_server_certificate_verification(!config_.insecure_skip_verify);
      if (client->ssl_context() != nullptr) SSL_CTX_set_min_proto_version(client->ssl_context(), TLS1_2_VERSION);
    }
    const auto proxy = ParseUrl(config_.proxy_url);
    if (proxy && !MatchesNoProxy(config_.no_proxy, url_.host)) client->set_proxy(proxy->host, proxy->port);
    return client;
  }

  Url url_;
  ClientConfig config_;
  std::string user_agent_;
  std::mutex mutex_;
  std::vector<std::unique_ptr<httplib::Client>> idle_;
};

}  // namespace

Result<std::unique_ptr<Client>> Client::Create(const std::string& base_url, ClientConfig config,
                                               std::string user_agent) {
  auto url = ParseUrl(base_url);
  if (!url) return Error{ErrorCode::kInvalid, "not a URL (http://host[:port][/prefix]): " + base_url};
  if (!config.proxy_url.empty() && !ParseUrl(config.proxy_url))
    return Error{ErrorCode::kInvalid, "not a URL: proxy_url"};
  return std::unique_ptr<Client>(
      std::make_unique<HttplibClient>(std::move(*url), std::move(config), std::move(user_agent)));
}

}  // namespace forewarn::http

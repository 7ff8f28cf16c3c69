// SPDX-License-Identifier: Apache-2.0
#include "common/http/client_connection.h"

#include <httplib.h>

#include <boost/asio/ip/tcp.hpp>
#include <csignal>
#include <ctime>

#include "common/http/pem.h"
#include "common/http/plain_client.h"
#include "common/http/text.h"
#include "common/http/watchdog.h"

namespace forewarn::http {
namespace {

using base::Deadline;
using base::Duration;
using base::Error;
using base::ErrorCode;
using base::Result;

// httplib takes no CA text, and reads the file at the first request only: judge it before.
Result<void> CheckAuthorities(const std::string& file) {
  if (file.empty()) return {};
  const auto text = PemText({}, file, "ca");
  if (!text) return text.error();
  const std::unique_ptr<X509_STORE, decltype(&X509_STORE_free)> store(X509_STORE_new(), X509_STORE_free);
  return AddAuthorities(*text, store.get());
}

Result<std::unique_ptr<httplib::ClientImpl>> MakeTls(const std::string& host, const Url& url,
                                                     const ClientConfig& config) {
  if (auto good = CheckAuthorities(config.ca_file); !good) return good.error();
  auto client = std::make_unique<httplib::SSLClient>(host, url.port);
  SSL_CTX* const context = client->ssl_context();
  if (!context) return Error{ErrorCode::kInternal, "TLS cannot be set up: " + LastTlsError()};
  SSL_CTX_set_min_proto_version(context, config.min_tls_version);
  if (!config.cert_file.empty()) {
    const auto cert = PemText({}, config.cert_file, "cert");
    if (!cert) return cert.error();
    const auto key = PemText({}, config.key_file, "key");
    if (!key) return key.error();
    if (auto used = UseCertificate(*cert, *key, context); !used) return used.error();
  }
  if (!config.ca_file.empty()) client->set_ca_cert_path(config.ca_file);
  client->enable_server_certificate_verification(!config.insecure_skip_verify);
  return std::unique_ptr<httplib::ClientImpl>(std::move(client));
}

// httplib verifies the name that it connects to, so another name needs the address looked up beforehand.
Result<std::string> Resolve(const std::string& host) {
  boost::asio::io_context io;
  boost::system::error_code error;
  const auto found = boost::asio::ip::tcp::resolver(io).resolve(host, "", error);
  if (error || found.empty()) return Error{ErrorCode::kUnavailable, host + ": " + error.message()};
  return found.begin()->endpoint().address().to_string();
}

// TLS writes to a socket that was shut down raise SIGPIPE, which by itself ends the process: OpenSSL cannot ask
// for MSG_NOSIGNAL. Here it is held back in the calling thread, and taken away.
class NoSigpipe {
 public:
  NoSigpipe() {
    sigemptyset(&pipe_);
    sigaddset(&pipe_, SIGPIPE);
    pthread_sigmask(SIG_BLOCK, &pipe_, &before_);
  }
  ~NoSigpipe() {
    if (sigismember(&before_, SIGPIPE) == 1) return;  // the thread's owner deals with it
    const timespec now{};
    sigtimedwait(&pipe_, nullptr, &now);
    pthread_sigmask(SIG_SETMASK, &before_, nullptr);
  }
  NoSigpipe(const NoSigpipe&) = delete;
  NoSigpipe& operator=(const NoSigpipe&) = delete;

 private:
  sigset_t pipe_{}, before_{};
};

class HttplibConnection : public ClientConnection {
 public:
  HttplibConnection(const Url& url, std::unique_ptr<httplib::ClientImpl> client, Watchdog& watchdog)
      : origin_(url.origin), host_header_(url.authority), watchdog_(watchdog), client_(std::move(client)) {
    client_->set_keep_alive(true);
    client_->set_follow_location(false);
    client_->set_tcp_nodelay(true);
    client_->set_url_encode(false);
    client_->set_socket_options([this](int socket) { watch_.Attach(socket); });
  }

  ~HttplibConnection() override {
    const NoSigpipe no_sigpipe;  // it may say goodbye to a server that has gone
    client_.reset();
  }

  httplib::ClientImpl& client() { return *client_; }
  void LookUpBeforehand(std::string name, std::string host) {
    name_ = std::move(name);
    lookup_ = std::move(host);
  }

  Result<ClientResponse> Send(const Outgoing& request, Deadline deadline, std::size_t max_body,
                              std::string buffer) override {
    if (auto ready = Prepare(deadline); !ready) return ready.error();
    ClientResponse response;
    response.body = std::move(buffer);
    response.body.clear();
    bool too_large = false;
    httplib::Request outgoing = Translate(request);
    outgoing.content_receiver = [&](const char* data, std::size_t size, std::uint64_t, std::uint64_t) {
      too_large = response.body.size() + size > max_body;
      if (!too_large) response.body.append(data, size);
      return !too_large;
    };
    httplib::Response answer;
    const httplib::Error error = SendWatched(outgoing, answer, deadline);
    if (too_large) {
      return Error{ErrorCode::kInvalid, "the answer of " + origin_ + " is over " + std::to_string(max_body) + " bytes"};
    }
    if (watch_.ended() || deadline.Passed()) return TimedOut();
    if (error != httplib::Error::Success) return Explain(error);
    response.status = answer.status;
    for (const auto& [name, value] : answer.headers) response.headers[ToLower(name)] = value;
    return response;
  }

 private:
  Result<void> Prepare(Deadline deadline) {
    if (!lookup_.empty()) {
      const auto address = Resolve(lookup_);
      if (!address) return address.error();
      client_->set_hostname_addr_map({{name_, *address}});
    }
    if (deadline.Passed()) return TimedOut();
    // The watchdog ends the call; httplib's own timeouts stand behind it and must not come first.
    const auto later = std::chrono::duration_cast<std::chrono::microseconds>(deadline.Left()) + std::chrono::seconds(1);
    client_->set_connection_timeout(later);
    client_->set_read_timeout(later);
    client_->set_write_timeout(later);
    return {};
  }

  httplib::Request Translate(const Outgoing& request) const {
    httplib::Request outgoing;
    outgoing.method = request.method;
    outgoing.path = request.path;
    outgoing.body = request.body;
    outgoing.headers = {{"Host", host_header_}};
    if (!request.headers.contains("Accept-Encoding")) outgoing.headers.emplace("Accept-Encoding", "gzip");
    for (const auto& [name, value] : request.headers) outgoing.headers.emplace(name, value);
    return outgoing;
  }

  httplib::Error SendWatched(httplib::Request& request, httplib::Response& response, Deadline deadline) {
    auto error = httplib::Error::Unknown;
    watch_.Begin();
    const NoSigpipe no_sigpipe;
    const Watchdog::Call call(watchdog_, watch_, deadline);
    try {
      if (client_->send(request, response, error)) return httplib::Error::Success;
    } catch (const std::exception&) {  // of its parsing of what a server sends
      return httplib::Error::Unknown;
    }
    return error == httplib::Error::Success ? httplib::Error::Unknown : error;
  }

  Error TimedOut() const { return {ErrorCode::kTimeout, "no answer in time from " + origin_}; }

  Error Explain(httplib::Error error) const {
    switch (error) {
      case httplib::Error::Connection:
      case httplib::Error::ConnectionTimeout:
        return {ErrorCode::kUnavailable, origin_ + ": cannot connect"};
      case httplib::Error::SSLConnection:
        return {ErrorCode::kUnavailable, origin_ + ": the TLS handshake failed"};
      case httplib::Error::SSLServerVerification:
        return {ErrorCode::kUnavailable, origin_ + ": the server's certificate is not trusted"};
      case httplib::Error::Read:
      case httplib::Error::Write:
        return {ErrorCode::kUnavailable, origin_ + ": the connection broke"};
      default:
        return {ErrorCode::kUnavailable, origin_ + ": " + httplib::to_string(error)};
    }
  }

  std::string origin_, host_header_;
  std::string name_, lookup_;  // server_name, and the host to look up in its place; empty: they are the same
  SocketWatch watch_;
  Watchdog& watchdog_;
  std::unique_ptr<httplib::ClientImpl> client_;  // after watch_: its callbacks use it
};

}  // namespace

Result<std::unique_ptr<ClientConnection>> ClientConnection::Create(const Url& url, const ClientConfig& config,
                                                                   Watchdog& watchdog) {
  const bool renamed = url.secure && !config.server_name.empty() && config.server_name != url.host;
  const std::string& host = renamed ? config.server_name : url.host;
  std::unique_ptr<httplib::ClientImpl> plain = std::make_unique<PlainClient>(host, url.port);
  Result<std::unique_ptr<httplib::ClientImpl>> client = std::move(plain);
  if (url.secure) client = MakeTls(host, url, config);
  if (!client) return client.error();
  auto connection = std::make_unique<HttplibConnection>(url, std::move(*client), watchdog);
  if (renamed) connection->LookUpBeforehand(host, url.host);
  const auto proxy = ParseUrl(config.proxy_url);
  if (proxy && !MatchesNoProxy(config.no_proxy, url.host)) connection->client().set_proxy(proxy->host, proxy->port);
  return std::unique_ptr<ClientConnection>(std::move(connection));
}

}  // namespace forewarn::http

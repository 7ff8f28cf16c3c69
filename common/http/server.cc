// SPDX-License-Identifier: Apache-2.0
#include "common/http/server.h"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <thread>

#include "common/http/listen.h"
#include "common/http/session.h"
#include "common/log/log.h"

namespace forewarn::http {
namespace {

namespace asio = boost::asio;
using asio::ip::tcp;
using base::Error;
using base::ErrorCode;
using base::Result;

constexpr auto kAcceptPause = std::chrono::milliseconds(100);  // after an error such as EMFILE, which may pass

class BeastServer : public Server {
 public:
  BeastServer(const ServerOptions& options, std::vector<Route> routes, std::unique_ptr<WebPolicy> policy)
      : context_{options,
                 Router(std::move(routes), options.prefix),
                 std::move(policy),
                 Connections(options.max_connections, options.max_connections_per_peer),
                 {},
                 asio::thread_pool(static_cast<std::size_t>(options.threads))} {}

  ~BeastServer() override {
    asio::post(io_, [this] { Stop(); });
    if (io_thread_.joinable()) io_thread_.join();  // run() returns when the last connection has ended
    context_.bcrypt.join();
    context_.handlers.join();
  }

  Result<void> Open() {
    for (const auto& address : context_.options.listen) {
      auto acceptor = Listen(io_, address);
      if (!acceptor) return acceptor.error();
      ports_.push_back(acceptor->local_endpoint().port());
      acceptors_.push_back(std::move(*acceptor));
    }
    for (auto& acceptor : acceptors_) asio::co_spawn(io_, AcceptAll(acceptor), asio::detached);
    io_thread_ = std::thread([this] { io_.run(); });
    return {};
  }

  std::vector<std::uint16_t> ports() const override { return ports_; }

 private:
  asio::awaitable<void> AcceptAll(tcp::acceptor& acceptor) {
    while (!context_.connections.stopping()) {
      boost::system::error_code error;
      tcp::socket socket = co_await acceptor.async_accept(asio::redirect_error(asio::use_awaitable, error));
      if (context_.connections.stopping()) co_return;
      if (!error) {
        socket.set_option(tcp::no_delay(true), error);
        StartSession(std::move(socket), context_);
        continue;
      }
      log::Warn("accept failed", {{"err", error.message()}});
      asio::steady_timer pause(io_, kAcceptPause);
      co_await pause.async_wait(asio::use_awaitable);
    }
  }

  void Stop() {
    context_.connections.Stop();
    boost::system::error_code ignored;
    for (auto& acceptor : acceptors_) acceptor.close(ignored);
  }

  SessionContext context_;
  asio::io_context io_{1};
  std::vector<tcp::acceptor> acceptors_;
  std::vector<std::uint16_t> ports_;
  std::thread io_thread_;
};

}  // namespace

Result<std::unique_ptr<Server>> Server::Start(const ServerOptions& options, std::vector<Route> routes) {
  if (options.listen.empty()) return Error{ErrorCode::kInvalid, "no address to listen on"};
  auto policy = WebPolicy::Open(options.web_config_file);
  if (!policy) return policy.error();
  try {
    auto server = std::make_unique<BeastServer>(options, std::move(routes), std::move(*policy));
    if (auto opened = server->Open(); !opened) return opened.error();
    return std::unique_ptr<Server>(std::move(server));
  } catch (const std::exception& error) {  // no thread, no descriptor
    return Error{ErrorCode::kUnavailable, std::string("the HTTP server cannot start: ") + error.what()};
  }
}

}  // namespace forewarn::http

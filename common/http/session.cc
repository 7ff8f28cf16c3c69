// SPDX-License-Identifier: Apache-2.0
#include "common/http/session.h"

#include <algorithm>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/ssl/stream.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/asio/write.hpp>
#include <exception>
#include <utility>

#include "common/http/wire.h"
#include "common/log/log.h"

namespace forewarn::http {
namespace {

namespace asio = boost::asio;
using asio::awaitable;
using asio::use_awaitable;
using TlsStream = asio::ssl::stream<boost::beast::tcp_stream&>;

constexpr auto kLinger = std::chrono::seconds(1);
constexpr std::size_t kLingerBytes = 256 << 10;
constexpr std::size_t kReadLeast = 4 << 10, kReadMost = 64 << 10;  // bytes

// Runs `work` on a pool; the caller goes on on its own executor.
template <class Work>
auto OnPool(asio::thread_pool& pool, Work work) -> awaitable<decltype(work())> {
  using Value = decltype(work());
  auto run = [&work]() -> awaitable<Value> { co_return work(); };
  co_return co_await asio::co_spawn(pool.get_executor(), run, use_awaitable);
}

// What the server itself says below /api/ is for programs.
Response ForPath(Response response, std::string_view path) {
  if (response.status < 400 || !path.starts_with("/api/") || !response.content_type.starts_with("text/plain")) {
    return response;
  }
  Response problem = Problem(response.status, response.body.substr(0, response.body.find('\n')));
  problem.headers = std::move(response.headers);
  return problem;
}

Response RunHandler(const Route& route, const Request& request) {
  try {
    return route.handler(request);
  } catch (const std::exception& error) {
    log::Error("handler failed", {{"path", request.path}, {"err", error.what()}});
  } catch (...) {
    log::Error("handler failed", {{"path", request.path}});
  }
  return Text(500, "Internal Server Error\n");
}

// One connection, over TCP or TLS. Each co_await is a statement of its own or initialises a variable: GCC 12 at -O3
// compiles `while (co_await ...)` to a trap. Errors of the connection leave as boost::system::system_error and end it.
template <class Stream>
class Session {
 public:
  Session(Stream& stream, ServerConnection& connection, SessionContext& context)
      : stream_(stream), connection_(connection), context_(context) {}

  // The stream's deadline must be set: the first request is part of it.
  awaitable<void> Run() {
    for (;;) {
      const bool goes_on = co_await ServeOne();
      if (!goes_on) break;
      if (received_.empty()) {
        connection_.stream.expires_after(context_.options.idle_timeout);
        co_await ReadSome();
      }
      connection_.stream.expires_after(context_.options.request_deadline);
    }
    co_await Close();
  }

 private:
  // One request and its answer; false where the connection is to be closed after it.
  awaitable<bool> ServeOne() {
    state_ = context_.policy->Refresh();
    const HeadEnd end = co_await ReadHead();
    if (end.refusal) {
      co_await Write(Serialize(*end.refusal, Options(Connection::kClose)));
      co_return false;
    }
    auto parsed = ParseHead(std::string_view(received_).substr(0, end.size));
    received_.erase(0, end.size);
    if (const auto* refusal = std::get_if<Response>(&parsed)) {
      co_await Write(Serialize(*refusal, Options(Connection::kClose)));
      co_return false;
    }
    co_return co_await Answer(std::get<Head>(parsed));
  }

  awaitable<bool> Answer(Head& head) {
    Request request;
    const Route* route = nullptr;
    std::optional<Response> refusal = co_await CheckAccess(head, request.user);
    if (!refusal) {
      auto found = context_.router.Find(head);
      if (const auto* response = std::get_if<Response>(&found)) refusal = *response;
      if (!refusal) route = std::get<const Route*>(found);
    }
    auto connection = head.keep_alive && !context_.connections.stopping() ? Connection::kKeepAlive : Connection::kClose;
    if (refusal) {
      if (head.content_length > 0) connection = Connection::kClose;  // its body was not read
      WireOptions options = Options(connection);
      if (head.method == "HEAD") options.body = Body::kOmit;
      co_await Write(Serialize(ForPath(std::move(*refusal), context_.router.Below(head.path)), options));
      co_return connection == Connection::kKeepAlive;
    }
    co_await ReadBody(head, request.body);
    connection_.busy = true;
    std::string answer = co_await Handle(*route, head, request, connection);
    co_await Write(std::move(answer));
    connection_.busy = false;
    co_return connection == Connection::kKeepAlive && !context_.connections.stopping();
  }

  // Whether the client may ask at all: the web config's part, before anything is said about paths.
  awaitable<std::optional<Response>> CheckAccess(const Head& head, std::string& user) {
    if (context_.policy->broken()) co_return Text(500, "Internal Server Error\n");
    if (!context_.policy->TakeToken(base::SystemClock().Steady())) co_return Text(429, "Too Many Requests\n");
    const auto& users = state_->config.users;
    if (users.empty()) co_return std::nullopt;
    Response refusal = Text(401, "Unauthorized\n");
    refusal.headers["WWW-Authenticate"] = "Basic";
    const auto* header = head.Find("authorization");
    const auto credentials = header ? ParseBasicAuth(*header) : std::nullopt;
    if (!credentials) co_return refusal;
    if (!context_.authenticator.IsRemembered(*credentials, users)) {
      auto verify = [&] { return context_.authenticator.Verify(*credentials, users); };
      const bool known = co_await OnPool(context_.bcrypt, verify);
      if (!known) co_return refusal;
    }
    user = credentials->user;
    co_return std::nullopt;
  }

  // The route's answer as bytes, made on a thread of the handlers'.
  awaitable<std::string> Handle(const Route& route, Head& head, Request& request, Connection connection) {
    request.method = std::move(head.method);
    request.path = context_.router.Below(head.path);
    request.query = std::move(head.query);
    request.headers = std::move(head.headers);
    request.peer = connection_.peer;
    if constexpr (std::is_same_v<Stream, TlsStream>) request.certificate = VerifiedName(stream_.native_handle());
    WireOptions options = Options(connection);
    if (request.method == "HEAD") options.body = Body::kOmit;
    auto work = [&]() -> std::string {
      Response response = ForPath(RunHandler(route, request), request.path);
      const auto accept = request.headers.find("accept-encoding");
      if (accept != request.headers.end() && AcceptsGzip(accept->second)) CompressIfWorthwhile(response);
      return Serialize(response, options);
    };
    co_return co_await OnPool(context_.handlers, work);
  }

  awaitable<HeadEnd> ReadHead() {
    for (;;) {
      HeadEnd end = FindHeadEnd(received_);
      if (end.size > 0 || end.refusal) co_return end;
      co_await ReadSome();
    }
  }

  // As much again as has come: a slow client costs one small buffer, and a large body few reads.
  awaitable<void> ReadSome() {
    const std::size_t before = received_.size(), room = std::clamp(before, kReadLeast, kReadMost);
    received_.resize(before + room);
    const std::size_t count =
        co_await stream_.async_read_some(asio::buffer(received_.data() + before, room), use_awaitable);
    received_.resize(before + count);
  }

  // The memory grows with what has come, not with what was announced.
  awaitable<void> ReadBody(const Head& head, std::string& body) {
    if (head.expect_continue && received_.size() < head.content_length) {
      const std::string_view go_on = "HTTP/1.1 100 Continue\r\n\r\n";
      co_await asio::async_write(stream_, asio::buffer(go_on), use_awaitable);
    }
    while (received_.size() < head.content_length) co_await ReadSome();
    std::string next = received_.substr(head.content_length);
    received_.resize(head.content_length);
    body = std::exchange(received_, std::move(next));
  }

  awaitable<void> Write(std::string bytes) {
    connection_.stream.expires_after(context_.options.request_deadline);
    co_await asio::async_write(stream_, asio::buffer(bytes), use_awaitable);
  }

  // Closing with unread bytes would reset the connection and lose the answer on its way: let the client read it first.
  awaitable<void> Close() {
    connection_.stream.expires_after(kLinger);
    if constexpr (std::is_same_v<Stream, TlsStream>) co_await stream_.async_shutdown(use_awaitable);
    connection_.stream.socket().shutdown(asio::ip::tcp::socket::shutdown_send);
    std::string ignored(kReadLeast, '\0');
    for (std::size_t total = 0; total < kLingerBytes && !context_.connections.stopping();) {
      const std::size_t count = co_await connection_.stream.async_read_some(asio::buffer(ignored), use_awaitable);
      total += count;
    }
  }

  WireOptions Options(Connection connection) const { return {connection, Body::kSend, &state_->config.headers}; }

  Stream& stream_;
  ServerConnection& connection_;
  SessionContext& context_;
  std::shared_ptr<const WebState> state_;  // as it was when the request began
  std::string received_;                   // bytes not yet taken
};

awaitable<void> ServeTls(ServerConnection& connection, SessionContext& context, const WebState& state) {
  TlsStream stream(connection.stream, *state.tls);
  co_await stream.async_handshake(asio::ssl::stream_base::server, use_awaitable);
  if (!HasAllowedName(stream.native_handle(), state.config.tls->client_allowed_sans)) co_return;
  Session<TlsStream> session(stream, connection, context);
  co_await session.Run();
}

awaitable<void> Serve(Connections::Handle handle, SessionContext& context) {
  try {
    handle->stream.expires_after(context.options.request_deadline);
    const std::shared_ptr<const WebState> state = context.policy->Refresh();
    if (state->tls) {
      co_await ServeTls(*handle, context, *state);
    } else {
      Session<boost::beast::tcp_stream> session(handle->stream, *handle, context);
      co_await session.Run();
    }
  } catch (const boost::system::system_error&) {
    // The client has gone, or was too slow, or spoke no TLS: its matter, and too common to log.
  } catch (const std::exception& error) {
    log::Error("connection failed", {{"peer", handle->peer}, {"err", error.what()}});
  }
  context.connections.Remove(handle);
}

std::string PeerAddress(const asio::ip::tcp::socket& socket) {
  boost::system::error_code error;
  const auto address = socket.remote_endpoint(error).address();
  if (address.is_v6() && address.to_v6().is_v4_mapped()) {
    return asio::ip::make_address_v4(asio::ip::v4_mapped, address.to_v6()).to_string();
  }
  return address.to_string();
}

// A few bytes into an empty send buffer: it does not wait for the client.
void TurnAway(asio::ip::tcp::socket& socket) {
  boost::system::error_code ignored;
  socket.non_blocking(true, ignored);
  socket.write_some(asio::buffer(Serialize(Text(503, "Too many connections\n"), {})), ignored);
  socket.shutdown(asio::ip::tcp::socket::shutdown_send, ignored);
}

}  // namespace

void StartSession(asio::ip::tcp::socket socket, SessionContext& context) {
  const std::string peer = PeerAddress(socket);
  if (!context.connections.HasRoomFor(peer)) {
    if (!context.policy->Refresh()->tls) TurnAway(socket);
    return;
  }
  const auto executor = socket.get_executor();
  const auto handle = context.connections.Add(std::move(socket), peer);
  asio::co_spawn(executor, Serve(handle, context), asio::detached);
}

}  // namespace forewarn::http

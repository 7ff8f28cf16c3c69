// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/thread_pool.hpp>
#include <memory>

#include "common/http/authenticator.h"
#include "common/http/connections.h"
#include "common/http/router.h"
#include "common/http/server.h"
#include "common/http/web_policy.h"

namespace forewarn::http {

// What the connections of a server share. All of it is used on the server's one I/O thread, which never computes for
// long: handlers, compression and bcrypt have threads of their own.
struct SessionContext {
  ServerOptions options;
  Router router;
  std::unique_ptr<WebPolicy> policy;
  Connections connections;
  Authenticator authenticator;
  boost::asio::thread_pool handlers;
  boost::asio::thread_pool bcrypt{1};  // apart, so that guessing passwords does not hold up who knows his
};

// Serves an accepted connection until it ends, or turns it away where there is no room. Call on the I/O thread.
// `context` must outlive the I/O thread's work.
void StartSession(boost::asio::ip::tcp::socket socket, SessionContext& context);

}  // namespace forewarn::http

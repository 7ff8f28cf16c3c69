// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <boost/asio/ip/tcp.hpp>
#include <string>

#include "common/base/result.h"

namespace forewarn::http {

// A socket that listens on "host:port", "[v6]:port" or ":port" (all addresses). Exclusive: where somebody listens
// already it is kConflict, since SO_REUSEPORT would let two processes share a port in silence.
base::Result<boost::asio::ip::tcp::acceptor> Listen(boost::asio::io_context& io, const std::string& address);

}  // namespace forewarn::http

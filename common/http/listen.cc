// SPDX-License-Identifier: Apache-2.0
#include "common/http/listen.h"

#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/v6_only.hpp>
#include <charconv>
#include <cstdint>

namespace forewarn::http {
namespace {

using base::Error;
using base::ErrorCode;
using base::Result;
using boost::asio::ip::tcp;

struct HostPort {
  std::string host;
  std::uint16_t port = 0;
};

Result<HostPort> Split(const std::string& address) {
  const auto colon = address.rfind(':');
  HostPort out;
  if (colon != std::string::npos) {
    out.host = address.substr(0, colon);
    const char* const last = address.data() + address.size();
    const auto [end, error] = std::from_chars(address.data() + colon + 1, last, out.port);
    const bool bracketed = out.host.size() > 2 && out.host.front() == '[' && out.host.back() == ']';
    if (bracketed) out.host = out.host.substr(1, out.host.size() - 2);
    const bool host_ok = bracketed || out.host.find(':') == std::string::npos;
    if (error == std::errc() && end == last && host_ok) return out;
  }
  return Error{ErrorCode::kInvalid, "listen address " + address + ": not host:port, [v6]:port or :port"};
}

Result<tcp::acceptor> Bind(boost::asio::io_context& io, const tcp::endpoint& endpoint, const std::string& address) {
  boost::system::error_code error;
  tcp::acceptor acceptor(io);
  acceptor.open(endpoint.protocol(), error);
  if (!error) acceptor.set_option(tcp::acceptor::reuse_address(true), error);  // past TIME_WAIT only
  if (!error && endpoint.address().is_v6()) {
    acceptor.set_option(boost::asio::ip::v6_only(!endpoint.address().is_unspecified()), error);
  }
  if (!error) acceptor.bind(endpoint, error);
  if (!error) acceptor.listen(tcp::acceptor::max_listen_connections, error);
  if (!error) return acceptor;
  const auto code = error == boost::asio::error::address_in_use ? ErrorCode::kConflict : ErrorCode::kUnavailable;
  return Error{code, "listen on " + address + ": " + error.message()};
}

}  // namespace

Result<tcp::acceptor> Listen(boost::asio::io_context& io, const std::string& address) {
  const auto split = Split(address);
  if (!split) return split.error();
  if (split->host.empty()) {
    auto both = Bind(io, {tcp::v6(), split->port}, address);
    if (both || both.error().code == ErrorCode::kConflict) return both;
    return Bind(io, {tcp::v4(), split->port}, address);  // a kernel without IPv6
  }
  boost::system::error_code error;
  const auto found = tcp::resolver(io).resolve(split->host, std::to_string(split->port), tcp::resolver::passive, error);
  if (error || found.empty()) {
    return Error{ErrorCode::kInvalid, "listen on " + address + ": " + error.message()};
  }
  return Bind(io, found.begin()->endpoint(), address);
}

}  // namespace forewarn::http

// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <boost/beast/core/tcp_stream.hpp>
#include <list>
#include <map>
#include <string>

namespace forewarn::http {

struct ServerConnection {
  boost::beast::tcp_stream stream;
  std::string peer;
  bool busy = false;  // a request has been received whole and is not yet answered
};

// The open connections of a server, within their caps. Used on its I/O thread only.
class Connections {
 public:
  using Handle = std::list<ServerConnection>::iterator;

  Connections(int max, int max_per_peer) : max_(max), max_per_peer_(max_per_peer) {}

  bool HasRoomFor(const std::string& peer) const {
    const auto found = per_peer_.find(peer);
    return static_cast<int>(all_.size()) < max_ && (found == per_peer_.end() || found->second < max_per_peer_);
  }
  Handle Add(boost::asio::ip::tcp::socket socket, std::string peer) {
    ++per_peer_[peer];
    return all_.insert(all_.end(), ServerConnection{boost::beast::tcp_stream(std::move(socket)), std::move(peer)});
  }
  void Remove(Handle handle) {
    if (--per_peer_[handle->peer] == 0) per_peer_.erase(handle->peer);
    all_.erase(handle);
  }
  // Ends what nobody waits for; the busy ones end after their answer.
  void Stop() {
    stopping_ = true;
    for (auto& connection : all_) {
      if (!connection.busy) connection.stream.cancel();
    }
  }
  bool stopping() const { return stopping_; }

 private:
  int max_, max_per_peer_;
  bool stopping_ = false;
  std::list<ServerConnection> all_;
  std::map<std::string, int> per_peer_;
};

}  // namespace forewarn::http

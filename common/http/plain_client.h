// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <httplib.h>

#include <functional>
#include <memory>

namespace forewarn::http {

// httplib over plain TCP with fewer system calls: its own stream polls before each read, and reads 4 KiB at a time.
// The end of a call is the watchdog's to say, which shuts the socket down.
class PlainClient : public httplib::ClientImpl {
 public:
  PlainClient(const std::string& host, int port);

 private:
  bool process_socket(const Socket& socket, std::function<bool(httplib::Stream&)> callback) override;

  const std::unique_ptr<char[]> buffer_;
};

}  // namespace forewarn::http

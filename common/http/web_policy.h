// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "common/base/clock.h"
#include "common/base/result.h"
#include "common/http/file_stamp.h"
#include "common/http/tls.h"
#include "common/http/web_config.h"

namespace forewarn::http {

struct WebState {
  WebConfig config;
  TlsContext tls;  // null: plain HTTP
};

// The web config file as it is now. Not thread-safe: a server asks it on its I/O thread only.
class WebPolicy {
 public:
  // An empty path: plain HTTP for everybody.
  static base::Result<std::unique_ptr<WebPolicy>> Open(const std::string& path);

  // Looks whether a file has changed and reads it anew if so. Never null: the last good state stands while broken().
  std::shared_ptr<const WebState> Refresh();
  // The file on disk cannot be used: requests must be answered with 500, since who may ask is not known.
  bool broken() const { return broken_; }
  // One request of the file's rate_limit; false: over it.
  bool TakeToken(base::SteadyTime now);

 private:
  explicit WebPolicy(std::string path) : path_(std::move(path)) {}
  base::Result<void> Load();

  std::string path_;
  std::vector<FileStamp> stamps_;  // of the file and of those it names, before they were read
  std::shared_ptr<const WebState> state_;
  bool broken_ = false;
  double tokens_ = 0;
  base::SteadyTime filled_{};
};

}  // namespace forewarn::http

// SPDX-License-Identifier: Apache-2.0
#include "common/http/web_policy.h"

#include <algorithm>

#include "common/log/log.h"

namespace forewarn::http {
namespace {

using base::Error;
using base::ErrorCode;
using base::Result;

void AddStamps(const TlsConfig& tls, std::vector<FileStamp>& stamps) {
  for (const auto& file : {tls.cert_file, tls.key_file, tls.client_ca_file}) {
    if (!file.empty()) stamps.push_back(FileStamp::Of(file));
  }
}

bool Changed(const std::vector<FileStamp>& stamps) {
  return std::any_of(stamps.begin(), stamps.end(), [](const FileStamp& s) { return FileStamp::Of(s.path) != s; });
}

}  // namespace

Result<std::unique_ptr<WebPolicy>> WebPolicy::Open(const std::string& path) {
  std::unique_ptr<WebPolicy> policy(new WebPolicy(path));
  if (path.empty()) {
    policy->state_ = std::make_shared<const WebState>();
  } else if (auto loaded = policy->Load(); !loaded) {
    return loaded.error();
  }
  return policy;
}

// The stamps are taken before the files are read: a write meanwhile is seen at the next look.
Result<void> WebPolicy::Load() {
  stamps_ = {FileStamp::Of(path_)};
  auto config = LoadWebConfig(path_);
  if (!config) return config.error();
  if (config->tls) AddStamps(*config->tls, stamps_);
  WebState next{std::move(*config), nullptr};
  if (state_ && next.config.tls.has_value() != (state_->tls != nullptr)) {
    return Error{ErrorCode::kInvalid, path_ + ": tls_server_config came or went: this needs a restart"};
  }
  if (next.config.tls) {
    auto context = MakeServerContext(*next.config.tls);
    if (!context) return Error{context.error().code, path_ + ": " + context.error().message};
    next.tls = std::move(*context);
  }
  tokens_ = next.config.rate_burst;
  state_ = std::make_shared<const WebState>(std::move(next));
  return {};
}

std::shared_ptr<const WebState> WebPolicy::Refresh() {
  if (path_.empty() || !Changed(stamps_)) return state_;
  const auto loaded = Load();
  broken_ = !loaded;
  if (loaded) {
    log::Info("web config file read anew", {{"file", path_}});
  } else {
    log::Error("web config file cannot be used: requests are refused", {{"err", loaded.error().message}});
  }
  return state_;
}

bool WebPolicy::TakeToken(base::SteadyTime now) {
  const WebConfig& config = state_->config;
  if (config.rate_interval <= base::Duration::zero()) return true;
  const double intervals = base::ToSeconds(now - filled_) / base::ToSeconds(config.rate_interval);
  tokens_ = std::min(config.rate_burst, tokens_ + intervals);
  filled_ = now;
  if (tokens_ < 1) return false;
  tokens_ -= 1;
  return true;
}

base::Result<void> CheckWebConfig(const std::string& path) {
  const auto policy = WebPolicy::Open(path);
  if (!policy) return policy.error();
  return {};
}

}  // namespace forewarn::http

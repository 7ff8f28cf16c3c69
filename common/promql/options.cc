// SPDX-License-Identifier: Apache-2.0
#include "common/promql/client.h"

namespace forewarn::promql {
namespace {

std::string DecodeUrl(const config::Map& map) {
  const auto node = map.Require("url");
  if (!node) return {};
  std::string url = node->String();
  if (!url.starts_with("http://") && !url.starts_with("https://")) node->Fail("not an http:// or https:// URL");
  if (url.find_first_of("?#") != std::string::npos) node->Fail("a base URL has no query (see params) and no fragment");
  while (url.ends_with('/')) url.pop_back();
  return url;
}

// A whole number of at least 1 in the options' unsigned type.
std::size_t DecodeLimit(const config::Map& map, std::string_view key, std::size_t otherwise) {
  const auto node = map.Find(key);
  if (!node) return otherwise;
  const auto limit = node->Integer();
  if (limit < 1) node->Fail("must be at least 1");
  return static_cast<std::size_t>(limit);
}

}  // namespace

ClientOptions DecodeClientOptions(const config::Map& map) {
  ClientOptions options;
  options.url = DecodeUrl(map);
  options.timeout = map.Duration("timeout", options.timeout);
  if (options.timeout <= base::Duration::zero()) map.Find("timeout")->Fail("must be more than 0s");
  options.max_body = DecodeLimit(map, "max_body", options.max_body);
  options.max_series = DecodeLimit(map, "max_series", options.max_series);
  if (const auto params = map.Find("params")) {
    for (const auto& [name, value] : params->Entries()) options.extra_params.emplace_back(name, value.String());
  }
  options.http = http::DecodeClientConfig(map);
  return options;
}

std::string EscapeLabelValue(std::string_view value) {
  std::string escaped;
  escaped.reserve(value.size());
  for (const char c : value) {
    if (c == '\\' || c == '"') escaped += '\\';
    if (c == '\n') {
      escaped += "\\n";
    } else {
      escaped += c;
    }
  }
  return escaped;
}

}  // namespace forewarn::promql

// SPDX-License-Identifier: Apache-2.0
#include "common/http/wire.h"

#include <zlib.h>

#include <array>
#include <boost/beast/http/status.hpp>
#include <charconv>
#include <ctime>

#include "common/http/text.h"

namespace forewarn::http {
namespace {

constexpr std::size_t kWorthCompressing = 1 << 10;
constexpr int kGzipWindow = 15 + 16;  // zlib: 16 more asks for gzip's own header and trailer

// Level 1: exposition text shrinks tenfold at any level, and the scrape waits for it. Room as it is needed: what zlib
// may need at most is as much again as the text.
std::string Gzip(std::string_view text) {
  z_stream stream{};
  if (deflateInit2(&stream, Z_BEST_SPEED, Z_DEFLATED, kGzipWindow, 8, Z_DEFAULT_STRATEGY) != Z_OK) return {};
  const std::size_t step = kWorthCompressing + text.size() / 8;
  std::string out;
  stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(text.data()));
  stream.avail_in = static_cast<uInt>(text.size());
  int done = Z_OK;
  while (done == Z_OK) {
    out.resize(stream.total_out + step);
    stream.next_out = reinterpret_cast<Bytef*>(out.data() + stream.total_out);
    stream.avail_out = static_cast<uInt>(step);
    done = deflate(&stream, Z_FINISH);
  }
  out.resize(done == Z_STREAM_END ? stream.total_out : 0);
  deflateEnd(&stream);
  return out;
}

bool IsZeroQuality(std::string_view parameters) {
  const auto at = parameters.find("q=");
  if (at == std::string_view::npos) return false;
  return Trim(parameters.substr(at + 2)).find_first_not_of("0.") == std::string_view::npos;
}

std::string DateNow() {
  const std::time_t now = std::time(nullptr);
  std::tm parts{};
  gmtime_r(&now, &parts);
  std::array<char, 40> text{};
  return {text.data(), std::strftime(text.data(), text.size(), "%a, %d %b %Y %H:%M:%S GMT", &parts)};
}

bool IsSafe(const Response& response) {
  if (HasControlCharacters(response.content_type)) return false;
  for (const auto& [name, value] : response.headers) {
    if (!IsToken(name) || HasControlCharacters(value)) return false;
  }
  return true;
}

void AppendHeader(std::string_view name, std::string_view value, std::string& out) {
  out.append(name).append(": ").append(value).append("\r\n");
}

}  // namespace

bool AcceptsGzip(std::string_view accept) {
  while (!accept.empty()) {
    const std::string_view item = accept.substr(0, accept.find(','));
    accept.remove_prefix(std::min(accept.size(), item.size() + 1));
    const auto semicolon = std::min(item.find(';'), item.size());
    const std::string_view coding = Trim(item.substr(0, semicolon));
    if ((EqualIgnoringCase(coding, "gzip") || coding == "*") && !IsZeroQuality(item.substr(semicolon))) return true;
  }
  return false;
}

void CompressIfWorthwhile(Response& response) {
  if (response.body.size() <= kWorthCompressing || response.headers.count("Content-Encoding") > 0) return;
  std::string packed = Gzip(response.body);
  if (packed.empty()) return;
  response.body = std::move(packed);
  response.headers["Content-Encoding"] = "gzip";
}

std::string Serialize(const Response& response, const WireOptions& options) {
  if (!IsSafe(response)) return Serialize(Text(500, "Internal Server Error\n"), options);
  const auto reason = boost::beast::http::obsolete_reason(static_cast<boost::beast::http::status>(response.status));
  const bool may_have_body = response.status >= 200 && response.status != 204 && response.status != 304;
  const bool sends_body = may_have_body && options.body == Body::kSend;
  std::string out;
  out.reserve(512 + (sends_body ? response.body.size() : 0));
  out.append("HTTP/1.1 ").append(std::to_string(response.status)).append(" ");
  out.append(reason.data(), reason.size()).append("\r\n");
  AppendHeader("Date", DateNow(), out);
  if (may_have_body) {
    AppendHeader("Content-Type", response.content_type, out);
    AppendHeader("Content-Length", std::to_string(response.body.size()), out);
  }
  AppendHeader("Vary", "Accept-Encoding", out);
  if (options.connection == Connection::kClose) AppendHeader("Connection", "close", out);
  for (const auto& [name, value] : response.headers) AppendHeader(name, value, out);
  if (options.extra_headers) {
    for (const auto& [name, value] : *options.extra_headers) AppendHeader(name, value, out);
  }
  out += "\r\n";
  if (sends_body) out += response.body;
  return out;
}

}  // namespace forewarn::http

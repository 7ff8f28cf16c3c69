// SPDX-License-Identifier: Apache-2.0
#include "common/http/head.h"

#include <algorithm>
#include <boost/asio/buffer.hpp>
#include <boost/beast/http/empty_body.hpp>
#include <boost/beast/http/parser.hpp>
#include <charconv>
#include <limits>

#include "common/http/text.h"

namespace forewarn::http {
namespace {

namespace beast_http = boost::beast::http;
using Parser = beast_http::request_parser<beast_http::empty_body>;
using Fields = beast_http::request_header<>;

std::string_view View(boost::beast::string_view text) { return {text.data(), text.size()}; }

std::size_t Count(const Fields& fields, beast_http::field name) { return fields.count(name); }

// The target's path and query into `head`; false where an escape is broken or it is not an absolute path.
bool ParseTarget(std::string_view target, Head& head) {
  const std::string_view raw_path = target.substr(0, target.find('?'));
  auto path = PercentDecode(raw_path);
  if (!path || !path->starts_with('/')) return false;
  head.path = std::move(*path);
  std::string_view rest = target.substr(raw_path.size());
  if (rest.starts_with('?')) rest.remove_prefix(1);
  auto query = ParseForm(rest);
  if (query) head.query = std::move(*query);
  return query.has_value();
}

// Framing that two readers could take differently is refused: it is how requests are smuggled (RFC 9112 §11.2).
std::optional<Response> CheckFraming(const Fields& fields) {
  if (Count(fields, beast_http::field::transfer_encoding) > 0) {
    return Text(400, "Transfer-Encoding is not accepted: send a Content-Length\n");
  }
  if (Count(fields, beast_http::field::content_length) > 1) return Text(400, "more than one Content-Length\n");
  const auto hosts = Count(fields, beast_http::field::host);
  if (hosts > 1 || (hosts == 0 && fields.version() >= 11)) return Text(400, "exactly one Host is required\n");
  return std::nullopt;
}

std::optional<Response> ParseLength(const Fields& fields, Head& head) {
  const auto found = fields.find(beast_http::field::content_length);
  if (found == fields.end()) {
    // Without a length there is no body (RFC 9112 §6.3). Who sends one all the same must not be heard a second time.
    head.undeclared = head.method == "POST" || head.method == "PUT" || head.method == "PATCH";
    head.keep_alive = head.keep_alive && !head.undeclared;
    return std::nullopt;
  }
  const std::string_view text = View(found->value());
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), head.content_length);
  if (error != std::errc() || end != text.data() + text.size()) return Text(400, "bad Content-Length\n");
  return std::nullopt;
}

std::optional<Response> ParseFields(const Fields& fields, Head& head) {
  for (const auto& field : fields) {
    std::string& value = head.headers[ToLower(View(field.name_string()))];
    if (!value.empty()) value += ", ";
    value += View(field.value());
  }
  if (const auto* encoding = head.Find("content-encoding"); encoding && !EqualIgnoringCase(*encoding, "identity")) {
    return Text(415, "Content-Encoding is not accepted\n");
  }
  if (const auto* expect = head.Find("expect")) {
    if (!EqualIgnoringCase(*expect, "100-continue")) return Text(417, "unknown expectation\n");
    head.expect_continue = true;
  }
  return std::nullopt;
}

}  // namespace

const std::string* Head::Find(const std::string& name) const {
  const auto found = headers.find(name);
  return found == headers.end() ? nullptr : &found->second;
}

HeadEnd FindHeadEnd(std::string_view received) {
  const auto end = received.find("\r\n\r\n");
  const bool complete = end != std::string_view::npos;
  const std::string_view head = complete ? received.substr(0, end + 4) : received;
  for (auto at = head.find('\n'); at != std::string_view::npos; at = head.find('\n', at + 1)) {
    if (at == 0 || head[at - 1] != '\r') return {0, Text(400, "a line must end with CR LF\n")};
    const char next = at + 1 < head.size() ? head[at + 1] : '\0';
    if (next == ' ' || next == '\t') return {0, Text(400, "folded header lines are not accepted\n")};
  }
  if (head.size() > kHeadLimit) return {0, Text(431, "the request's head is over 8 KiB\n")};
  return {complete ? head.size() : 0, std::nullopt};
}

std::variant<Head, Response> ParseHead(std::string_view text) {
  Parser parser;
  parser.header_limit(2 * kHeadLimit);                           // FindHeadEnd has judged the size
  parser.body_limit(std::numeric_limits<std::uint64_t>::max());  // the route judges it; boost::none refuses all
  boost::beast::error_code error;
  parser.put(boost::asio::buffer(text.data(), text.size()), error);
  if (error || !parser.is_header_done()) return Text(400, "not an HTTP/1.1 request\n");
  const Fields& fields = parser.get();
  Head head;
  head.method = View(fields.method_string());
  head.keep_alive = parser.keep_alive();
  if (auto refusal = CheckFraming(fields)) return *refusal;
  if (auto refusal = ParseFields(fields, head)) return *refusal;
  if (auto refusal = ParseLength(fields, head)) return *refusal;
  if (!ParseTarget(View(fields.target()), head)) return Text(400, "bad request target\n");
  return head;
}

}  // namespace forewarn::http

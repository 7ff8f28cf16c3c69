// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string_view>

namespace forewarn::http {

struct FramingCase {
  std::string_view name, request;
  int status;  // with which it is refused
};

// Each is a way in which a request's end, or its meaning, could be read in two ways (RFC 9112 §11), or not at all.
// NOLINTNEXTLINE(cppcoreguidelines-avoid-c-arrays)
inline constexpr FramingCase kFramingCorpus[] = {
    {"chunked", "POST /echo HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", 400},
    {"unknown coding", "POST /echo HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: xchunked\r\n\r\n", 400},
    {"chunked twice", "POST /echo HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked, chunked\r\n\r\n", 400},
    {"length, then coding",
     "POST /echo HTTP/1.1\r\nHost: h\r\nContent-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\nabc", 400},
    {"coding, then length",
     "POST /echo HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\nContent-Length: 3\r\n\r\nabc", 400},
    {"coding on GET", "GET / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: identity\r\n\r\n", 400},
    {"two lengths", "POST /echo HTTP/1.1\r\nHost: h\r\nContent-Length: 3\r\nContent-Length: 4\r\n\r\nabcd", 400},
    {"two equal lengths", "POST /echo HTTP/1.1\r\nHost: h\r\nContent-Length: 3\r\nContent-Length: 3\r\n\r\nabc", 400},
    {"a list of lengths", "POST /echo HTTP/1.1\r\nHost: h\r\nContent-Length: 3, 3\r\n\r\nabc", 400},
    {"negative length", "POST /echo HTTP/1.1\r\nHost: h\r\nContent-Length: -1\r\n\r\n", 400},
    {"signed length", "POST /echo HTTP/1.1\r\nHost: h\r\nContent-Length: +3\r\n\r\nabc", 400},
    {"huge length", "POST /echo HTTP/1.1\r\nHost: h\r\nContent-Length: 100000000000000000000000\r\n\r\n", 400},
    {"empty length", "POST /echo HTTP/1.1\r\nHost: h\r\nContent-Length:\r\n\r\n", 400},
    {"folded line", "GET / HTTP/1.1\r\nHost: h\r\nX: a\r\n b\r\n\r\n", 400},
    {"folded with a tab", "GET / HTTP/1.1\r\nHost: h\r\nX: a\r\n\tb\r\n\r\n", 400},
    {"no Host", "GET / HTTP/1.1\r\n\r\n", 400},
    {"two Hosts", "GET / HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n", 400},
    {"bare LF", "GET / HTTP/1.1\nHost: h\n\n", 400},
    {"LF in the middle", "GET / HTTP/1.1\r\nHost: h\nX: y\r\n\r\n", 400},
    {"space before the colon", "GET / HTTP/1.1\r\nHost : h\r\n\r\n", 400},
    {"NUL in a value", {"GET / HTTP/1.1\r\nHost: h\r\nX: a\0b\r\n\r\n", 36}, 400},
    {"compressed body", "POST /echo HTTP/1.1\r\nHost: h\r\nContent-Encoding: gzip\r\nContent-Length: 3\r\n\r\nabc",
     415},
    {"unknown expectation", "POST /echo HTTP/1.1\r\nHost: h\r\nExpect: wonders\r\nContent-Length: 0\r\n\r\n", 417},
    {"HTTP/2 preface", "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", 400},
    {"HTTP/0.9", "GET /\r\n\r\n", 400},
    {"no path", "GET metrics HTTP/1.1\r\nHost: h\r\n\r\n", 400},
    {"broken escape", "GET /%zz HTTP/1.1\r\nHost: h\r\n\r\n", 400},
    {"escape cut short", "GET /?a=%2 HTTP/1.1\r\nHost: h\r\n\r\n", 400},
    {"an empty line first", "\r\nGET / HTTP/1.1\r\nHost: h\r\n\r\n", 400},
    {"TLS hello", {"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03\r\n\r\n", 15}, 400},
};

}  // namespace forewarn::http

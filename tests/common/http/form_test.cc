// SPDX-License-Identifier: Apache-2.0
#include "common/http/form.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "common/http/client.h"
#include "common/http/web_paths.h"

namespace forewarn::http {
namespace {

using testing::HasSubstr;

constexpr char kDeed[] = "/episodes/5/approve";

class FormGuardTest : public testing::Test {
 protected:
  // As a browser sends a form of ours to http://127.0.0.1:9778.
  Request Post(const std::string& user = "alice", const std::string& deed = kDeed) const {
    Request request;
    request.headers = {
        {"host", "127.0.0.1:9778"}, {"origin", "http://127.0.0.1:9778"}, {"sec-fetch-site", "same-origin"}};
    request.body = "a=1&token=" + PercentEncode(guard_.Token(user, deed));
    return request;
  }
  std::string Why(const Request& request) const { return guard_.Refuse(request, "alice", kDeed).value_or(""); }

  FormGuard guard_{"https://ops.example:443"};
};

TEST_F(FormGuardTest, TakesOurForms) {
  EXPECT_EQ(Why(Post()), "");
  Request request = Post();
  request.headers.erase("sec-fetch-site");  // to an address without TLS
  EXPECT_EQ(Why(request), "");
  request.headers["origin"] = "https://ops.example", request.headers["host"] = "10.0.0.1:9778";  // by the proxy
  EXPECT_EQ(Why(request), "");
  request.headers["origin"] = "http://[::1]:9778", request.headers["host"] = "[::1]:9778";
  EXPECT_EQ(Why(request), "");
  request.headers["origin"] = "http://localhost:9778", request.headers["host"] = "localhost:9778";
  EXPECT_EQ(Why(request), "");
}

TEST_F(FormGuardTest, RefusesWhatOtherPagesSend) {
  for (const char* site : {"cross-site", "same-site", "none"}) {
    Request request = Post();
    request.headers["sec-fetch-site"] = site;
    EXPECT_THAT(Why(request), HasSubstr("another site")) << site;
  }
  for (const char* origin : {"", "null", "http://evil.example", "https://127.0.0.1:9778x", "http://127.0.0.1:9779",
                             "http://127.0.0.1", "https://ops.example.evil.example"}) {
    Request request = Post();
    request.headers.erase("sec-fetch-site");
    request.headers["origin"] = origin;
    EXPECT_NE(Why(request), "") << origin;
  }
  Request silent = Post();
  silent.headers.erase("origin");
  EXPECT_THAT(Why(silent), HasSubstr("does not say where the form comes from"));
}

TEST_F(FormGuardTest, RefusesANameThatAnybodyCouldGiveThisMachine) {
  Request rebound = Post();
  rebound.headers["origin"] = "http://rebound.example:9778";
  rebound.headers["host"] = "rebound.example:9778";
  EXPECT_THAT(Why(rebound), HasSubstr("anybody could give this machine the name rebound.example"));
}

TEST_F(FormGuardTest, ATokenIsForOneUserOneDeedAndThisProcess) {
  EXPECT_THAT(Why(Post("bob")), HasSubstr("not one that this process made for you"));
  EXPECT_NE(Why(Post("alice", "/episodes/6/approve")), "");
  EXPECT_NE(Why(Post("alice/", "episodes/5/approve")), "");
  Request request = Post();
  request.body = "token=" + PercentEncode(FormGuard("https://ops.example:443").Token("alice", kDeed));
  EXPECT_NE(Why(request), "");
  for (const char* body : {"", "token=", "token=%zz", "token=x"}) {
    request.body = body;
    EXPECT_NE(Why(request), "") << body;
  }
}

TEST(WebPaths, ArePrometheusOnes) {
  const auto none = ParseWebPaths("", "").value();
  EXPECT_EQ(none.origin + none.links + none.routes, "");
  const auto external = ParseWebPaths("https://Ops.example/a/b/", "").value();
  EXPECT_EQ(external.origin, "https://ops.example:443");
  EXPECT_EQ(external.links, "/a/b");
  EXPECT_EQ(external.routes, "/a/b");
  const auto stripped = ParseWebPaths("https://ops.example/a", "/").value();  // the proxy takes the prefix off
  EXPECT_EQ(stripped.links, "/a");
  EXPECT_EQ(stripped.routes, "");
  const auto routes = ParseWebPaths("", "x/").value();
  EXPECT_EQ(routes.links, "/x");
  EXPECT_EQ(routes.routes, "/x");
}

TEST(WebPaths, RefusesWhatIsNone) {
  for (const char* url : {"ops.example", "ftp://ops.example", "http://user@ops.example", "http://h/a b", "http://h/a?b",
                          "http://h/%61", "http://h/a//b", "http://h/\"><x"}) {
    EXPECT_FALSE(ParseWebPaths(url, "")) << url;
  }
  for (const char* prefix : {"/a b", "/a//b", "/a\r\nb", "/a?b", "/*"})
    EXPECT_FALSE(ParseWebPaths("", prefix)) << prefix;
}

}  // namespace
}  // namespace forewarn::http

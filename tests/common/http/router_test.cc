// SPDX-License-Identifier: Apache-2.0
#include "common/http/router.h"

#include <gtest/gtest.h>

namespace forewarn::http {
namespace {

std::string Found(const Router& router, const std::string& path, const std::string& method = "GET") {
  Head head;
  head.method = method;
  head.path = path;
  const auto found = router.Find(head);
  if (const auto* refusal = std::get_if<Response>(&found)) {
    const auto location = refusal->headers.find("Location");
    return std::to_string(refusal->status) + (location == refusal->headers.end() ? "" : " " + location->second);
  }
  return std::get<const Route*>(found)->path;
}

std::vector<Route> Routes() { return {{"GET", "/", {}}, {"GET", "/show/*", {}}, {"POST", "/act", {}}}; }

TEST(Router, FindsRoutesBelowThePrefix) {
  const Router router(Routes(), "/ops/a");
  EXPECT_EQ(Found(router, "/ops/a/"), "/");
  EXPECT_EQ(Found(router, "/ops/a/show/x"), "/show/*");
  EXPECT_EQ(Found(router, "/ops/a/act", "POST"), "/act");
  EXPECT_EQ(Found(router, "/ops/a/act"), "405");
  EXPECT_EQ(router.Below("/ops/a/show/x"), "/show/x");
  for (const char* path : {"/show/x", "/ops/ab/show/x", "/ops/", "/ops/a/none", "/ops/a/ops/a/", "/ops/a//"}) {
    EXPECT_EQ(Found(router, path), "404") << path;
  }
  EXPECT_EQ(Found(router, "/", "POST"), "404");
}

TEST(Router, ShowsTheWayToThePrefix) {
  const Router router(Routes(), "/ops/a");
  EXPECT_EQ(Found(router, "/"), "302 ops/a/");
  EXPECT_EQ(Found(router, "/ops/a"), "302 a/");
}

TEST(Router, HasNoPrefixWhereNoneIsGiven) {
  const Router router(Routes(), "");
  EXPECT_EQ(Found(router, "/"), "/");
  EXPECT_EQ(Found(router, "/show/x"), "/show/*");
  EXPECT_EQ(Found(router, "/none"), "404");
}

}  // namespace
}  // namespace forewarn::http

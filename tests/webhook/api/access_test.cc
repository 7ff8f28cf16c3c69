// SPDX-License-Identifier: Apache-2.0
#include "webhook/api/access.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/fakes/temp_dir.h"

namespace forewarn::api {
namespace {

using testing::HasSubstr;

class AccessTest : public testing::Test {
 protected:
  std::string Token(const std::string& name, char letter) const {
    const std::string file = dir_.Write(name, std::string(64, letter) + "\n");
    std::filesystem::permissions(file, std::filesystem::perms(0600));
    return file;
  }
  // The mistakes, or nothing; then it is in force.
  std::string Configure(const std::string& clients) {
    auto document = config::Document::Parse("c", "clients: " + clients + "\n");
    Clients decoded = DecodeClients(*document->Root().AsMap().Find("clients"));
    if (auto done = document->Finish(); !done) return done.error().message;
    access_.Set(std::move(decoded));
    return "";
  }
  static http::Request From(const std::string& peer, char letter = 0) {
    http::Request request;
    request.peer = peer;
    if (letter != 0) request.headers["authorization"] = "Bearer " + std::string(64, letter);
    return request;
  }
  int Status(const http::Request& request, Need need) const {
    const auto refusal = access_.Refuse(request, need);
    return refusal ? refusal->status : 200;
  }

  fakes::TempDir dir_;
  Access access_;
};

constexpr Need kNeeds[] = {Need::kRead, Need::kAlert, Need::kAct, Need::kStop};

TEST_F(AccessTest, WithoutClientsOnlyActingFromElsewhereIsRefused) {
  for (const Need need : kNeeds) {
    EXPECT_EQ(Status(From("127.0.0.1"), need), 200);
    EXPECT_EQ(Status(From("::1"), need), 200);
    EXPECT_EQ(Status(From("192.0.2.1"), need), need == Need::kAct ? 403 : 200);
  }
  http::Request request = From("127.0.0.1");
  request.headers["x-forwarded-for"] = "192.0.2.1";
  EXPECT_EQ(Status(request, Need::kAct), 403);
  request.user = "alice";
  EXPECT_EQ(Status(request, Need::kAct), 200);
  request = From("192.0.2.1");
  request.certificate = "operator";
  EXPECT_EQ(Status(request, Need::kAct), 200);
}

TEST_F(AccessTest, EachClientMayWhatItMay) {
  ASSERT_EQ(Configure("\n- {name: reader, token_files: ['" + Token("r", 'a') +
                      "'], may: [read]}\n- {name: am, token_files: ['" + Token("m", 'b') +
                      "'], may: [alert]}\n- {name: boss, token_files: ['" + Token("b", 'c') + "', '" +
                      Token("b2", 'd') + "'], may: [act, read]}"),
            "");
  for (const Need need : kNeeds) {
    EXPECT_EQ(Status(From("127.0.0.1"), need), 401);
    EXPECT_EQ(Status(From("127.0.0.1", 'e'), need), 401);
    EXPECT_EQ(Status(From("192.0.2.1", 'a'), need), need == Need::kRead ? 200 : 403);
    EXPECT_EQ(Status(From("192.0.2.1", 'b'), need), need == Need::kAlert ? 200 : 403);
    for (const char letter : {'c', 'd'}) {
      EXPECT_EQ(Status(From("192.0.2.1", letter), need), need == Need::kAlert ? 403 : 200);
    }
  }
  EXPECT_EQ(access_.Who(From("192.0.2.1", 'd')), "boss");
  EXPECT_EQ(access_.Refuse(From("192.0.2.1"), Need::kRead)->headers.at("WWW-Authenticate"), "Bearer");
}

TEST_F(AccessTest, AUserOrACertificateIsTheClientOfThatName) {
  ASSERT_EQ(Configure("[{name: alice, may: [read]}]"), "");
  http::Request request = From("192.0.2.1");
  request.user = "alice";
  EXPECT_EQ(Status(request, Need::kRead), 200);
  EXPECT_EQ(Status(request, Need::kAct), 403);
  request = From("192.0.2.1");
  request.certificate = "alice";
  EXPECT_EQ(Status(request, Need::kRead), 200);
  request.certificate = "bob";
  EXPECT_EQ(Status(request, Need::kRead), 401);
  request.certificate = "alice";
  request.headers["authorization"] = "Bearer " + std::string(64, 'z');  // says who it wants to be, and is not
  EXPECT_EQ(Status(request, Need::kRead), 401);
}

TEST_F(AccessTest, MistakesAreNamed) {
  EXPECT_THAT(Configure("[]"), HasSubstr("needs a client"));
  EXPECT_THAT(Configure("[{name: a, may: []}]"), HasSubstr("may do nothing"));
  EXPECT_THAT(Configure("[{name: a, may: [everything]}]"), HasSubstr("must be read, act or alert"));
  EXPECT_THAT(Configure("[{may: [read]}]"), HasSubstr("needs a name"));
  EXPECT_THAT(Configure("[{name: a, may: [read]}, {name: a, may: [read]}]"), HasSubstr("two clients named a"));
  EXPECT_THAT(Configure("[{name: a, may: [read], token_files: [/none]}]"), HasSubstr("/none: cannot be read"));
  EXPECT_THAT(Configure("[{name: a, may: [read], token_files: [/none, /none, /none]}]"), HasSubstr("at most two"));
}

}  // namespace
}  // namespace forewarn::api

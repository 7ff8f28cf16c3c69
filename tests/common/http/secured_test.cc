// SPDX-License-Identifier: Apache-2.0
// The server under a web config file, and the client against it.
#include <crypt.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <thread>

#include "common/http/client.h"
#include "common/http/server.h"
#include "tests/common/http/certificates.h"
#include "tests/fakes/sockets.h"

namespace forewarn::http {
namespace {

using std::chrono::seconds;
using testing::HasSubstr;

class SecuredTest : public testing::Test {
 protected:
  void Start(const std::string& web_config) {
    ServerOptions options;
    options.listen = {"127.0.0.1:0"};
    options.web_config_file = dir_.Write("web.yaml", web_config);
    auto server =
        Server::Start(options, {{"GET", "/who", [](const Request& r) { return Text(200, r.user); }},
                                {"GET", "/certificate", [](const Request& r) { return Text(200, r.certificate); }},
                                {"POST", "/who", [](const Request& r) { return Text(200, r.body); }}});
    ASSERT_TRUE(server) << server.error().message;
    server_ = std::move(*server);
  }
  std::string Url(const std::string& scheme, const std::string& host = "127.0.0.1") const {
    return scheme + "://" + host + ":" + std::to_string(server_->ports()[0]);
  }
  // The status and the body, or the error.
  std::string Ask(const ClientConfig& config, const std::string& url, const std::string& path = "/who") const {
    const auto client = Client::Create(url, config, "test");
    if (!client) return client.error().message;
    ClientRequest request;
    request.path = path;
    const auto response = (*client)->Send(request, seconds(10), 1 << 20);
    return response ? std::to_string(response->status) + " " + response->body : response.error().message;
  }
  // Asks until the answer is as expected: a change is seen at the next request after it.
  std::string AskUntil(const ClientConfig& config, const std::string& url, const std::string& expected) const {
    const auto deadline = base::Deadline::After(seconds(10));
    std::string answer;
    do answer = Ask(config, url);
    while (answer.find(expected) == std::string::npos && !deadline.Passed());
    return answer;
  }
  static std::string Hash(const std::string& password) {
    crypt_data data{};
    return crypt_r(password.c_str(), "$2y$04$abcdefghijklmnopqrstuu", &data);
  }
  static ClientConfig As(const std::string& user, const std::string& password) {
    ClientConfig config;
    config.basic_username = user;
    config.basic_password = password;
    return config;
  }
  std::string Tls(const Certificate& own, const std::string& more = {}) const {
    return "tls_server_config:\n  cert_file: " + own.cert + "\n  key_file: " + own.key + "\n" + more;
  }
  static ClientConfig Trusting(const Certificate& authority) {
    ClientConfig config;
    config.ca_file = authority.cert;
    return config;
  }

  fakes::TempDir dir_;
  std::unique_ptr<Server> server_;
};

TEST_F(SecuredTest, BasicAuthentication) {
  Start("basic_auth_users:\n  me: " + Hash("right") + "\n");
  EXPECT_EQ(Ask(As("me", "right"), Url("http")), "200 me");
  EXPECT_EQ(Ask(As("me", "right"), Url("http")), "200 me");
  EXPECT_EQ(Ask(As("me", "wrong"), Url("http")), "401 Unauthorized\n");
  EXPECT_EQ(Ask(As("nobody", "right"), Url("http")), "401 Unauthorized\n");
  EXPECT_EQ(Ask({}, Url("http")), "401 Unauthorized\n");
  EXPECT_EQ(Ask({}, Url("http"), "/api/v1/x"),
            R"(401 {"type":"about:blank","title":"Unauthorized","status":401,"detail":"Unauthorized"})");
}

TEST_F(SecuredTest, WhoIsNotKnownLearnsNothingAndSendsNoBody) {
  Start("basic_auth_users:\n  me: " + Hash("right") + "\n");
  const auto socket = fakes::Socket::Connect(server_->ports()[0]);
  socket.Send("POST /nothing-here HTTP/1.1\r\nHost: h\r\nContent-Length: 1000\r\n\r\n");
  const std::string answer = socket.ReadAll();
  EXPECT_THAT(answer, testing::StartsWith("HTTP/1.1 401 Unauthorized\r\n"));
  EXPECT_THAT(answer, HasSubstr("WWW-Authenticate: Basic\r\n"));
  EXPECT_THAT(answer, HasSubstr("Connection: close\r\n"));
}

TEST_F(SecuredTest, UsersAndHeadersChangeWithoutARestart) {
  Start("basic_auth_users:\n  me: " + Hash("one") + "\n");
  EXPECT_EQ(Ask(As("me", "one"), Url("http")), "200 me");
  dir_.Write("web.yaml",
             "http_server_config: {headers: {X-Frame-Options: deny}}\nbasic_auth_users:\n  me: " + Hash("two") + "\n");
  EXPECT_EQ(Ask(As("me", "two"), Url("http")), "200 me");
  EXPECT_EQ(Ask(As("me", "one"), Url("http")), "401 Unauthorized\n");
  const auto socket = fakes::Socket::Connect(server_->ports()[0]);
  socket.Send("GET / HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n");
  EXPECT_THAT(socket.ReadAll(), HasSubstr("X-Frame-Options: deny\r\n"));
}

TEST_F(SecuredTest, AFileBrokenAtRunTimeLetsNobodyIn) {
  const std::string good = "basic_auth_users:\n  me: " + Hash("one") + "\n";
  Start(good);
  dir_.Write("web.yaml", "basic_auth_users: [\n");
  EXPECT_EQ(Ask(As("me", "one"), Url("http")), "500 Internal Server Error\n");
  std::filesystem::remove(dir_.File("web.yaml"));
  EXPECT_EQ(Ask(As("me", "one"), Url("http")), "500 Internal Server Error\n");
  dir_.Write("web.yaml", good);
  EXPECT_EQ(Ask(As("me", "one"), Url("http")), "200 me");
}

TEST_F(SecuredTest, RequestsOverTheRateAreRefused) {
  Start("rate_limit: {interval: 1h, burst: 2}\n");
  EXPECT_EQ(Ask({}, Url("http")), "200 ");
  EXPECT_EQ(Ask({}, Url("http")), "200 ");
  EXPECT_EQ(Ask({}, Url("http")), "429 Too Many Requests\n");
}

TEST_F(SecuredTest, Tls) {
  const auto own = MakeCertificate(dir_, "own", "IP:127.0.0.1");
  ASSERT_FALSE(own.cert.empty());
  Start(Tls(own) + "basic_auth_users:\n  me: " + Hash("right") + "\n");
  ClientConfig config = As("me", "right");
  EXPECT_THAT(Ask(config, Url("https")), HasSubstr("not trusted"));
  config.ca_file = own.cert;
  EXPECT_EQ(Ask(config, Url("https")), "200 me");
  config.min_tls_version = 0x0304;
  EXPECT_EQ(Ask(config, Url("https")), "200 me");
  config.ca_file.clear();
  config.insecure_skip_verify = true;
  EXPECT_EQ(Ask(config, Url("https")), "200 me");
  EXPECT_THAT(Ask(config, Url("http")), testing::Not(testing::StartsWith("200")));
}

TEST_F(SecuredTest, TheNameInTheCertificateMustBeTheOneAskedFor) {
  const auto own = MakeCertificate(dir_, "own", "DNS:prometheus.example");
  ASSERT_FALSE(own.cert.empty());
  Start(Tls(own));
  ClientConfig config = Trusting(own);
  EXPECT_THAT(Ask(config, Url("https")), HasSubstr("not trusted"));
  config.server_name = "prometheus.example";
  EXPECT_EQ(Ask(config, Url("https")), "200 ");
  EXPECT_EQ(Ask(config, Url("https", "localhost")), "200 ");
  config.server_name = "other.example";
  EXPECT_THAT(Ask(config, Url("https")), HasSubstr("not trusted"));
}

TEST_F(SecuredTest, ClientCertificatesOfTheRightAuthorityAndName) {
  const auto own = MakeCertificate(dir_, "own", "IP:127.0.0.1");
  const auto scraper = MakeCertificate(dir_, "scraper", "DNS:scraper.example");
  const auto stranger = MakeCertificate(dir_, "stranger", "DNS:scraper.example");
  ASSERT_FALSE(stranger.cert.empty());
  const std::string verify =
      "  client_auth_type: RequireAndVerifyClientCert\n  client_ca_file: " + scraper.cert + "\n  client_allowed_sans: ";
  Start(Tls(own, verify + "[scraper.example]\n"));
  ClientConfig config = Trusting(own);
  EXPECT_THAT(Ask(config, Url("https")), testing::Not(testing::StartsWith("200")));
  config.cert_file = stranger.cert, config.key_file = stranger.key;
  EXPECT_THAT(Ask(config, Url("https")), testing::Not(testing::StartsWith("200")));
  config.cert_file = scraper.cert, config.key_file = scraper.key;
  EXPECT_EQ(Ask(config, Url("https")), "200 ");
  EXPECT_EQ(Ask(config, Url("https"), "/certificate"), "200 scraper");
  dir_.Write("web.yaml", Tls(own, "  client_auth_type: RequireAnyClientCert\n"));
  EXPECT_EQ(Ask(config, Url("https"), "/certificate"), "200 ");  // anybody could have made it
  dir_.Write("web.yaml", Tls(own, verify + "[other.example]\n"));
  EXPECT_THAT(Ask(config, Url("https")), testing::Not(testing::StartsWith("200")));
}

TEST_F(SecuredTest, CertificatesRotateOnBothSidesWithoutARestart) {
  const auto first = MakeCertificate(dir_, "first", "IP:127.0.0.1");
  const auto second = MakeCertificate(dir_, "second", "IP:127.0.0.1");
  ASSERT_FALSE(second.cert.empty());
  const auto copy = [&](const Certificate& from) {
    std::filesystem::copy_file(from.key, dir_.File("key.new"), std::filesystem::copy_options::overwrite_existing);
    std::filesystem::copy_file(from.cert, dir_.File("cert.new"), std::filesystem::copy_options::overwrite_existing);
    std::filesystem::rename(dir_.File("key.new"), dir_.File("key"));
    std::filesystem::rename(dir_.File("cert.new"), dir_.File("cert"));
  };
  copy(first);
  Start("tls_server_config: {cert_file: cert, key_file: key}\n");
  EXPECT_EQ(Ask(Trusting(first), Url("https")), "200 ");
  ClientConfig following;
  following.ca_file = dir_.File("cert");
  const auto client = Client::Create(Url("https"), following, "test");
  ASSERT_TRUE(client) << client.error().message;
  ClientRequest request;
  request.path = "/who";
  EXPECT_TRUE((*client)->Send(request, seconds(10), 1 << 20));
  copy(second);
  EXPECT_EQ(AskUntil(Trusting(second), Url("https"), "200"), "200 ");
  EXPECT_THAT(Ask(Trusting(first), Url("https")), HasSubstr("not trusted"));
  EXPECT_TRUE((*client)->Send(request, seconds(10), 1 << 20));
}

TEST_F(SecuredTest, ASilentTlsClientIsClosedAndHoldsUpNobody) {
  const auto own = MakeCertificate(dir_, "own", "IP:127.0.0.1");
  ASSERT_FALSE(own.cert.empty());
  Start(Tls(own));
  const auto silent = fakes::Socket::Connect(server_->ports()[0]);
  const auto plain = fakes::Socket::Connect(server_->ports()[0]);
  plain.Send("GET / HTTP/1.1\r\nHost: h\r\n\r\n");
  EXPECT_TRUE(plain.WaitForClose());
  EXPECT_EQ(Ask(Trusting(own), Url("https")), "200 ");
  std::thread stopping([&] { server_.reset(); });
  EXPECT_TRUE(silent.WaitForClose());
  stopping.join();
}

TEST_F(SecuredTest, AFileThatCannotBeUsedStartsNothing) {
  ServerOptions options;
  options.listen = {"127.0.0.1:0"};
  options.web_config_file = dir_.Write("web.yaml", "basic_auth_user: {}\n");
  const auto server = Server::Start(options, {});
  ASSERT_FALSE(server);
  EXPECT_THAT(server.error().message, HasSubstr("web.yaml:1: basic_auth_user"));
}

}  // namespace
}  // namespace forewarn::http

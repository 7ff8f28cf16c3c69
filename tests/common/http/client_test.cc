// SPDX-License-Identifier: Apache-2.0
#include "common/http/client.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>
#include <thread>

#include "common/http/server.h"
#include "tests/fakes/sockets.h"
#include "tests/fakes/temp_dir.h"

namespace forewarn::http {
namespace {

using base::ErrorCode;
using fakes::ScriptedServer;
using fakes::Socket;
using std::chrono::milliseconds;
using std::chrono::seconds;
using testing::HasSubstr;
using testing::Not;
using testing::StartsWith;

constexpr std::size_t kMaxBody = 1 << 20;

std::unique_ptr<Client> MakeClient(const std::string& url, ClientConfig config = {}) {
  auto client = Client::Create(url, std::move(config), "forewarn/1.0");
  EXPECT_TRUE(client) << (client ? "" : client.error().message);
  return client ? std::move(*client) : nullptr;
}

ClientRequest Get(const std::string& path) {
  ClientRequest request;
  request.path = path;
  return request;
}

// Reads a head and answers it; the head goes to `seen`.
ScriptedServer::Script Answer(const std::string& answer, std::string* seen = nullptr) {
  return [answer, seen](const Socket& socket, int) {
    const std::string head = socket.ReadUntil("\r\n\r\n");
    if (seen) *seen = head;
    socket.Send(answer);
  };
}

TEST(Client, SendsAndReceives) {
  std::string seen;
  {
    const ScriptedServer server(
        Answer("HTTP/1.1 422 Unprocessable\r\nX-Kind: A\r\nContent-Length: 4\r\nConnection: close\r\n\r\nbody", &seen));
    const auto response = MakeClient(server.url() + "/prefix/")->Send(Get("/a?x=%20"), seconds(5), kMaxBody);
    ASSERT_TRUE(response) << response.error().message;
    EXPECT_EQ(response->status, 422);
    EXPECT_EQ(response->body, "body");
    EXPECT_EQ(response->headers.at("x-kind"), "A");
  }
  EXPECT_THAT(seen, StartsWith("GET /prefix/a?x=%20 HTTP/1.1\r\n"));
  EXPECT_THAT(seen, HasSubstr("Host: 127.0.0.1:"));
  EXPECT_THAT(seen, HasSubstr("User-Agent: forewarn/1.0\r\n"));
  EXPECT_THAT(seen, Not(HasSubstr("Authorization")));
}

TEST(Client, TalksToOurServerOverOneConnection) {
  auto server = Server::Start(
      {.listen = {"127.0.0.1:0"}, .max_connections = 1},
      {{"POST", "/echo", [](const Request& r) { return Text(200, r.headers.at("content-type") + r.body); }},
       {"GET", "/large", [](const Request&) { return Text(200, std::string(50'000, 'x')); }}});
  ASSERT_TRUE(server) << server.error().message;
  const auto client = MakeClient("http://127.0.0.1:" + std::to_string((*server)->ports()[0]));
  for (int i = 0; i < 5; ++i) {
    ClientRequest post{"POST", "/echo", "n=" + std::to_string(i), "application/x-www-form-urlencoded", {}};
    const auto response = client->Send(post, seconds(5), kMaxBody);
    ASSERT_TRUE(response) << response.error().message;
    EXPECT_EQ(response->body, "application/x-www-form-urlencodedn=" + std::to_string(i));
  }
  const auto large = client->Send(Get("/large"), seconds(5), kMaxBody);
  ASSERT_TRUE(large) << large.error().message;
  EXPECT_EQ(large->headers.count("content-encoding"), 1u);
  EXPECT_EQ(large->body, std::string(50'000, 'x'));
}

TEST(Client, TakesCompressedBodiesUnlessTheRequestSaysOtherwise) {
  std::vector<std::string> heads(2);
  {
    const ScriptedServer server([&](const Socket& socket, int number) {
      heads[static_cast<std::size_t>(number)] = socket.ReadUntil("\r\n\r\n");
      socket.Send("HTTP/1.1 200 OK\r\nContent-Length: 0\r\nConnection: close\r\n\r\n");
    });
    const auto client = MakeClient(server.url());
    EXPECT_TRUE(client->Send(Get("/"), seconds(5), kMaxBody));
    ClientRequest plain = Get("/");
    plain.headers["Accept-Encoding"] = "identity";
    EXPECT_TRUE(client->Send(plain, seconds(5), kMaxBody));
  }
  EXPECT_THAT(heads[0], HasSubstr("Accept-Encoding: gzip\r\n"));
  EXPECT_THAT(heads[1], HasSubstr("Accept-Encoding: identity\r\n"));
  EXPECT_THAT(heads[1], Not(HasSubstr("gzip")));
}

TEST(Client, TheBodyComesIntoTheGivenMemory) {
  const ScriptedServer server(Answer("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n4\r\nbody\r\n0\r\n\r\n"));
  std::string buffer(1000, 'x');
  const char* const memory = buffer.data();
  const auto response = MakeClient(server.url())->Send(Get("/"), seconds(5), kMaxBody, std::move(buffer));
  ASSERT_TRUE(response) << response.error().message;
  EXPECT_EQ(response->body, "body");
  EXPECT_EQ(response->body.data(), memory);
}

TEST(Client, RequestsDoNotWaitForEachOther) {
  std::atomic<int> inside{0};
  const ScriptedServer server([&](const Socket& socket, int) {
    socket.ReadUntil("\r\n\r\n");
    ++inside;
    while (inside < 3) std::this_thread::yield();  // each is answered only when all have come
    socket.Send("HTTP/1.1 200 OK\r\nContent-Length: 0\r\nConnection: close\r\n\r\n");
  });
  const auto client = MakeClient(server.url());
  std::vector<std::thread> threads;
  std::atomic<int> good{0};
  for (int i = 0; i < 3; ++i) threads.emplace_back([&] { good += client->Send(Get("/"), seconds(10), kMaxBody).ok(); });
  for (auto& thread : threads) thread.join();
  EXPECT_EQ(good, 3);
}

TEST(Client, AClosedKeptConnectionIsMadeAnew) {
  const ScriptedServer server(Answer("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"));  // and closes in silence
  const auto client = MakeClient(server.url());
  for (int i = 0; i < 3; ++i) {
    const auto response = client->Send(Get("/"), seconds(5), kMaxBody);
    // The close may reach us in the middle of the next request: that is an error worth a retry, never a wrong answer.
    EXPECT_TRUE(response || response.error().code == ErrorCode::kUnavailable);
  }
  EXPECT_GT(server.connections(), 1);
}

TEST(Client, NobodyListensIsUnavailable) {
  std::string url;
  {
    url = ScriptedServer([](const Socket&, int) {}).url();
  }
  const auto response = MakeClient(url)->Send(Get("/"), seconds(5), kMaxBody);
  ASSERT_FALSE(response);
  EXPECT_EQ(response.error().code, ErrorCode::kUnavailable);
  EXPECT_THAT(response.error().message, HasSubstr("cannot connect"));
}

// Sends a start, then a byte every 20 ms, for as long as somebody listens.
ScriptedServer::Script Drip(const std::string& start, std::string_view drop) {
  return [start, drop](const Socket& socket, int) {
    socket.Send(start);
    while (socket.Send(drop)) std::this_thread::sleep_for(milliseconds(20));
  };
}

TEST(Client, OneDeadlineForTheWholeCallHoweverTheServerDrips) {
  for (const ScriptedServer::Script& script :
       {Drip("HTTP/1.1 200 OK\r\nContent-Length: 100000\r\n\r\n", "x"), Drip("HTTP/1.1 200 OK\r\nX: ", "x"),
        Drip("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n", "1\r\nx\r\n"),
        ScriptedServer::Script([](const Socket&socket, int) { socket.WaitForClose(); })}) {
    const ScriptedServer server(script);
    const auto response = MakeClient(server.url())->Send(Get("/"), milliseconds(300), kMaxBody);
    ASSERT_FALSE(response);
    EXPECT_EQ(response.error().code, ErrorCode::kTimeout) << response.error().message;
  }
}

TEST(Client, TheDeadlineHoldsInATlsHandshakeToo) {
  const ScriptedServer server(Drip("\x16\x03\x03\x40", std::string_view("\x02", 1)));
  const auto client = MakeClient("https://127.0.0.1:" + std::to_string(server.port()));
  const auto response = client->Send(Get("/"), milliseconds(300), kMaxBody);
  ASSERT_FALSE(response);
  EXPECT_EQ(response.error().code, ErrorCode::kTimeout) << response.error().message;
}

TEST(Client, ADeadlineDoesNotSpoilTheNextRequest) {
  const ScriptedServer server([](const Socket& socket, int number) {
    socket.ReadUntil("\r\n\r\n");
    if (number > 0) socket.Send("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok");
    socket.WaitForClose();
  });
  const auto client = MakeClient(server.url());
  EXPECT_FALSE(client->Send(Get("/"), milliseconds(100), kMaxBody));
  const auto second = client->Send(Get("/"), seconds(5), kMaxBody);
  ASSERT_TRUE(second) << second.error().message;
  EXPECT_EQ(second->body, "ok");
}

TEST(Client, TheBodyIsCappedHoweverItIsFramed) {
  const std::string megabyte(1 << 20, 'x');
  const std::map<std::string, std::pair<std::string, std::string>> framings = {
      {"length", {"Content-Length: 1073741824\r\n\r\n", megabyte}},
      {"chunks", {"Transfer-Encoding: chunked\r\n\r\n", "100000\r\n" + megabyte + "\r\n"}},
      {"until the end", {"Connection: close\r\n\r\n", megabyte}}};
  for (const auto& [name, framing] : framings) {
    const auto& [headers, piece] = framing;
    const ScriptedServer server([head = "HTTP/1.1 200 OK\r\n" + headers, &piece](const Socket& socket, int) {
      socket.ReadUntil("\r\n\r\n");
      socket.Send(head);
      while (socket.Send(piece)) {
      }
    });
    const auto response = MakeClient(server.url())->Send(Get("/"), seconds(20), 3 << 20);
    ASSERT_FALSE(response) << name;
    EXPECT_EQ(response.error().code, ErrorCode::kInvalid) << name << response.error().message;
  }
}

TEST(Client, ACompressedBodyIsCappedByWhatItUnpacksTo) {
  auto server = Server::Start({.listen = {"127.0.0.1:0"}},
                              {{"GET", "/bomb", [](const Request&) { return Text(200, std::string(64 << 20, '0')); }}});
  ASSERT_TRUE(server) << server.error().message;
  const auto client = MakeClient("http://127.0.0.1:" + std::to_string((*server)->ports()[0]));
  const auto response = client->Send(Get("/bomb"), seconds(20), kMaxBody);
  ASSERT_FALSE(response);
  EXPECT_EQ(response.error().code, ErrorCode::kInvalid) << response.error().message;
}

TEST(Client, WhatIsNoHttpIsAnError) {
  for (const char* answer : {"SSH-2.0-OpenSSH_9.2\r\n", "HTTP/1.1 abc\r\n\r\n", "",
                             "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n-2\r\nx\r\n0\r\n\r\n",
                             "HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nshort"}) {
    const ScriptedServer server(Answer(answer));
    EXPECT_FALSE(MakeClient(server.url())->Send(Get("/"), seconds(5), kMaxBody)) << answer;
  }
}

std::string Redirect(int status, const std::string& location) {
  return "HTTP/1.1 " + std::to_string(status) + " Moved\r\nLocation: " + location +
         "\r\nContent-Length: 0\r\nConnection: close\r\n\r\n";
}

TEST(Client, FollowsRedirectsWithinTheOrigin) {
  std::vector<std::string> heads(3);
  {
    const ScriptedServer server([&](const Socket& socket, int number) {
      heads[static_cast<std::size_t>(number)] = socket.ReadUntil("\r\n\r\n");
      if (number == 0) socket.Send(Redirect(308, "/second?x=1"));
      if (number == 1) socket.Send(Redirect(303, "/third"));
      if (number == 2) socket.Send("HTTP/1.1 200 OK\r\nContent-Length: 4\r\nConnection: close\r\n\r\ndone");
    });
    const auto response =
        MakeClient(server.url())->Send({"POST", "/first", "q", "text/plain", {}}, seconds(5), kMaxBody);
    ASSERT_TRUE(response) << response.error().message;
    EXPECT_EQ(response->body, "done");
  }
  EXPECT_THAT(heads[1], StartsWith("POST /second?x=1 HTTP/1.1\r\n"));
  EXPECT_THAT(heads[2], StartsWith("GET /third HTTP/1.1\r\n"));
  EXPECT_THAT(heads[2], Not(HasSubstr("Content-Type")));
}

TEST(Client, ARedirectElsewhereIsNotFollowed) {
  const ScriptedServer other(Answer("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n"));
  ClientConfig config;
  config.authorization_credentials = "token";
  for (const std::string& location : {other.url() + "/", "//" + other.url().substr(7) + "/", std::string("ftp://x/")}) {
    const ScriptedServer server(Answer(Redirect(302, location)));
    const auto response = MakeClient(server.url(), config)->Send(Get("/"), seconds(5), kMaxBody);
    ASSERT_TRUE(response) << response.error().message;
    EXPECT_EQ(response->status, 302);
  }
  EXPECT_EQ(other.connections(), 0);
}

TEST(Client, RedirectsEnd) {
  const ScriptedServer server(Answer(Redirect(302, "/again")));
  EXPECT_FALSE(MakeClient(server.url())->Send(Get("/"), seconds(5), kMaxBody));
  EXPECT_EQ(server.connections(), 6);
  ClientConfig config;
  config.follow_redirects = false;
  const auto response = MakeClient(server.url(), config)->Send(Get("/"), seconds(5), kMaxBody);
  ASSERT_TRUE(response) << response.error().message;
  EXPECT_EQ(response->status, 302);
}

TEST(Client, CredentialFilesAreReadForEachRequest) {
  const fakes::TempDir dir;
  std::vector<std::string> seen(2);
  ClientConfig config;
  config.basic_username = "me";
  config.basic_password_file = dir.Write("password", "one\n");
  config.header_files.emplace("X-Scope-OrgID", dir.Write("tenant", "a\n"));
  {
    const ScriptedServer server([&](const Socket& socket, int number) {
      seen[static_cast<std::size_t>(number)] = socket.ReadUntil("\r\n\r\n");
      socket.Send("HTTP/1.1 200 OK\r\nContent-Length: 0\r\nConnection: close\r\n\r\n");
    });
    const auto client = MakeClient(server.url(), config);
    EXPECT_TRUE(client->Send(Get("/"), seconds(5), kMaxBody));
    dir.Write("password", "two\n");
    EXPECT_TRUE(client->Send(Get("/"), seconds(5), kMaxBody));
    dir.Write("password", "two\nlines");
    EXPECT_EQ(client->Send(Get("/"), seconds(5), kMaxBody).error().code, ErrorCode::kInvalid);
  }
  EXPECT_THAT(seen[0], HasSubstr("Authorization: Basic bWU6b25l\r\n"));
  EXPECT_THAT(seen[0], HasSubstr("X-Scope-OrgID: a\r\n"));
  EXPECT_THAT(seen[1], HasSubstr("Authorization: Basic bWU6dHdv\r\n"));
}

TEST(Client, GoesThroughAProxyUnlessToldNotTo) {
  std::string seen;
  ClientConfig config;
  {
    const ScriptedServer proxy(Answer("HTTP/1.1 200 OK\r\nContent-Length: 3\r\nConnection: close\r\n\r\nvia", &seen));
    const ScriptedServer server(Answer("HTTP/1.1 200 OK\r\nContent-Length: 6\r\nConnection: close\r\n\r\ndirect"));
    config.proxy_url = proxy.url();
    EXPECT_EQ(MakeClient("http://far.example:9090", config)->Send(Get("/x"), seconds(5), kMaxBody)->body, "via");
    config.no_proxy = "example.org, 127.0.0.1";
    EXPECT_EQ(MakeClient(server.url(), config)->Send(Get("/x"), seconds(5), kMaxBody)->body, "direct");
  }
  EXPECT_THAT(seen, StartsWith("GET http://far.example:9090/x HTTP/1.1\r\n"));
}

TEST(Client, WhatCannotWorkIsSaidAtOnce) {
  ClientConfig config;
  for (const char* url : {"", "prometheus:9090", "ftp://h", "http://", "http://u:p@h/", "http://h:0", "http://h:99999",
                          "http://h:9090x", "http://a b/", "http://[::1"}) {
    const auto client = Client::Create(url, config, "x");
    ASSERT_FALSE(client) << url;
    EXPECT_EQ(client.error().code, ErrorCode::kInvalid);
  }
  config.ca_file = "/nonexistent/ca.pem";
  EXPECT_FALSE(Client::Create("https://h", config, "x"));
  const auto client = MakeClient("http://127.0.0.1:9");
  EXPECT_EQ(client->Send(Get("/a b"), seconds(1), kMaxBody).error().code, ErrorCode::kInvalid);
  ClientRequest split = Get("/");
  split.headers["X"] = "a\r\nY: b";
  EXPECT_EQ(client->Send(split, seconds(1), kMaxBody).error().code, ErrorCode::kInvalid);
}

}  // namespace
}  // namespace forewarn::http

// SPDX-License-Identifier: Apache-2.0
#include "common/http/server.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <condition_variable>
#include <mutex>
#include <stdexcept>

#include "tests/common/http/framing_corpus.h"
#include "tests/common/http/gunzip.h"
#include "tests/fakes/sockets.h"

namespace forewarn::http {
namespace {

using fakes::Socket;
using std::chrono::milliseconds;
using testing::HasSubstr;
using testing::Not;
using testing::StartsWith;

std::vector<Route> Routes() {
  return {{"GET", "/", [](const Request&) { return Html("<p>hello</p>"); }},
          {"GET", "/large", [](const Request&) { return Text(200, std::string(100'000, 'x')); }},
          {"GET", "/show/*", [](const Request& r) { return Text(200, r.path + "|" + r.peer + "|" + r.user); }},
          {"GET", "/throws", [](const Request&) -> Response { throw std::runtime_error("a secret"); }},
          {"GET", "/throws/odd", [](const Request&) -> Response { throw 42; }},
          {"GET", "/splits",
           [](const Request&) {
             Response response = Text(200, "x");
             response.headers["X-Given"] = "a\r\nSet-Cookie: b";
             return response;
           }},
          {"POST", "/echo", [](const Request& r) { return Json(201, r.body); }},
          {"PUT", "/echo", [](const Request& r) { return Json(200, r.body); }},
          {"POST", "/json", [](const Request& r) { return Json(200, r.body); }, "application/json", 1000}};
}

std::unique_ptr<Server> StartServer(ServerOptions options = {}, std::vector<Route> routes = Routes()) {
  options.listen = {"127.0.0.1:0"};
  auto server = Server::Start(std::move(options), std::move(routes));
  EXPECT_TRUE(server) << (server ? "" : server.error().message);
  return server ? std::move(*server) : nullptr;
}

// The answer to one request on a connection of its own.
std::string Ask(const Server& server, const std::string& request) {
  const Socket socket = Socket::Connect(server.ports()[0]);
  EXPECT_TRUE(socket.Send(request));
  socket.FinishSending();
  return socket.ReadAll();
}

std::string Get(const Server& server, const std::string& path) {
  return Ask(server, "GET " + path + " HTTP/1.1\r\nHost: h\r\n\r\n");
}

std::string BodyOf(const std::string& answer) { return answer.substr(answer.find("\r\n\r\n") + 4); }

TEST(Server, AnswersAndRoutes) {
  const auto server = StartServer();
  EXPECT_THAT(Get(*server, "/"), StartsWith("HTTP/1.1 200 OK\r\n"));
  EXPECT_THAT(Get(*server, "/"), HasSubstr("Content-Type: text/html; charset=utf-8\r\n"));
  EXPECT_EQ(BodyOf(Get(*server, "/show/a%20b?x=y")), "/show/a b|127.0.0.1|");
  EXPECT_THAT(Get(*server, "/nothing"), StartsWith("HTTP/1.1 404 Not Found\r\n"));
  EXPECT_EQ(BodyOf(Ask(*server, "POST /echo HTTP/1.1\r\nHost: h\r\nContent-Length: 5\r\n\r\nhello")), "hello");
}

TEST(Server, AnotherMethodIsRefusedWithThoseAllowed) {
  const auto server = StartServer();
  const std::string get = Get(*server, "/echo");
  EXPECT_THAT(get, StartsWith("HTTP/1.1 405 Method Not Allowed\r\n"));
  EXPECT_THAT(get, HasSubstr("Allow: POST, PUT\r\n"));
  EXPECT_THAT(get, HasSubstr("This endpoint requires a POST request."));
  EXPECT_THAT(Ask(*server, "DELETE / HTTP/1.1\r\nHost: h\r\n\r\n"), HasSubstr("Allow: GET, HEAD\r\n"));
}

TEST(Server, HeadIsGetWithoutABody) {
  const auto server = StartServer();
  const std::string answer = Ask(*server, "HEAD / HTTP/1.1\r\nHost: h\r\n\r\n");
  EXPECT_THAT(answer, StartsWith("HTTP/1.1 200 OK\r\n"));
  EXPECT_THAT(answer, HasSubstr("Content-Length: 12\r\n"));
  EXPECT_EQ(BodyOf(answer), "");
  EXPECT_EQ(BodyOf(Ask(*server, "HEAD /nothing HTTP/1.1\r\nHost: h\r\n\r\n")), "");
}

TEST(Server, JudgesABodyBeforeItIsRead) {
  const auto server = StartServer();
  const std::string post = "POST /json HTTP/1.1\r\nHost: h\r\n";
  const std::string json = "Content-Type: application/json; charset=utf-8\r\n";
  EXPECT_THAT(Ask(*server, post + json + "Content-Length: 2\r\n\r\n{}"), StartsWith("HTTP/1.1 200"));
  for (const auto& [headers, status] :
       std::map<std::string, std::string>{{json + "Content-Length: 1001\r\n\r\n", "413"},
                                          {"Content-Type: text/plain\r\nContent-Length: 2\r\n\r\n", "415"},
                                          {"Content-Length: 2\r\n\r\n", "415"}}) {
    const Socket socket = Socket::Connect(server->ports()[0]);
    socket.Send(post + headers);  // and never the body
    const std::string answer = socket.ReadAll();
    EXPECT_THAT(answer, StartsWith("HTTP/1.1 " + status));
    EXPECT_THAT(answer, HasSubstr("Connection: close\r\n"));
  }
}

TEST(Server, ARefusedLargeBodyDoesNotCostTheClientTheAnswer) {
  const auto server = StartServer();
  const std::string body(200'000, 'x');
  const std::string answer = Ask(*server,
                                 "POST /json HTTP/1.1\r\nHost: h\r\nContent-Type: application/json\r\n"
                                 "Content-Length: 200000\r\n\r\n" +
                                     body);
  EXPECT_THAT(answer, StartsWith("HTTP/1.1 413"));
}

TEST(Server, RefusesTheFramingCorpusAndCloses) {
  const auto server = StartServer();
  for (const auto& [name, request, status] : kFramingCorpus) {
    const Socket socket = Socket::Connect(server->ports()[0]);
    socket.Send(request);
    socket.Send("GET /smuggled HTTP/1.1\r\nHost: h\r\n\r\n");
    const std::string answer = socket.ReadAll();
    EXPECT_THAT(answer, StartsWith("HTTP/1.1 " + std::to_string(status))) << name;
    EXPECT_THAT(answer, HasSubstr("Connection: close\r\n")) << name;
    EXPECT_THAT(answer, Not(HasSubstr("404"))) << name << ": a second request was read";
  }
}

// As `curl -X POST` sends it. What follows all the same is neither a body nor the next request.
TEST(Server, WithoutALengthThereIsNoBody) {
  const auto server = StartServer();
  for (const auto& [head, status] : std::map<std::string, std::string>{
           {"POST /echo HTTP/1.1\r\nHost: h\r\n\r\n", "201"},
           {"PUT /echo HTTP/1.1\r\nHost: h\r\n\r\n", "200"},
           {"POST /json HTTP/1.1\r\nHost: h\r\nContent-Type: application/json\r\n\r\n", "411"}}) {
    const Socket socket = Socket::Connect(server->ports()[0]);
    socket.Send(head + "GET /smuggled HTTP/1.1\r\nHost: h\r\n\r\n");
    const std::string answer = socket.ReadAll();
    EXPECT_THAT(answer, StartsWith("HTTP/1.1 " + status)) << head;
    EXPECT_THAT(answer, HasSubstr("Connection: close\r\n")) << head;
    EXPECT_THAT(answer, Not(HasSubstr("404"))) << head << ": a second request was read";
  }
}

TEST(Server, RefusesALongHeadBeforeItsEnd) {
  const auto server = StartServer();
  const Socket socket = Socket::Connect(server->ports()[0]);
  socket.Send("GET / HTTP/1.1\r\nHost: h\r\nX: " + std::string(9000, 'x'));
  EXPECT_THAT(socket.ReadAll(), StartsWith("HTTP/1.1 431"));
}

TEST(Server, ServesOneRequestAfterTheOtherOnAConnection) {
  const auto server = StartServer();
  const Socket socket = Socket::Connect(server->ports()[0]);
  const std::string post = "POST /echo HTTP/1.1\r\nHost: h\r\nContent-Length: 3\r\n\r\n";
  socket.Send(post + "one" + post + "two");  // pipelined
  const std::string answers = socket.ReadUntil("two");
  EXPECT_LT(answers.find("one"), answers.find("two"));
  socket.Send(post + "fin");
  EXPECT_THAT(socket.ReadUntil("fin"), StartsWith("HTTP/1.1 201 Created\r\n"));
}

TEST(Server, AsksForABodyThatWaits) {
  const auto server = StartServer();
  const Socket socket = Socket::Connect(server->ports()[0]);
  socket.Send("POST /echo HTTP/1.1\r\nHost: h\r\nExpect: 100-continue\r\nContent-Length: 3\r\n\r\n");
  EXPECT_EQ(socket.ReadUntil("\r\n\r\n"), "HTTP/1.1 100 Continue\r\n\r\n");
  socket.Send("abc");
  EXPECT_THAT(socket.ReadUntil("abc"), StartsWith("HTTP/1.1 201"));
}

TEST(Server, CompressesWhereItIsTakenAndWorthIt) {
  const auto server = StartServer();
  const auto ask = [&](const std::string& path, const std::string& accept) {
    return Ask(*server, "GET " + path + " HTTP/1.1\r\nHost: h\r\nAccept-Encoding: " + accept + "\r\n\r\n");
  };
  const std::string packed = ask("/large", "deflate, gzip;q=0.5");
  EXPECT_THAT(packed, HasSubstr("Content-Encoding: gzip\r\n"));
  EXPECT_EQ(Gunzip(BodyOf(packed)), std::string(100'000, 'x'));
  EXPECT_THAT(ask("/large", "gzip;q=0"), Not(HasSubstr("Content-Encoding")));
  EXPECT_THAT(ask("/large", "identity"), Not(HasSubstr("Content-Encoding")));
  EXPECT_THAT(ask("/", "gzip"), Not(HasSubstr("Content-Encoding")));
}

TEST(Server, AnExceptionIsNotTold) {
  const auto server = StartServer();
  const std::string answer = Get(*server, "/throws");
  EXPECT_THAT(answer, StartsWith("HTTP/1.1 500 Internal Server Error\r\n"));
  EXPECT_THAT(answer, Not(HasSubstr("secret")));
  EXPECT_THAT(Get(*server, "/throws/odd"), StartsWith("HTTP/1.1 500"));
}

TEST(Server, AHandlerCannotSplitTheResponse) {
  const auto server = StartServer();
  const std::string answer = Get(*server, "/splits");
  EXPECT_THAT(answer, StartsWith("HTTP/1.1 500"));
  EXPECT_THAT(answer, Not(HasSubstr("Set-Cookie")));
}

TEST(Server, OneDeadlineForAWholeRequestHoweverItDrips) {
  ServerOptions options;
  options.request_deadline = milliseconds(300);
  const auto server = StartServer(options);
  const Socket socket = Socket::Connect(server->ports()[0]);
  const std::string request = "GET / HTTP/1.1\r\nHost: h\r\nX: " + std::string(1000, 'x') + "\r\n\r\n";
  std::size_t sent = 0;
  while (sent < request.size() && socket.Send(request.substr(sent, 1))) {
    ++sent;
    std::this_thread::sleep_for(milliseconds(20));  // drips: 20 s in all, each byte well within the deadline
  }
  EXPECT_LT(sent, request.size());
}

TEST(Server, SilentAndIdleConnectionsAreClosed) {
  ServerOptions options;
  options.request_deadline = options.idle_timeout = milliseconds(200);
  const auto server = StartServer(options);
  const Socket silent = Socket::Connect(server->ports()[0]);
  const Socket idle = Socket::Connect(server->ports()[0]);
  idle.Send("GET / HTTP/1.1\r\nHost: h\r\n\r\n");
  EXPECT_THAT(idle.ReadUntil("hello"), StartsWith("HTTP/1.1 200"));
  EXPECT_TRUE(silent.WaitForClose());
  EXPECT_TRUE(idle.WaitForClose());
}

TEST(Server, ManySlowClientsKeepNobodyWaiting) {
  const auto server = StartServer();
  std::vector<Socket> slow;
  for (int i = 0; i < 100; ++i) {
    slow.push_back(Socket::Connect(server->ports()[0]));
    slow.back().Send("GET / HTTP/1.1\r\n");
  }
  EXPECT_THAT(Get(*server, "/"), StartsWith("HTTP/1.1 200"));
}

TEST(Server, ConnectionsOverTheCapAreTurnedAway) {
  for (const bool per_peer : {true, false}) {
    ServerOptions options;
    (per_peer ? options.max_connections_per_peer : options.max_connections) = 2;
    const auto server = StartServer(options);
    const std::string request = "GET / HTTP/1.1\r\nHost: h\r\n\r\n";
    const Socket first = Socket::Connect(server->ports()[0]);
    first.Send(request);
    EXPECT_THAT(first.ReadUntil("hello"), StartsWith("HTTP/1.1 200"));
    {
      const Socket second = Socket::Connect(server->ports()[0]);
      second.Send(request);
      EXPECT_THAT(second.ReadUntil("hello"), StartsWith("HTTP/1.1 200"));
      EXPECT_THAT(Socket::Connect(server->ports()[0]).ReadAll(), StartsWith("HTTP/1.1 503"));
    }
    std::string answer;  // the place becomes free once the server has seen the second go
    while (answer.find("200 OK") == std::string::npos) {
      const Socket third = Socket::Connect(server->ports()[0]);
      if (third.Send(request)) answer = third.ReadUntil("hello");
    }
  }
}

// A handler that waits until it is let go.
struct Gate {
  std::mutex mutex;
  std::condition_variable changed;
  int waiting = 0;
  bool open = false;

  Response Pass() {
    std::unique_lock lock(mutex);
    ++waiting;
    changed.notify_all();
    changed.wait(lock, [&] { return open; });
    return Text(200, "passed");
  }
  void WaitFor(int count) {
    std::unique_lock lock(mutex);
    changed.wait(lock, [&] { return waiting >= count; });
  }
  void Open() {
    const std::lock_guard lock(mutex);
    open = true;
    changed.notify_all();
  }
};

TEST(Server, ASlowHandlerDoesNotStopTheOthers) {
  Gate gate;
  const auto server = StartServer({}, {{"GET", "/slow", [&](const Request&) { return gate.Pass(); }},
                                       {"GET", "/fast", [](const Request&) { return Text(200, "fast"); }}});
  const Socket slow = Socket::Connect(server->ports()[0]);
  slow.Send("GET /slow HTTP/1.1\r\nHost: h\r\n\r\n");
  gate.WaitFor(1);
  EXPECT_THAT(Get(*server, "/fast"), StartsWith("HTTP/1.1 200"));
  gate.Open();
  EXPECT_THAT(slow.ReadUntil("passed"), StartsWith("HTTP/1.1 200"));
}

TEST(Server, StopsWhenRunningHandlersHaveAnswered) {
  Gate gate;
  auto server = StartServer({}, {{"GET", "/slow", [&](const Request&) { return gate.Pass(); }}});
  const std::uint16_t port = server->ports()[0];
  const Socket idle = Socket::Connect(port);
  const Socket busy = Socket::Connect(port);
  busy.Send("GET /slow HTTP/1.1\r\nHost: h\r\n\r\n");
  gate.WaitFor(1);
  std::thread stopping([&] { server.reset(); });
  EXPECT_TRUE(idle.WaitForClose());
  gate.Open();
  EXPECT_THAT(busy.ReadAll(), HasSubstr("passed"));
  stopping.join();
  EXPECT_TRUE(Socket::Connect(port).closed());
}

TEST(Server, ASecondOneOnThePortIsAnError) {
  const auto first = StartServer();
  const std::string address = "127.0.0.1:" + std::to_string(first->ports()[0]);
  const auto second = Server::Start({.listen = {address}}, Routes());
  ASSERT_FALSE(second);
  EXPECT_EQ(second.error().code, base::ErrorCode::kConflict);
  EXPECT_EQ(second.error().message, "listen on " + address + ": Address already in use");
}

TEST(Server, ListensOnSeveralAddresses) {
  const auto server = Server::Start({.listen = {"127.0.0.1:0", "localhost:0", ":0"}}, Routes());
  ASSERT_TRUE(server) << server.error().message;
  for (const std::uint16_t port : (*server)->ports()) {
    if (port == (*server)->ports()[1]) continue;  // localhost may be ::1
    EXPECT_FALSE(Socket::Connect(port).closed());
  }
}

TEST(Server, AddressesThatAreNoneAreErrors) {
  for (const char* address : {"", "9177", "127.0.0.1", "127.0.0.1:", "127.0.0.1:http", "127.0.0.1:70000", "::1:9177"}) {
    const auto server = Server::Start({.listen = {address}}, Routes());
    ASSERT_FALSE(server) << address;
    EXPECT_EQ(server.error().code, base::ErrorCode::kInvalid) << address;
  }
  EXPECT_FALSE(Server::Start({}, Routes()));
}

}  // namespace
}  // namespace forewarn::http

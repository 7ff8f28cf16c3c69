// SPDX-License-Identifier: Apache-2.0
#include "common/service/notify.h"

#include <gmock/gmock.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <cstdlib>
#include <cstring>
#include <string>
#include <vector>

#include "tests/fakes/temp_dir.h"

namespace forewarn::service {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::MatchesRegex;

// Listens as a service manager does. A datagram on a local socket is there when it has been sent.
class NotifyTest : public ::testing::Test {
 protected:
  void SetUp() override {
    const std::string path = directory_.File("notify");
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    ASSERT_LT(path.size(), sizeof address.sun_path);
    std::memcpy(address.sun_path, path.c_str(), path.size() + 1);
    socket_ = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    ASSERT_EQ(bind(socket_, reinterpret_cast<const sockaddr*>(&address), sizeof address), 0);
    setenv("NOTIFY_SOCKET", path.c_str(), 1);
  }

  void TearDown() override {
    for (const char* name : {"NOTIFY_SOCKET", "WATCHDOG_USEC", "WATCHDOG_PID"}) unsetenv(name);
    close(socket_);
  }

  std::vector<std::string> Heard() const {
    std::vector<std::string> all;
    char buffer[256];
    for (ssize_t size = 0; (size = recv(socket_, buffer, sizeof buffer, 0)) > 0;) {
      all.emplace_back(buffer, static_cast<std::size_t>(size));
    }
    return all;
  }

 private:
  fakes::TempDir directory_;
  int socket_ = -1;
};

TEST_F(NotifyTest, TellsItsStates) {
  Ready();
  Reloading();
  Ready();
  Stopping();
  EXPECT_THAT(Heard(),
              ElementsAre("READY=1", MatchesRegex("RELOADING=1\nMONOTONIC_USEC=[0-9]+"), "READY=1", "STOPPING=1"));
}

TEST_F(NotifyTest, NothingHappensWhereNobodyListens) {
  unsetenv("NOTIFY_SOCKET");
  Ready();
  EXPECT_THAT(Heard(), IsEmpty());
}

TEST_F(NotifyTest, BeatsOnceAllLoopsHaveComeRound) {
  setenv("WATCHDOG_USEC", "4", 1);
  Heartbeat heartbeat(2);
  heartbeat.CameRound(0);
  heartbeat.CameRound(0);
  EXPECT_THAT(Heard(), IsEmpty()) << "the other loop hangs";
  heartbeat.CameRound(1);
  EXPECT_THAT(Heard(), ElementsAre("WATCHDOG=1"));
  heartbeat.CameRound(1);
  EXPECT_THAT(Heard(), IsEmpty()) << "now the first one hangs";
}

TEST_F(NotifyTest, BeatsNoMoreOftenThanItIsWatched) {
  setenv("WATCHDOG_USEC", "3600000000", 1);
  Heartbeat heartbeat(1);
  for (int i = 0; i < 100; ++i) heartbeat.CameRound(0);
  EXPECT_THAT(Heard(), ElementsAre("WATCHDOG=1"));
}

TEST_F(NotifyTest, DoesNotBeatWhereNobodyWatches) {
  Heartbeat unwatched(1);
  unwatched.CameRound(0);
  setenv("WATCHDOG_USEC", "4", 1);
  setenv("WATCHDOG_PID", "1", 1);
  Heartbeat of_another_process(1);
  of_another_process.CameRound(0);
  EXPECT_THAT(Heard(), IsEmpty());
}

}  // namespace
}  // namespace forewarn::service

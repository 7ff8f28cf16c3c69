// SPDX-License-Identifier: Apache-2.0
// A netem queue in front of the card, set by rtnetlink: https://man7.org/linux/man-pages/man7/rtnetlink.7.html,
// tc-netem(8)
#include <linux/pkt_sched.h>
#include <linux/rtnetlink.h>
#include <net/if.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <limits>

#include "tests/testbed/guest/agent.h"

namespace forewarn::testbed::guest {
namespace {

constexpr double kTickNanoseconds = 64;  // the kernel's unit of scheduling, <net/pkt_sched.h>
constexpr int kQueue = 1000;             // packets

struct Request {
  nlmsghdr header{};
  tcmsg message{};
  char attributes[256] = {};

  void Add(unsigned short type, const void* data, std::size_t size) {
    rtattr attribute{};
    attribute.rta_len = static_cast<unsigned short>(RTA_LENGTH(size));
    attribute.rta_type = type;
    char* end = reinterpret_cast<char*>(this) + header.nlmsg_len;
    std::memcpy(end, &attribute, sizeof attribute);
    std::memcpy(end + RTA_LENGTH(0), data, size);
    header.nlmsg_len += static_cast<unsigned>(RTA_SPACE(size));
  }
};

Request ForCard(unsigned short type, int flags) {
  Request request;
  request.header.nlmsg_len = NLMSG_LENGTH(sizeof(tcmsg));
  request.header.nlmsg_type = type;
  request.header.nlmsg_flags = static_cast<unsigned short>(NLM_F_REQUEST | NLM_F_ACK | flags);
  request.message.tcm_family = AF_UNSPEC;
  request.message.tcm_ifindex = static_cast<int>(if_nametoindex("eth0"));
  request.message.tcm_parent = TC_H_ROOT;
  request.message.tcm_handle = 0x10000;
  return request;
}

// The kernel's answer: 0 or an errno.
int Send(const Request& request) {
  const int netlink = socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, NETLINK_ROUTE);
  struct {
    nlmsghdr header;
    nlmsgerr answer;
    char echo[512];
  } reply{};
  const bool answered =
      send(netlink, &request, request.header.nlmsg_len, 0) > 0 && recv(netlink, &reply, sizeof reply, 0) > 0;
  close(netlink);
  return answered ? -reply.answer.error : EIO;
}

}  // namespace

bool ImpairNetwork(double delay_ms, double loss_percent) {
  if (delay_ms <= 0 && loss_percent <= 0) {
    const int refused = Send(ForCard(RTM_DELQDISC, 0));
    return refused == 0 || refused == ENOENT || refused == EINVAL;  // there was none
  }
  tc_netem_qopt options{};
  options.latency = static_cast<unsigned>(delay_ms * 1e6 / kTickNanoseconds);
  options.jitter = options.latency / 4;
  options.limit = kQueue;
  options.loss = static_cast<unsigned>(std::min(loss_percent, 100.0) / 100 * std::numeric_limits<unsigned>::max());
  Request request = ForCard(RTM_NEWQDISC, NLM_F_CREATE | NLM_F_REPLACE);
  request.Add(TCA_KIND, "netem", sizeof "netem");
  request.Add(TCA_OPTIONS, &options, sizeof options);
  return Send(request) == 0;
}

}  // namespace forewarn::testbed::guest

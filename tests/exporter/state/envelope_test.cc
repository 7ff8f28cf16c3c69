// SPDX-License-Identifier: Apache-2.0
#include "exporter/state/envelope.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace forewarn::state {
namespace {

std::string File(const std::string& content) { return Seal(content) + content; }

std::string ReasonFor(std::string bytes) {
  const auto rejection = Unseal(bytes);
  return rejection ? rejection->reason : "";
}

TEST(Envelope, GivesBackItsContent) {
  for (const std::string& content : {std::string(), std::string("x"), std::string(100000, 'y')}) {
    std::string bytes = File(content);
    EXPECT_FALSE(Unseal(bytes).has_value());
    EXPECT_EQ(bytes, content);
  }
}

// The check value that the catalogue of parametrised CRCs gives for CRC-64/XZ.
TEST(Envelope, HasTheChecksumThatItSays) {
  const std::string file = File("123456789");
  EXPECT_EQ(file.substr(24, 8), std::string("\xfa\x39\x19\xdf\xbb\xc9\x5d\x99", 8));
}

TEST(Envelope, NoBitMayBeAnother) {
  const std::string file = File("a state of some length, as they are");
  for (std::size_t bit = 0; bit < file.size() * 8; ++bit) {
    if (bit / 8 >= 12 && bit / 8 < 16) continue;  // of no meaning
    std::string damaged = file;
    damaged[bit / 8] = static_cast<char>(damaged[bit / 8] ^ (1 << (bit % 8)));
    EXPECT_NE(ReasonFor(damaged), "") << bit;
  }
}

TEST(Envelope, NoByteMayBeMissingOrTooMany) {
  const std::string file = File("content");
  for (std::size_t size = 0; size < file.size(); ++size) EXPECT_EQ(ReasonFor(file.substr(0, size)), "damaged") << size;
  EXPECT_EQ(ReasonFor(file + "x"), "damaged");
  EXPECT_EQ(ReasonFor(file.substr(0, 32) + std::string(7, '\0')), "damaged");
}

TEST(Envelope, SaysWhoseAFileIs) {
  std::string older = File("content");
  older[8] = static_cast<char>(kVersion + 1);
  EXPECT_EQ(ReasonFor(older), "version");
  EXPECT_EQ(ReasonFor("{\"json\": \"of somebody else's, long enough\"}"), "foreign");
  EXPECT_EQ(ReasonFor(std::string(4096, '\0')), "foreign");
}

}  // namespace
}  // namespace forewarn::state

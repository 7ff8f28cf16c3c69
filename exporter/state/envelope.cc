// SPDX-License-Identifier: Apache-2.0
#include "exporter/state/envelope.h"

#include <boost/crc.hpp>
#include <cstring>

namespace forewarn::state {
namespace {

constexpr char kMagic[8] = {'F', 'O', 'R', 'E', 'W', 'A', 'R', 'N'};

struct Envelope {
  char magic[8];
  std::uint32_t version, zero;
  std::uint64_t size, checksum;
};
static_assert(sizeof(Envelope) == 32);

std::uint64_t Checksum(std::string_view content) {
  boost::crc_optimal<64, 0x42F0E1EBA9EA3693, ~0ull, ~0ull, true, true> crc;
  crc.process_bytes(content.data(), content.size());
  return crc.checksum();
}

}  // namespace

std::string Seal(std::string_view content) {
  Envelope envelope{{}, kVersion, 0, content.size(), Checksum(content)};
  std::memcpy(envelope.magic, kMagic, sizeof kMagic);
  return {reinterpret_cast<const char*>(&envelope), sizeof envelope};
}

std::optional<Rejection> Unseal(std::string& bytes) {
  Envelope envelope;
  if (!std::string_view(bytes).starts_with(std::string_view(kMagic, std::min(sizeof kMagic, bytes.size())))) {
    return Rejection{"foreign", "it is no state of Forewarn"};
  }
  if (bytes.size() < sizeof envelope) return Rejection{"damaged", "it ends within its envelope"};
  std::memcpy(&envelope, bytes.data(), sizeof envelope);
  if (envelope.version != kVersion) {
    return Rejection{"version",
                     "it is of version " + std::to_string(envelope.version) + ", not " + std::to_string(kVersion)};
  }
  bytes.erase(0, sizeof envelope);
  if (envelope.size != bytes.size()) return Rejection{"damaged", "it is not as long as it says"};
  if (envelope.checksum != Checksum(bytes)) return Rejection{"damaged", "its checksum is another"};
  return std::nullopt;
}

}  // namespace forewarn::state

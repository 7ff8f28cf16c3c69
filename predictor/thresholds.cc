// SPDX-License-Identifier: Apache-2.0
#include "predictor/predictor.h"

namespace forewarn::predictor {

std::map<std::string, Thresholds> DecodeThresholds(const config::Node& node) {
  std::map<std::string, Thresholds> thresholds;
  const config::Map map = node.AsMap();
  const auto decode = [](const config::Node& entry, const Thresholds& otherwise) {
    const config::Map one = entry.AsMap();
    const Thresholds decoded{one.Number("notify", otherwise.notify), one.Number("experiment", otherwise.experiment),
                             one.Number("mitigate", otherwise.mitigate), one.Number("knowledge", otherwise.knowledge)};
    const bool values = 0 <= decoded.knowledge && decoded.knowledge <= 1;
    if (!(values && 0 <= decoded.notify && decoded.mitigate <= 1)) entry.Fail("thresholds are between 0 and 1");
    if (!(decoded.notify <= decoded.experiment && decoded.experiment <= decoded.mitigate)) {
      entry.Fail("not in order: notify <= experiment <= mitigate");
    }
    return decoded;
  };
  Thresholds otherwise;
  if (const auto entry = map.Find("default")) otherwise = decode(*entry, otherwise);
  thresholds["default"] = otherwise;
  if (const auto faults = map.Find("faults")) {
    for (const auto& [fault, entry] : faults->Entries()) thresholds[fault] = decode(entry, otherwise);
  }
  return thresholds;
}

}  // namespace forewarn::predictor

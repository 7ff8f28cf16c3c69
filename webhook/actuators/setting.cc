// SPDX-License-Identifier: Apache-2.0
#include <nlohmann/json.hpp>

#include "webhook/actuators/actuator.h"

namespace forewarn::actuators {

using nlohmann::json;

std::string ToText(const Setting& setting) {
  // Keys of a std::map are sorted already; bytes that are no UTF-8 are replaced, never thrown about.
  return json(setting.values).dump(-1, ' ', false, json::error_handler_t::replace);
}

base::Result<Setting> SettingFromText(const std::string& text) {
  const json parsed = json::parse(text, nullptr, /*allow_exceptions=*/false);
  if (!parsed.is_object()) return base::Error{base::ErrorCode::kInvalid, "a setting is not a JSON object"};
  Setting setting;
  for (const auto& [name, value] : parsed.items()) {
    if (!value.is_string()) return base::Error{base::ErrorCode::kInvalid, "a setting's value is not a string"};
    setting.values[name] = value.get<std::string>();
  }
  return setting;
}

}  // namespace forewarn::actuators

// SPDX-License-Identifier: Apache-2.0
#include "common/metrics/format.h"

#include <charconv>
#include <cmath>

#include "common/base/utf8.h"

namespace forewarn::metrics {
namespace {

enum class Quote { kEscape, kKeep };

void AppendEscaped(std::string_view text, Quote quote, std::string& out) {
  for (const char c : base::ToUtf8(text)) {
    if (c == '\n') {
      out += "\\n";
    } else if (c == '\\' || (c == '"' && quote == Quote::kEscape)) {
      out += '\\';
      out += c;
    } else {
      out += c;
    }
  }
}

bool AppendSpecial(double value, std::string& out) {
  if (std::isnan(value)) {
    out += "NaN";
  } else if (std::isinf(value)) {
    out += value > 0 ? "+Inf" : "-Inf";
  } else {
    return false;
  }
  return true;
}

}  // namespace

void AppendLabelValue(std::string_view value, std::string& out) { AppendEscaped(value, Quote::kEscape, out); }

void AppendHelpText(std::string_view help, Exposition exposition, std::string& out) {
  AppendEscaped(help, exposition == Exposition::kOpenMetrics ? Quote::kEscape : Quote::kKeep, out);
}

void AppendNumber(double value, std::string& out) {
  if (!AppendSpecial(value, out)) {
    char text[32];
    out.append(text, std::to_chars(text, text + sizeof text, value).ptr);
  }
}

void AppendBound(double bound, Exposition exposition, std::string& out) {
  if (AppendSpecial(bound, out)) {
    return;
  }
  const double size = std::fabs(bound);
  const bool is_fixed = bound == 0 || (size >= 1e-4 && size < 1e6);
  char text[32];
  const auto form = is_fixed ? std::chars_format::fixed : std::chars_format::scientific;
  const std::string_view written(text, std::to_chars(text, text + sizeof text, bound, form).ptr);
  out += written;
  if (exposition == Exposition::kOpenMetrics && written.find_first_of(".e") == std::string_view::npos) {
    out += ".0";
  }
}

}  // namespace forewarn::metrics

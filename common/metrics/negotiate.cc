// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <cctype>
#include <charconv>
#include <optional>

#include "common/metrics/metrics.h"

namespace forewarn::metrics {
namespace {

std::string_view Trim(std::string_view text) {
  const auto first = text.find_first_not_of(" \t");
  return first == std::string_view::npos ? std::string_view()
                                         : text.substr(first, text.find_last_not_of(" \t") - first + 1);
}

// Takes what stands before the separator, trimmed, off the front.
std::string_view Take(std::string_view& text, char separator) {
  const auto end = std::min(text.find(separator), text.size());
  const std::string_view part = text.substr(0, end);
  text.remove_prefix(std::min(end + 1, text.size()));
  return Trim(part);
}

bool EqualIgnoringCase(std::string_view a, std::string_view b) {
  const auto equal = [](unsigned char x, unsigned char y) { return std::tolower(x) == std::tolower(y); };
  return std::equal(a.begin(), a.end(), b.begin(), b.end(), equal);
}

struct Offer {
  std::optional<Exposition> exposition;  // nothing: a format we do not write
  double quality = 1;
};

// One element of Accept, such as "application/openmetrics-text;version=1.0.0;q=0.5".
Offer ParseOffer(std::string_view element) {
  const std::string_view type = Take(element, ';');
  Offer offer;
  if (EqualIgnoringCase(type, "application/openmetrics-text")) {
    offer.exposition = Exposition::kOpenMetrics;
  } else if (EqualIgnoringCase(type, "text/plain") || type == "text/*" || type == "*/*") {
    offer.exposition = Exposition::kText;
  }
  while (!element.empty()) {
    std::string_view value = Take(element, ';');
    const std::string_view name = Take(value, '=');
    if (EqualIgnoringCase(name, "q")) {
      const auto parsed = std::from_chars(value.data(), value.data() + value.size(), offer.quality);
      offer.quality = parsed.ec == std::errc() && parsed.ptr == value.data() + value.size() ? offer.quality : 0;
    } else if (EqualIgnoringCase(name, "version") && offer.exposition == Exposition::kOpenMetrics && value != "1.0.0") {
      offer.exposition.reset();
    }
  }
  return offer;
}

}  // namespace

Exposition Negotiate(std::string_view accept) {
  Exposition best = Exposition::kText;
  double quality = 0;
  while (!accept.empty()) {
    const Offer offer = ParseOffer(Take(accept, ','));
    if (offer.exposition && offer.quality > quality) {
      best = *offer.exposition;
      quality = offer.quality;
    }
  }
  return best;
}

std::string ContentType(Exposition exposition) {
  return exposition == Exposition::kOpenMetrics ? "application/openmetrics-text; version=1.0.0; charset=utf-8"
                                                : "text/plain; version=0.0.4; charset=utf-8";
}

}  // namespace forewarn::metrics

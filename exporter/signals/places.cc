// SPDX-License-Identifier: Apache-2.0
#include "exporter/signals/places.h"

#include <cstring>

namespace forewarn::signals {

void Places::Begin(std::string_view label) {
  label_ = label;
  key_ = "\"" + label_ + "\":\"";
  std::swap(before_, now_);
  now_.clear();
  now_.reserve(before_.size());
  expected_ = 0;
}

// Whether the bytes of a row name whom that place was of. Between quotes that are no escapes they can mean nothing
// else.
bool Places::Is(std::size_t expected, std::string_view labels, const Roster& roster) const {
  if (expected >= before_.size()) return false;
  const Place place = before_[expected];
  if (place.offset == 0 || place.slot >= roster.instances().size()) return false;
  const std::string& name = roster.instances().NameOf(place.slot);
  if (place.offset + name.size() >= labels.size()) return false;
  const char* const value = labels.data() + place.offset;
  return std::memcmp(value, name.data(), name.size()) == 0 && value[name.size()] == '"' &&
         std::memcmp(value - key_.size(), key_.data(), key_.size()) == 0;
}

std::uint32_t Places::Next(const promql::Vector& answer, std::size_t row, double time, Roster& roster) {
  const std::string_view labels = answer.LabelBytes(row);
  const bool plain = !answer.HasEscapes(row);
  bool known = plain && Is(expected_, labels, roster);
  if (!known && plain && Is(expected_ + 1, labels, roster)) {  // the row that was expected has gone
    ++expected_;
    known = true;
  }
  Place place;
  if (known && roster.SeeAgain(before_[expected_].slot, time)) {
    place = before_[expected_++];
  } else {
    place = Find(answer, row, time, roster);
    const bool as_expected = expected_ < before_.size() && before_[expected_].slot == place.slot;
    if (known || as_expected) ++expected_;  // else it is a new one before the one that was expected
  }
  now_.push_back(place);
  return place.slot;
}

Places::Place Places::Find(const promql::Vector& answer, std::size_t row, double time, Roster& roster) const {
  const std::string_view domain = answer.Label(row, label_);
  if (domain.empty()) return {};
  Place place{roster.See(domain, time), 0};
  const std::string_view labels = answer.LabelBytes(row);
  const auto at =
      answer.HasEscapes(row) ? std::string_view::npos : static_cast<std::size_t>(domain.data() - labels.data());
  if (at >= key_.size() && at < labels.size() && labels.substr(at - key_.size(), key_.size()) == key_) {
    place.offset = static_cast<std::uint32_t>(at);
  }
  return place;
}

}  // namespace forewarn::signals

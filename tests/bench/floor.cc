// SPDX-License-Identifier: Apache-2.0
#include "tests/bench/floor.h"

#include <charconv>
#include <functional>
#include <stdexcept>

namespace forewarn::bench {

Floor::Floor(const Fleet& fleet, const CannedSource& source)
    : fleet_(fleet), connection_(Loopback::Connect(source.port())) {
  buffer_.resize(fleet.instances() * 256 + 4096);
}

void Floor::Tick(std::size_t moment) {
  for (const auto& signal : fleet_.signals()) Parse(Fetch(signal, moment));
}

// One chunk is all there is.
std::string_view Floor::Fetch(const std::string& signal, std::size_t moment) {
  const std::string form = "query=" + signal + "&time=" + std::to_string(moment);
  connection_.Send("POST /api/v1/query HTTP/1.1\r\nHost: loopback\r\nContent-Length: " + std::to_string(form.size()) +
                   "\r\n\r\n" + form);
  std::size_t received = 0, begin = 0, length = 0;
  while (length == 0 || received < begin + length + 7) {
    const std::size_t count = connection_.Receive(buffer_.data() + received, buffer_.size() - received - 64);
    if (count == 0) throw std::runtime_error("the source has gone");
    received += count;
    if (length > 0) continue;
    const std::string_view seen(buffer_.data(), received);
    const auto head = seen.find("\r\n\r\n");
    if (head == std::string_view::npos) continue;
    const auto end = seen.find("\r\n", head + 4);
    if (end == std::string_view::npos) continue;
    std::from_chars(seen.data() + head + 4, seen.data() + end, length, 16);
    begin = end + 2;
  }
  return {buffer_.data() + begin, length};
}

void Floor::Parse(std::string_view body) {
  simdjson::ondemand::document document;
  if (parser_.iterate(body.data(), body.size(), body.size() + 64).get(document)) throw std::runtime_error("no JSON");
  for (auto row : document["data"]["result"]) {
    auto object = row.get_object();
    simdjson::ondemand::object metric = object["metric"].get_object();
    const std::string_view labels = metric.raw_json();
    auto pair = object["value"].get_array();
    double value = 0;
    for (auto item : pair) {
      if (item.type() != simdjson::ondemand::json_type::string) continue;
      const std::string_view text = item.get_string();
      std::from_chars(text.data(), text.data() + text.size(), value);
    }
    sum_ += std::hash<std::string_view>{}(labels) + static_cast<std::size_t>(value);
    ++rows_;
  }
}

}  // namespace forewarn::bench

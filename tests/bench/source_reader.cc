// SPDX-License-Identifier: Apache-2.0
#include "tests/bench/source_reader.h"

#include <stdexcept>

namespace forewarn::bench {

signals::Settings SettingsOf(const Fleet& fleet) {
  signals::Settings settings;
  for (const auto& signal : fleet.signals()) settings.signals.push_back({signal, "", signal});
  return settings;
}

std::unique_ptr<signals::Reader> ReaderOf(const Fleet& fleet, const CannedSource& source) {
  promql::ClientOptions options;
  options.url = source.url();
  options.timeout = std::chrono::minutes(5);  // on a busy machine, too, it is the cost that is asked for
  auto client = promql::Client::Create(std::move(options));
  if (!client) throw std::runtime_error(client.error().message);
  return std::make_unique<signals::Reader>(std::move(*client), SettingsOf(fleet));
}

signals::Reading Read(signals::Reader& reader, std::size_t moment) {
  auto reading = reader.Read(static_cast<double>(moment), base::Deadline::After(std::chrono::minutes(5)));
  if (!reading.errors.empty()) throw std::runtime_error(reading.errors.front().error.message);
  return reading;
}

}  // namespace forewarn::bench

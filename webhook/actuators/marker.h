// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "common/base/clock.h"
#include "common/base/result.h"
#include "webhook/actuators/actuator.h"
#include "webhook/hypervisor/hypervisor.h"

// The note of a change in the metadata of the domain it changes: written before the change and removed after its undo,
// so that any process can undo it without our journal. It shares the change's lifetime: both vanish when a running
// domain stops.
namespace forewarn::actuators {

struct Marker {
  std::string change_id;
  std::string actuator;
  Setting previous;                                      // to be restored
  base::WallTime expiry;                                 // whole seconds
  std::int64_t epoch = 0;                                // of the change: a lower one may not touch it
  std::optional<base::WallTime> written = std::nullopt;  // whole seconds; later than now: the clock has gone backwards
  bool operator==(const Marker&) const = default;
};

// One per actuator, since a second write under a URI replaces the first: urn:forewarn:change:disk_io
std::string MarkerUri(std::string_view actuator);

// The element, and its way back. Parsing accepts any text; kInvalid says what is wrong.
std::string MarkerXml(const Marker& marker);
base::Result<Marker> ParseMarker(const std::string& xml);
// The same of a marker whose expiry or epoch cannot be read: they are 0, and it has expired long ago.
base::Result<Marker> SalvageMarker(const std::string& xml);

// Thread-safe. Errors as Hypervisor's; kNotFound also where the inventory has no such hypervisor; kConflict with a
// message that begins with kFencedMarker where the marker that is there has a higher epoch.
inline constexpr char kFencedMarker[] = "fenced";
class Markers {
 public:
  explicit Markers(hypervisor::Inventory* inventory) : inventory_(inventory) {}
  base::Result<void> Put(const Target& target, const Marker& marker, base::Deadline deadline);
  base::Result<std::optional<Marker>> Get(const Target& target, std::string_view actuator, base::Deadline deadline);
  base::Result<void> Remove(const Target& target, std::string_view actuator, std::int64_t epoch,
                            base::Deadline deadline);

 private:
  base::Result<void> Fence(const Target& target, std::string_view actuator, std::int64_t epoch,
                           base::Deadline deadline);
  hypervisor::Inventory* inventory_;
};

}  // namespace forewarn::actuators

// SPDX-License-Identifier: Apache-2.0
#include "webhook/actuators/marker.h"

#include <boost/property_tree/ptree.hpp>
#include <boost/property_tree/xml_parser.hpp>
#include <charconv>
#include <sstream>

#include "webhook/actuators/change.h"

namespace forewarn::actuators {
namespace {

constexpr std::size_t kMaxMarker = 64 << 10;        // bytes; ours are a few hundred
constexpr std::int64_t kMaxSeconds = 253402300799;  // the end of the year 9999

std::string Escaped(std::string_view text) {
  std::string out;
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    if (c == '&' || c == '<' || c == '>' || c == '"' || c == '\'') {
      out += "&#" + std::to_string(byte) + ";";
    } else {
      out += byte < 0x20 ? ' ' : c;  // XML 1.0 has no way to write most control characters
    }
  }
  return out;
}

base::Error Garbage(std::string_view what) {
  return {base::ErrorCode::kInvalid, "not a marker of a change: " + std::string(what)};
}

std::int64_t Seconds(base::WallTime time) {
  return std::chrono::floor<std::chrono::seconds>(time).time_since_epoch().count();
}

// A number of whole seconds in a year of four digits; nullopt for anything else.
std::optional<base::WallTime> TimeOf(const std::string& text) {
  const auto seconds = NumberAt(Setting{{{"time", text}}}, "time");
  if (!seconds || *seconds < 0 || *seconds > kMaxSeconds) return std::nullopt;
  return base::WallTime(std::chrono::seconds(*seconds));
}

namespace tree = boost::property_tree;

base::Result<tree::ptree> AttributesOf(const std::string& xml) {
  if (xml.size() > kMaxMarker) return Garbage("too long");
  if (xml.find('\0') != std::string::npos) return Garbage("a zero byte");
  try {
    std::istringstream text(xml);
    tree::ptree document;
    tree::read_xml(text, document);
    return document.get_child("change.<xmlattr>");
  } catch (const tree::ptree_error& error) {
    return Garbage(error.what());
  }
}

// All but its times and its epoch.
base::Result<Marker> IdentityOf(const tree::ptree& attributes) {
  const auto id = attributes.get_optional<std::string>("id"),
             actuator = attributes.get_optional<std::string>("actuator");
  if (!id || !actuator) return Garbage("says no id or no actuator");
  auto previous = SettingFromText(attributes.get<std::string>("previous", ""));
  if (!previous) return Garbage(previous.error().message);
  return Marker{*id, *actuator, *previous, {}};
}

}  // namespace

std::string MarkerUri(std::string_view actuator) { return "urn:forewarn:change:" + std::string(actuator); }

std::string MarkerXml(const Marker& marker) {
  const std::string written =
      marker.written ? "\" written=\"" + std::to_string(Seconds(*marker.written)) : std::string();
  return "<change id=\"" + Escaped(marker.change_id) + "\" actuator=\"" + Escaped(marker.actuator) + "\" expiry=\"" +
         std::to_string(Seconds(marker.expiry)) + written + "\" epoch=\"" + std::to_string(marker.epoch) +
         "\" previous=\"" + Escaped(ToText(marker.previous)) + "\"/>";
}

base::Result<Marker> ParseMarker(const std::string& xml) {
  auto attributes = AttributesOf(xml);
  if (!attributes) return attributes.error();
  auto marker = IdentityOf(*attributes);
  if (!marker) return marker;
  const auto expiry = TimeOf(attributes->get<std::string>("expiry", ""));
  if (!expiry) return Garbage("its expiry");
  const auto epoch = NumberAt(Setting{{{"epoch", attributes->get<std::string>("epoch", "")}}}, "epoch");
  if (!epoch || *epoch < 0) return Garbage("its epoch");
  marker->expiry = *expiry;
  marker->epoch = *epoch;
  marker->written = TimeOf(attributes->get<std::string>("written", ""));
  return marker;
}

base::Result<Marker> SalvageMarker(const std::string& xml) {
  if (auto whole = ParseMarker(xml)) return whole;
  auto attributes = AttributesOf(xml);
  if (!attributes) return attributes.error();
  return IdentityOf(*attributes);
}

base::Result<void> Markers::Put(const Target& target, const Marker& marker, base::Deadline deadline) {
  auto host = HypervisorOf(*inventory_, target, deadline);
  if (!host) return host.error();
  if (auto free = Fence(target, marker.actuator, marker.epoch, deadline); !free) return free;
  return (*host)->SetMetadata(target.uuid, MarkerUri(marker.actuator), MarkerXml(marker), deadline);
}

base::Result<std::optional<Marker>> Markers::Get(const Target& target, std::string_view actuator,
                                                 base::Deadline deadline) {
  auto host = HypervisorOf(*inventory_, target, deadline);
  if (!host) return host.error();
  auto xml = (*host)->Metadata(target.uuid, MarkerUri(actuator), deadline);
  if (!xml) return xml.error();
  if (!xml->has_value()) return std::optional<Marker>();
  auto marker = ParseMarker(**xml);
  if (!marker) return marker.error();
  return std::optional<Marker>(*marker);
}

// A marker that we can't read was written by something else, and is replaced.
base::Result<void> Markers::Fence(const Target& target, std::string_view actuator, std::int64_t epoch,
                                  base::Deadline deadline) {
  auto there = Get(target, actuator, deadline);
  if (!there && there.error().code != base::ErrorCode::kInvalid) return there.error();
  if (!there || !*there || (*there)->epoch <= epoch) return {};
  return base::Error{base::ErrorCode::kConflict, std::string(kFencedMarker) + ": " + target.domain + " has a " +
                                                     std::string(actuator) + " of epoch " +
                                                     std::to_string((*there)->epoch)};
}

base::Result<void> Markers::Remove(const Target& target, std::string_view actuator, std::int64_t epoch,
                                   base::Deadline deadline) {
  auto host = HypervisorOf(*inventory_, target, deadline);
  if (!host) return host.error();
  if (auto free = Fence(target, actuator, epoch, deadline); !free) return free;
  return (*host)->SetMetadata(target.uuid, MarkerUri(actuator), std::nullopt, deadline);
}

}  // namespace forewarn::actuators

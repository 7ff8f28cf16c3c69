// SPDX-License-Identifier: Apache-2.0
#include "webhook/hypervisor/domain_xml.h"

#include <boost/property_tree/ptree.hpp>
#include <boost/property_tree/xml_parser.hpp>
#include <functional>
#include <sstream>

namespace forewarn::hypervisor {
namespace {

using boost::property_tree::ptree;

// Calls `each` with every device of that kind.
base::Result<void> ForEachDevice(const std::string& xml, const std::string& kind,
                                 const std::function<void(const ptree&)>& each) {
  try {
    std::istringstream text(xml);
    ptree document;
    boost::property_tree::read_xml(text, document);
    for (const auto& [name, device] : document.get_child("domain.devices")) {
      if (name == kind) each(device);
    }
  } catch (const boost::property_tree::ptree_error& error) {
    return base::Error{base::ErrorCode::kInvalid, std::string("a domain's XML: ") + error.what()};
  }
  return {};
}

std::string MacOf(const ptree& interface) { return interface.get<std::string>("mac.<xmlattr>.address"); }

}  // namespace

base::Result<std::vector<std::string>> DisksOfXml(const std::string& xml) {
  std::vector<std::string> disks;
  const auto read = ForEachDevice(xml, "disk", [&](const ptree& disk) {
    if (disk.get("<xmlattr>.device", "disk") != "disk") return;
    disks.push_back(disk.get<std::string>("target.<xmlattr>.dev"));
  });
  if (!read) return read.error();
  return disks;
}

base::Result<std::vector<Interface>> InterfacesOfXml(const std::string& xml) {
  std::vector<Interface> interfaces;
  const auto read = ForEachDevice(xml, "interface", [&](const ptree& interface) {
    const bool down = interface.get("link.<xmlattr>.state", "up") == "down";
    interfaces.push_back({MacOf(interface), down ? Link::kDown : Link::kUp});
  });
  if (!read) return read.error();
  return interfaces;
}

base::Result<std::string> InterfaceWithLink(const std::string& xml, const std::string& mac, Link link) {
  std::ostringstream element;
  const auto read = ForEachDevice(xml, "interface", [&](const ptree& interface) {
    if (MacOf(interface) != mac) return;
    ptree document;
    ptree& changed = document.add_child("interface", interface);
    changed.put("link.<xmlattr>.state", link == Link::kUp ? "up" : "down");
    boost::property_tree::write_xml(element, document);
  });
  if (!read) return read.error();
  if (element.str().empty()) return base::Error{base::ErrorCode::kNotFound, "the domain has no interface " + mac};
  return element.str();
}

}  // namespace forewarn::hypervisor

// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include <chrono>
#include <set>
#include <string>

#include "tests/fakes/fake_hypervisor.h"
#include "webhook/actuators/actuators.h"
#include "webhook/actuators/marker.h"

namespace forewarn::actuators {
namespace {

using base::ErrorCode;

base::Deadline Soon() { return base::Deadline::After(std::chrono::seconds(10)); }

Marker Sample() {
  return {"c-1", "disk_io", {{{"vda.total_iops_sec", "100"}}}, base::WallTime(std::chrono::seconds(1700000000))};
}

TEST(SettingText, ComesBackAsItWent) {
  for (const Setting& setting :
       {Setting{}, Setting{{{"a", "1"}, {"b", ""}}}, Setting{{{"quote\"", "new\nline"}, {"ü", "\t\\"}}}}) {
    const auto back = SettingFromText(ToText(setting));
    ASSERT_TRUE(back.ok());
    EXPECT_EQ(*back, setting);
  }
  EXPECT_EQ(ToText({{{"b", "2"}, {"a", "1"}}}), R"({"a":"1","b":"2"})");
}

TEST(SettingText, RefusesWhatIsNoSetting) {
  for (const char* text : {"", "{", "[]", "null", "1", R"({"a":1})", R"({"a":{"b":"c"}})", R"({"a":"1"} x)", "\xff"}) {
    EXPECT_EQ(SettingFromText(text).error().code, ErrorCode::kInvalid) << text;
  }
}

TEST(MarkerText, ComesBackAsItWent) {
  Marker odd = Sample();
  odd.change_id = "<a href='x'>&amp;\"</a>]]>";
  odd.previous.values["BACK/srv"] = "weight 1 state \"ready\"";
  for (const Marker& marker : {Sample(), odd, Marker{}}) {
    const auto back = ParseMarker(MarkerXml(marker));
    ASSERT_TRUE(back.ok()) << back.error().message << MarkerXml(marker);
    EXPECT_EQ(*back, marker);
  }
}

TEST(MarkerText, ControlCharactersStayOutOfXml) {
  Marker marker = Sample();
  marker.change_id = std::string("a\0\x01\nb", 5);
  EXPECT_EQ(ParseMarker(MarkerXml(marker))->change_id, "a   b");
}

TEST(MarkerText, SurvivesGarbage) {
  const std::string good = MarkerXml(Sample());
  for (const std::string& xml :
       {std::string(), std::string("x"), std::string("<change/>"), std::string("<other id='1'/>"),
        std::string("<change id='1' actuator='a' expiry='soon' previous='{}'/>"),
        std::string("<change id='1' actuator='a' expiry='-1' previous='{}'/>"),
        std::string("<change id='1' actuator='a' expiry='99999999999999999999' previous='{}'/>"),
        std::string("<change id='1' actuator='a' expiry='1' previous='[]'/>"), good + '\0', std::string(1 << 20, '<'),
        std::string(100000, 'a')}) {
    EXPECT_EQ(ParseMarker(xml).error().code, ErrorCode::kInvalid);
  }
  for (std::size_t cut = 0; cut < good.size(); ++cut) EXPECT_FALSE(ParseMarker(good.substr(0, cut)).ok()) << cut;
}

TEST(MarkerText, SaysWhenItWasWritten) {
  Marker marker = Sample();
  marker.written = marker.expiry - std::chrono::seconds(60);
  EXPECT_EQ(ParseMarker(MarkerXml(marker))->written, marker.written);
  EXPECT_EQ(ParseMarker(MarkerXml(Sample()))->written, std::nullopt);
}

TEST(MarkerText, IsSalvagedWithoutItsExpiry) {
  const std::string odd =
      "<change id='7' actuator='memory' expiry='soon' epoch='x' previous='{&quot;a&quot;:&quot;1&quot;}'/>";
  EXPECT_EQ(*SalvageMarker(odd), (Marker{"7", "memory", {{{"a", "1"}}}, {}}));
  EXPECT_EQ(*SalvageMarker(MarkerXml(Sample())), Sample());
  for (const char* lost : {"", "<change/>", "<change id='7' actuator='a' previous='?'/>"}) {
    EXPECT_EQ(SalvageMarker(lost).error().code, ErrorCode::kInvalid) << lost;
  }
}

TEST(MarkersTest, OnePerActuatorOnTheDomainItself) {
  fakes::FakeHypervisor host("host1");
  fakes::FakeInventory inventory({{"host1", &host}});
  const Target target{"web-1", host.Add("web-1"), "host1"};
  Markers markers(&inventory);
  EXPECT_EQ(*markers.Get(target, "disk_io", Soon()), std::nullopt);
  ASSERT_TRUE(markers.Put(target, Sample(), Soon()).ok());
  EXPECT_EQ(*markers.Get(target, "disk_io", Soon()), Sample());
  EXPECT_EQ(*markers.Get(target, "memory", Soon()), std::nullopt);
  ASSERT_TRUE(markers.Remove(target, "disk_io", 0, Soon()).ok());
  EXPECT_EQ(*markers.Get(target, "disk_io", Soon()), std::nullopt);
  EXPECT_EQ(markers.Put({"web-1", target.uuid, "elsewhere"}, Sample(), Soon()).error().code, ErrorCode::kNotFound);
}

TEST(Table, NamesEveryActuatorOnce) {
  std::set<std::string_view> names;
  for (const ActuatorKind& kind : ActuatorKinds()) EXPECT_TRUE(names.insert(kind.name).second) << kind.name;
  EXPECT_EQ(FindKind("disk_io")->reversal, Reversal::kReversible);
  EXPECT_EQ(FindKind("format_disk"), nullptr);
  const auto lines = BuildActuators({});
  ASSERT_TRUE(lines.ok());
  ASSERT_EQ(lines->size(), ActuatorKinds().size());
  for (std::size_t i = 0; i < lines->size(); ++i) {
    EXPECT_EQ((*lines)[i].name, ActuatorKinds()[i].name);
    EXPECT_NE((*lines)[i].actuator, nullptr);
  }
}

TEST(Table, RefusesAddressesThatNobodyCanConnectTo) {
  for (const char* address : {"", "unix:", "unix:relative", "tcp:1.2.3.4", "tcp::80", "tcp:example.org:80",
                              "tcp:1.2.3.4:http", "http://1.2.3.4:80", "tcp:[::1:80"}) {
    EXPECT_EQ(BuildActuators({nullptr, {{"lb", address}}, {}}).error().code, ErrorCode::kInvalid) << address;
  }
  for (const char* address : {"unix:/run/haproxy/admin.sock", "tcp:127.0.0.1:9999", "tcp:[::1]:9999"}) {
    EXPECT_TRUE(BuildActuators({nullptr, {{"lb", address}}, {}}).ok()) << address;
  }
}

}  // namespace
}  // namespace forewarn::actuators

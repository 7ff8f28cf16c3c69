// SPDX-License-Identifier: Apache-2.0
#include "common/http/web_config.h"

#include <openssl/ssl.h>

#include <algorithm>
#include <array>
#include <filesystem>

#include "common/config/yaml.h"
#include "common/http/authenticator.h"
#include "common/http/text.h"

namespace forewarn::http {
namespace {

using config::Map;
using config::Node;
using Folder = std::filesystem::path;

template <class Value, std::size_t n>
using Table = std::array<std::pair<std::string_view, Value>, n>;

constexpr Table<ClientAuth, 5> kClientAuth{{{"NoClientCert", ClientAuth::kNone},
                                            {"RequestClientCert", ClientAuth::kRequest},
                                            {"RequireAnyClientCert", ClientAuth::kRequireAny},
                                            {"VerifyClientCertIfGiven", ClientAuth::kVerifyIfGiven},
                                            {"RequireAndVerifyClientCert", ClientAuth::kRequireAndVerify}}};
// Exporter-toolkit takes TLS10 and TLS11 too; they are deprecated (RFC 8996), and refused here.
constexpr Table<int, 2> kVersions{{{"TLS12", TLS1_2_VERSION}, {"TLS13", TLS1_3_VERSION}}};
constexpr Table<std::string_view, 4> kCurves{
    {{"CurveP256", "P-256"}, {"CurveP384", "P-384"}, {"CurveP521", "P-521"}, {"X25519", "X25519"}}};
// The headers that may be set, and the values they take where only some make sense.
constexpr Table<std::string_view, 5> kHeaders{{{"Content-Security-Policy", ""},
                                               {"Strict-Transport-Security", ""},
                                               {"X-Content-Type-Options", "nosniff"},
                                               {"X-Frame-Options", "deny sameorigin"},
                                               {"X-XSS-Protection", ""}}};

template <class Value, std::size_t n>
const Value* Lookup(const Table<Value, n>& table, std::string_view name) {
  const auto found = std::find_if(table.begin(), table.end(), [&](const auto& row) { return row.first == name; });
  return found == table.end() ? nullptr : &found->second;
}

template <class Value, std::size_t n>
Value Choose(const Map& map, std::string_view key, const Table<Value, n>& table, Value otherwise) {
  const auto node = map.Find(key);
  if (!node) return otherwise;
  if (const auto* value = Lookup(table, node->String())) return *value;
  std::string names;
  for (const auto& row : table) names += (names.empty() ? "" : ", ") + std::string(row.first);
  node->Fail("must be one of " + names);
  return otherwise;
}

std::string Join(const std::vector<std::string>& words) {
  std::string out;
  for (const auto& word : words) out += (out.empty() ? "" : ":") + word;
  return out;
}

struct Pem {
  std::string text, file;
  bool given() const { return !text.empty() || !file.empty(); }
};

// The keys NAME and NAME_file, of which one may be given.
Pem DecodePem(const Map& map, const std::string& name, const Folder& folder) {
  Pem pem{map.String(name), map.String(name + "_file")};
  if (!pem.text.empty() && !pem.file.empty()) map.Fail(name + " and " + name + "_file exclude each other");
  if (!pem.file.empty()) pem.file = (folder / pem.file).lexically_normal();
  return pem;
}

std::string DecodeCiphers(const Map& map) {
  std::vector<std::string> ciphers;
  const auto node = map.Find("cipher_suites");
  if (!node) return {};
  for (const Node& item : node->Items()) {
    std::string name = item.String();
    if (name.ends_with("_CHACHA20_POLY1305")) name += "_SHA256";  // Go's old names of these two
    const std::string_view known = OPENSSL_cipher_name(name.c_str());
    if (known == "(NONE)") item.Fail("not a cipher suite known here");
    // Those of TLS 1.3 cannot be chosen in exporter-toolkit either, and are all good.
    if (!known.starts_with("TLS_")) ciphers.emplace_back(known);
  }
  return Join(ciphers);
}

std::string DecodeCurves(const Map& map) {
  std::vector<std::string> curves;
  const auto node = map.Find("curve_preferences");
  if (!node) return {};
  for (const Node& item : node->Items()) {
    const auto* known = Lookup(kCurves, item.String());
    if (known) curves.emplace_back(*known);
    if (!known) item.Fail("must be one of CurveP256, CurveP384, CurveP521, X25519");
  }
  return Join(curves);
}

TlsConfig DecodeTls(const Map& map, const Folder& folder) {
  TlsConfig tls;
  const Pem cert = DecodePem(map, "cert", folder), key = DecodePem(map, "key", folder);
  const Pem client_ca = DecodePem(map, "client_ca", folder);
  if (!cert.given()) map.Fail("cert_file is missing");
  if (!key.given()) map.Fail("key_file is missing");
  std::tie(tls.cert, tls.cert_file) = std::tie(cert.text, cert.file);
  std::tie(tls.key, tls.key_file) = std::tie(key.text, key.file);
  std::tie(tls.client_ca, tls.client_ca_file) = std::tie(client_ca.text, client_ca.file);
  tls.client_auth = Choose(map, "client_auth_type", kClientAuth, ClientAuth::kNone);
  const bool verifies =
      tls.client_auth == ClientAuth::kVerifyIfGiven || tls.client_auth == ClientAuth::kRequireAndVerify;
  if (verifies && !client_ca.given()) map.Fail("client_auth_type needs a client_ca_file");
  if (client_ca.given() && tls.client_auth == ClientAuth::kNone) map.Fail("client_ca without a client_auth_type");
  tls.client_allowed_sans = map.Strings("client_allowed_sans");
  if (!tls.client_allowed_sans.empty() && tls.client_auth != ClientAuth::kRequireAndVerify) {
    map.Fail("client_allowed_sans needs the client_auth_type RequireAndVerifyClientCert");
  }
  tls.min_version = Choose(map, "min_version", kVersions, TLS1_2_VERSION);
  tls.max_version = Choose(map, "max_version", kVersions, TLS1_3_VERSION);
  if (tls.min_version > tls.max_version) map.Fail("min_version is over max_version");
  tls.ciphers = DecodeCiphers(map);
  tls.groups = DecodeCurves(map);
  tls.prefer_server_ciphers = map.Bool("prefer_server_cipher_suites", true);
  return tls;
}

void DecodeHeaders(const Node& node, WebConfig& config) {
  for (const auto& [name, value_node] : node.Entries()) {
    const std::string value = value_node.String();
    const auto* choice = Lookup(kHeaders, name);
    if (!choice) {
      value_node.Fail("this header cannot be set");
    } else if (!choice->empty() && !value.empty() && choice->find(ToLower(value)) == std::string_view::npos) {
      value_node.Fail("must be one of: " + std::string(*choice));
    } else if (HasControlCharacters(value)) {
      value_node.Fail("has control characters");
    } else if (!value.empty()) {
      config.headers.emplace_back(name, value);
    }
  }
}

void DecodeUsers(const Node& node, WebConfig& config) {
  for (const auto& [name, hash] : node.Entries()) {
    if (!IsBcryptHash(hash.String())) hash.Fail("not a bcrypt hash");
    config.users[name] = hash.String();
  }
}

WebConfig Decode(const Map& root, const Folder& folder) {
  WebConfig config;
  if (const auto tls = root.Find("tls_server_config")) config.tls = DecodeTls(tls->AsMap(), folder);
  if (const auto http = root.Find("http_server_config")) {
    const Map map = http->AsMap();
    (void)map.Bool("http2", true);  // taken, since people have it; HTTP/1.1 serves them all the same
    if (const auto headers = map.Find("headers")) DecodeHeaders(*headers, config);
  }
  if (const auto users = root.Find("basic_auth_users")) DecodeUsers(*users, config);
  if (const auto limit = root.Find("rate_limit")) {
    const Map map = limit->AsMap();
    config.rate_interval = map.Duration("interval", {});
    config.rate_burst = static_cast<double>(map.Integer("burst", 1));
    if (config.rate_burst < 1) map.Fail("burst must be at least 1");
  }
  return config;
}

}  // namespace

base::Result<WebConfig> LoadWebConfig(const std::string& path) {
  const auto document = config::Document::Load(path);
  if (!document) return document.error();
  WebConfig config = Decode(document->Root().AsMap(), Folder(path).parent_path());
  if (auto done = document->Finish(); !done) return done.error();
  return config;
}

}  // namespace forewarn::http

// SPDX-License-Identifier: Apache-2.0
#include "common/http/form.h"

#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <openssl/rand.h>

#include <array>
#include <boost/asio/ip/address.hpp>
#include <stdexcept>

#include "common/http/text.h"
#include "common/http/token.h"
#include "common/http/url.h"

namespace forewarn::http {
namespace {

constexpr int kKeySize = 32;

std::string NewKey() {
  std::string key(kKeySize, '\0');
  if (RAND_bytes(reinterpret_cast<unsigned char*>(key.data()), kKeySize) != 1) {
    throw std::runtime_error("no random numbers");  // as std::random_device does: nothing is safe without them
  }
  return key;
}

std::string HeaderOf(const Request& request, const char* name) {
  const auto found = request.headers.find(name);
  return found == request.headers.end() ? std::string() : found->second;
}

// Whether nobody can make the name point elsewhere.
bool IsOwnName(const std::string& host) {
  boost::system::error_code error;
  boost::asio::ip::make_address(host, error);
  return !error || host == "localhost" || host.ends_with(".localhost");
}

}  // namespace

Form FormOf(const Request& request) { return ParseForm(request.body).value_or(Form()); }

FormGuard::FormGuard(std::string external_origin) : external_origin_(std::move(external_origin)), key_(NewKey()) {}

std::string FormGuard::Token(std::string_view user, std::string_view deed) const {
  // The user's length keeps (a, bc) and (ab, c) apart.
  const std::string text = std::to_string(user.size()) + " " + std::string(user) + std::string(deed);
  std::array<unsigned char, EVP_MAX_MD_SIZE> mac{};
  unsigned int size = 0;
  HMAC(EVP_sha256(), key_.data(), kKeySize, reinterpret_cast<const unsigned char*>(text.data()), text.size(),
       mac.data(), &size);
  return Base64Encode({reinterpret_cast<const char*>(mac.data()), size});
}

std::optional<std::string> FormGuard::RefuseOrigin(const Request& request) const {
  const std::string site = HeaderOf(request, "sec-fetch-site");
  if (!site.empty() && site != "same-origin") return "the form comes from another site";
  const auto origin = ParseUrl(HeaderOf(request, "origin"));
  if (!origin) return "the browser does not say where the form comes from (Origin)";
  if (!external_origin_.empty() && origin->origin == external_origin_) return std::nullopt;
  if (!EqualIgnoringCase(origin->authority, HeaderOf(request, "host"))) {
    return "the form comes from " + origin->origin +
           ", which is not this program; behind a proxy, --web.external-url says "
           "under which address it is reached";
  }
  if (IsOwnName(origin->host)) return std::nullopt;
  return "anybody could give this machine the name " + origin->host + ": --web.external-url says that it is its own";
}

std::optional<std::string> FormGuard::Refuse(const Request& request, std::string_view user,
                                             std::string_view deed) const {
  if (auto why = RefuseOrigin(request)) return why;
  const Form form = FormOf(request);
  const auto token = form.find(kTokenField);
  if (token != form.end() && SameDigest(DigestOf(token->second), DigestOf(Token(user, deed)))) return std::nullopt;
  return "the form is not one that this process made for you: load the page anew, and try again";
}

}  // namespace forewarn::http

// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdlib>
#include <string>

#include "tests/fakes/temp_dir.h"

namespace forewarn::http {

struct Certificate {
  std::string cert, key;  // files
};

// A self-signed certificate for one name (subject and subjectAltName, such as "DNS:localhost" or "IP:127.0.0.1"), which
// is its own authority. Both files are empty names where there is no openssl.
inline Certificate MakeCertificate(const fakes::TempDir& dir, const std::string& file, const std::string& alt_name) {
  Certificate made{dir.File(file + ".crt"), dir.File(file + ".key")};
  const std::string command =
      "openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 1 -subj /CN=" + file +
      " -addext subjectAltName=" + alt_name + " -keyout " + made.key + " -out " + made.cert + " 2>/dev/null";
  return std::system(command.c_str()) == 0 ? made : Certificate{};
}

}  // namespace forewarn::http

// SPDX-License-Identifier: Apache-2.0
#include "common/config/password.h"

#include <sys/stat.h>

#include <fstream>

namespace forewarn::config {

using base::Error;
using base::ErrorCode;

base::Result<std::string> ReadPassword(const std::string& file) {
  if (file.empty()) return std::string();
  struct stat status {};
  if (stat(file.c_str(), &status) != 0) return Error{ErrorCode::kInvalid, "no password file " + file};
  if ((status.st_mode & (S_IRWXG | S_IRWXO)) != 0) {
    return Error{ErrorCode::kInvalid, file + " must be for its owner only (0600)"};
  }
  std::ifstream in(file);
  std::string password;
  std::getline(in, password);
  return password;
}

}  // namespace forewarn::config

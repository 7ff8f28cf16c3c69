// SPDX-License-Identifier: Apache-2.0
#include "common/http/file_stamp.h"

#include <sys/stat.h>

namespace forewarn::http {

FileStamp FileStamp::Of(const std::string& path) {
  struct stat status {};
  if (stat(path.c_str(), &status) != 0) return {path};
  return {path, status.st_ino, status.st_size, status.st_mtim.tv_sec, status.st_mtim.tv_nsec};
}

}  // namespace forewarn::http

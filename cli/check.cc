// SPDX-License-Identifier: Apache-2.0
#include "cli/check.h"

#include <cstdio>
#include <fstream>
#include <sstream>

#include "exporter/settings/settings.h"
#include "predictor/predictor.h"

namespace forewarn::cli {

using base::Result;

Result<void> CheckConfig(const std::string& path) {
  const auto settings = settings::Load(path);
  return settings ? Result<void>() : settings.error();
}

Result<void> CheckSignature(const std::string& path) {
  std::ifstream file(path);
  std::ostringstream text;
  if (!file || !(text << file.rdbuf())) return base::Error{base::ErrorCode::kNotFound, path + ": cannot be read"};
  predictor::Settings settings;
  settings.signature_names = {path};
  settings.signature_texts = {text.str()};
  const auto created = predictor::Predictor::Create(std::move(settings));
  return created ? Result<void>() : created.error();
}

bool CheckAll(const std::vector<std::string>& paths, Result<void> (*check)(const std::string&)) {
  bool good = true;
  for (const auto& path : paths) {
    const auto checked = check(path);
    good = good && checked;
    if (checked) {
      std::printf("%s is good\n", path.c_str());
    } else {
      std::fprintf(stderr, "%s\n", checked.error().message.c_str());
    }
  }
  return good;
}

}  // namespace forewarn::cli

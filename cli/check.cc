// SPDX-License-Identifier: Apache-2.0
#include "cli/check.h"

#include <cstdio>
#include <fstream>
#include <sstream>

#include "exporter/settings/settings.h"
#include "predictor/knowledge/match.h"

namespace forewarn::cli {

using base::Result;

Result<void> CheckConfig(const std::string& path) {
  const auto settings = settings::Load(path);
  return settings ? Result<void>() : settings.error();
}

namespace {

Result<void> CheckText(const std::string& name, std::string_view text) {
  const auto signature = knowledge::ParseSignature(name, text);
  if (!signature) return signature.error();
  std::string mistakes;
  for (const auto& mistake : knowledge::Mistakes(*signature)) mistakes += (mistakes.empty() ? "" : "\n") + mistake;
  return mistakes.empty() ? Result<void>() : base::Error{base::ErrorCode::kInvalid, mistakes};
}

bool Tell(const std::string& name, const Result<void>& checked) {
  if (checked) {
    std::printf("%s is good\n", name.c_str());
  } else {
    std::fprintf(stderr, "%s\n", checked.error().message.c_str());
  }
  return checked.ok();
}

}  // namespace

Result<void> CheckSignature(const std::string& path) {
  std::ifstream file(path);
  std::ostringstream text;
  if (!file || !(text << file.rdbuf())) return base::Error{base::ErrorCode::kNotFound, path + ": cannot be read"};
  return CheckText(path, text.str());
}

bool CheckBuiltInSignatures() {
  bool good = true;
  for (const auto& [name, text] : knowledge::BuiltInSignatures()) {
    const std::string path = "built-in " + std::string(name);
    good = Tell(path, CheckText(path, text)) && good;
  }
  return good;
}

bool CheckAll(const std::vector<std::string>& paths, Result<void> (*check)(const std::string&)) {
  bool good = true;
  for (const auto& path : paths) good = Tell(path, check(path)) && good;
  return good;
}

}  // namespace forewarn::cli

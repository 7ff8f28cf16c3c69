// SPDX-License-Identifier: Apache-2.0
#include "predictor/signatures.h"

#include <map>

namespace forewarn::predictor {

using knowledge::Signature;

base::Result<std::vector<Signature>> ReadSignatures(const Settings& settings) {
  std::map<std::string, Signature> by_fault;
  std::string mistakes;
  const auto read = [&](const std::string& name, std::string_view text) {
    auto signature = knowledge::ParseSignature(name, text);
    if (!signature) {
      mistakes += (mistakes.empty() ? "" : "\n") + signature.error().message;
    } else {
      by_fault[signature->fault] = *signature;
    }
  };
  for (const auto& [name, text] : knowledge::BuiltInSignatures()) read(std::string(name), text);
  for (std::size_t i = 0; i < settings.signature_texts.size(); ++i) {
    read(settings.signature_names[i], settings.signature_texts[i]);
  }
  if (!mistakes.empty()) return base::Error{base::ErrorCode::kInvalid, mistakes};
  std::vector<Signature> signatures;
  signatures.reserve(by_fault.size());
  for (auto& [fault, signature] : by_fault) signatures.push_back(std::move(signature));
  return signatures;
}

}  // namespace forewarn::predictor

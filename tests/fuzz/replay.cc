// SPDX-License-Identifier: Apache-2.0
// The corpus, and random mutations of it, without a fuzzer: FOLDER SECONDS. Deterministic but for where it ends.
#include <chrono>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <random>
#include <sstream>
#include <string>
#include <vector>

#include "tests/fuzz/target.h"

namespace forewarn::fuzz {
namespace {

std::vector<std::string> Load(const std::string& folder) {
  std::vector<std::string> corpus;
  for (const auto& entry : std::filesystem::directory_iterator(folder)) {
    std::ostringstream text;
    text << std::ifstream(entry.path(), std::ios::binary).rdbuf();
    corpus.push_back(text.str());
  }
  return corpus;
}

std::string Mutate(std::string text, const std::string& other, std::mt19937_64& dice) {
  for (auto steps = 1 + dice() % 6; steps > 0; --steps) {
    const std::size_t at = text.empty() ? 0 : dice() % text.size();
    switch (dice() % 5) {
      case 0:
        text.insert(at, 1, static_cast<char>(dice()));
        break;
      case 1:
        text.erase(at, 1 + dice() % 8);
        break;
      case 2:
        text.insert(at, text.substr(at, dice() % 64));
        break;
      case 3:
        text = text.substr(0, at) + other.substr(other.empty() ? 0 : dice() % other.size());
        break;
      default:
        if (!text.empty()) text[at] = static_cast<char>(text[at] ^ (1 << dice() % 8));
    }
  }
  return text.substr(0, 1 << 16);
}

int Run(const std::string& folder, double seconds) {
  const auto corpus = Load(folder);
  if (corpus.empty()) return 2;
  std::mt19937_64 dice(1);
  const auto end = std::chrono::steady_clock::now() + std::chrono::duration<double>(seconds);
  long inputs = 0;
  for (const std::string& text : corpus) Feed(text), ++inputs;
  for (; std::chrono::steady_clock::now() < end; ++inputs) {
    Feed(Mutate(corpus[dice() % corpus.size()], corpus[dice() % corpus.size()], dice));
  }
  std::printf("%ld inputs, no crash\n", inputs);
  return 0;
}

}  // namespace
}  // namespace forewarn::fuzz

int main(int argc, char** argv) { return argc == 3 ? forewarn::fuzz::Run(argv[1], std::atof(argv[2])) : 2; }

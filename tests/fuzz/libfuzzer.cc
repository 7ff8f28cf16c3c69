// SPDX-License-Identifier: Apache-2.0
// https://llvm.org/docs/LibFuzzer.html
#include "tests/fuzz/target.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  forewarn::fuzz::Feed({reinterpret_cast<const char*>(data), size});
  return 0;
}

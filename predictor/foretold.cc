// SPDX-License-Identifier: Apache-2.0
#include "predictor/foretold.h"

#include <algorithm>

namespace forewarn::predictor {

void Foretold::Raise(const Terms& terms, Output& output) {
  raised_.assign(last_.size(), 0);
  for (const auto& prediction : output.predictions) {
    const auto notify = terms.notify.find(prediction.fault);
    if (notify == terms.notify.end() || prediction.confidence < notify->second) continue;
    const std::size_t instance = prediction.instance;
    if (instance >= last_.size()) last_.resize(instance + 1, -1e18), raised_.resize(instance + 1, 0);
    const bool news = terms.time - last_[instance] > kTicks * terms.tick;
    if (news || raised_[instance] > 0) raised_[instance] = std::max(raised_[instance], kScore + prediction.confidence);
    last_[instance] = terms.time;
  }
  for (auto& state : output.instances) {
    if (state.instance < raised_.size()) state.score = std::max(state.score, raised_[state.instance]);
  }
}

}  // namespace forewarn::predictor

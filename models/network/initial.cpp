#include "models/network/initial.h"

#include <cmath>

namespace settle {

double glorot_limit(Index targets, Index sources) { return std::sqrt(6.0 / double(targets + sources)); }

Matrix<float> glorot_uniform(Index targets, Index sources, const Stream& stream) {
  const double limit = glorot_limit(targets, sources);
  Matrix<float> weights(targets, sources);
  Engine engine(stream);
  for (Index i = 0; i < weights.size(); ++i) weights(i) = float(limit * (2 * ((double(engine()) + 0.5) * 0x1p-32) - 1));
  return weights;
}

}  // namespace settle

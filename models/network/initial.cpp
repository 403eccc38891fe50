#include "settle/models/network/initial.h"

#include <algorithm>
#include <cmath>
#include <stdexcept>

#include <Eigen/QR>

#include "settle/models/numeric/expect.h"

namespace settle {
namespace {

Matrix<float> uniform_within(double limit, Index targets, Index sources, const Stream& stream) {
  Matrix<float> weights(targets, sources);
  Engine engine(stream);
  for (Index i = 0; i < weights.size(); ++i) weights(i) = float(limit * (2 * ((double(engine()) + 0.5) * 0x1p-32) - 1));
  return weights;
}

}  // namespace

double glorot_limit(Index targets, Index sources) { return std::sqrt(6.0 / double(targets + sources)); }

Matrix<float> glorot_uniform(Index targets, Index sources, const Stream& stream) {
  return uniform_within(glorot_limit(targets, sources), targets, sources, stream);
}

Matrix<float> he_uniform(Index targets, Index sources, const Stream& stream) {
  return uniform_within(std::sqrt(6.0 / double(sources)), targets, sources, stream);
}

Matrix<float> orthogonal(Index targets, Index sources, const Stream& stream) {
  const Index longer = std::max(targets, sources), shorter = std::min(targets, sources);
  Matrix<float> normal(longer, shorter);
  fill_normal(stream, 0, 0, normal.data(), normal.size());
  const Eigen::HouseholderQR<Matrix<float>> qr(normal);
  Matrix<float> q = qr.householderQ() * Matrix<float>::Identity(longer, shorter);
  for (Index i = 0; i < shorter; ++i)
    if (qr.matrixQR()(i, i) < 0) q.col(i) = -q.col(i);
  return targets == longer ? q : Matrix<float>(q.transpose());
}

const std::vector<InitialFamily>& initials() {
  static const std::vector<InitialFamily> table = {
      {"glorot", glorot_uniform}, {"he", he_uniform}, {"orthogonal", orthogonal}};
  return table;
}

std::vector<std::string> initial_names() { return names_of(initials()); }

const InitialFamily& initial(const std::string& name) {
  for (const InitialFamily& family : initials())
    if (family.name == name) return family;
  refuse_name("distribution of initial weights", name, initial_names());
}

}  // namespace settle

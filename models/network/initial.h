// Initial weights.
//
// A new distribution is one function and one line in the table of initial.cpp.
#pragma once

#include <string>
#include <vector>

#include "settle/models/network/graph.h"
#include "settle/models/numeric/random.h"

namespace settle {

/// sqrt(6 / (sources + targets)): the bound of Glorot and Bengio's uniform distribution (AISTATS 2010).
double glorot_limit(Index targets, Index sources);

/// targets x sources weights, uniform within the Glorot limit: variance 2 / (sources + targets). Each is a function of
/// the stream and its place.
Matrix<float> glorot_uniform(Index targets, Index sources, const Stream& stream);

/// targets x sources weights, uniform within sqrt(6 / sources): variance 2 / sources (He et al., ICCV 2015).
Matrix<float> he_uniform(Index targets, Index sources, const Stream& stream);

/// Orthonormal rows or columns, whichever are fewer: variance 1 / max(sources, targets). Q of a normal matrix, with the
/// signs that make R's diagonal positive, so that no direction is preferred (Saxe et al., ICLR 2014).
Matrix<float> orthogonal(Index targets, Index sources, const Stream& stream);

/// A distribution of first weights as a configuration names it.
struct InitialFamily {
  std::string name;
  Matrix<float> (*draw)(Index targets, Index sources, const Stream& stream);
};

/// All that there are.
const std::vector<InitialFamily>& initials();

/// The distribution of that name; InputError, which lists them, when there is none.
const InitialFamily& initial(const std::string& name);

}  // namespace settle

#include "settle/models/neuron/activation.h"

#include <stdexcept>

#include "settle/models/network/network_spec.h"
#include "settle/models/neuron/functions.h"
#include "settle/models/numeric/expect.h"

namespace settle {

template <class Real>
const std::vector<Activation<Real>>& activations() {
  static const std::vector<Activation<Real>> table = {
      {"tanh", tanh_kernels().of(Real())},
      {"ota", tanh_kernels().of(Real())},  // its gain is the bank's: ota.h
      {"sigmoid", sigmoid_kernels().of(Real())},
      {"hard-sigmoid", clipped_relu_kernels().of(Real())},  // one function that is known by two names
      {"clipped-relu", clipped_relu_kernels().of(Real())},
      {"hard-tanh", hard_tanh_kernels().of(Real())},
      {"table", curve_kernels().of(Real()), /*needs_curve=*/true},
  };
  return table;
}

std::vector<std::string> activation_names() { return names_of(activations<float>()); }

template <class Real>
const Activation<Real>& activation(const std::string& name) {
  for (const auto& a : activations<Real>())
    if (a.name == name) return a;
  refuse_name("activation", name, activation_names());
}

template const std::vector<Activation<float>>& activations<float>();
template const std::vector<Activation<double>>& activations<double>();
template const Activation<float>& activation<float>(const std::string&);
template const Activation<double>& activation<double>(const std::string&);

}  // namespace settle

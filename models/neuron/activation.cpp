#include "models/neuron/activation.h"

#include <stdexcept>

#include "models/neuron/tanh.h"

namespace settle {

template <class Real>
const std::vector<Activation<Real>>& activations() {
  static const std::vector<Activation<Real>> table = {
      {"tanh", tanh_apply, tanh_apply_difference, tanh_slope},
  };
  return table;
}

template <class Real>
const Activation<Real>& activation(const std::string& name) {
  for (const auto& a : activations<Real>())
    if (a.name == name) return a;
  throw std::logic_error("no activation is called " + name);
}

template const std::vector<Activation<float>>& activations<float>();
template const std::vector<Activation<double>>& activations<double>();
template const Activation<float>& activation<float>(const std::string&);
template const Activation<double>& activation<double>(const std::string&);

}  // namespace settle

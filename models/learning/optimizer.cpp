#include "settle/models/learning/optimizer.h"

#include <stdexcept>

#include "settle/models/learning/learning_spec.h"
#include "settle/models/numeric/expect.h"

namespace settle {

OptimizerFamily adam_family();
OptimizerFamily sgd_family();
OptimizerFamily momentum_family();

const std::vector<OptimizerFamily>& optimizers() {
  static const std::vector<OptimizerFamily> table = {adam_family(), sgd_family(), momentum_family()};
  return table;
}

const OptimizerFamily& optimizer_family(const std::string& name) {
  for (const auto& f : optimizers())
    if (f.name == name) return f;
  refuse_name("optimiser", name, names_of(optimizers()));
}

std::unique_ptr<Optimizer> make_optimizer(const std::string& name, Index rows, Index cols,
                                          const OptimizerRates& rates) {
  return optimizer_family(name).make(rows, cols, rates);
}

std::vector<std::string> optimizer_names() { return names_of(optimizers()); }

Parameters optimizer_parameters(std::map<std::string, double>& numbers) {
  Parameters rows;
  for (const auto& f : optimizers())
    for (const auto& n : f.numbers)
      rows.push_back({n.name, DeclaredValue{&numbers, n.name, n.standard, n.low, n.high}, n.meaning});
  return rows;
}

}  // namespace settle

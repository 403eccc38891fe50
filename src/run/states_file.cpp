#include "src/run/states_file.h"

#include "src/run/hdf5_file.h"

namespace settle {
namespace {

class Writer {
 public:
  explicit Writer(const std::string& name) : file_(Hdf5File::create(name)) {}

  template <class Real>
  void add(const std::string& name, const Matrix<Real>& samples_in_rows, const std::string& unit,
           const std::string& meaning) {
    file_.write(name, samples_in_rows);
    file_.set(name, "unit", unit);
    file_.set(name, "meaning", meaning);
  }
  void set(const std::string& name, const std::string& attribute, double value) { file_.set(name, attribute, value); }
  std::string image() const { return file_.image(); }

 private:
  Hdf5File file_;
};

Matrix<std::int64_t> predictions(const Matrix<float>& outputs) {
  Matrix<std::int64_t> classes(outputs.cols(), 1);
  for (Index c = 0; c < outputs.cols(); ++c) {
    Index likeliest = 0;
    outputs.col(c).maxCoeff(&likeliest);
    classes(c, 0) = likeliest;
  }
  return classes;
}

}  // namespace

TestStates states_of_test(Host& host, const Chip& chip, const Samples& test, Index count) {
  TestStates states;
  states.rule = chip.design().learning.rule;
  for (Index p = 0; p < chip.circuit().populations(); ++p) {
    states.populations.push_back(chip.design().graph.population(p).name);
    states.scales.push_back(states.rule == Rule::ep ? chip.circuit().scale(p) : 1);
  }
  states.labels = test.labels.head(count);
  states.shown = host.look(test, 0, count);
  return states;
}

std::string states_file(const TestStates& states, const std::string& name) {
  Writer writer(name);
  const ShownSamples& shown = states.shown;
  for (std::size_t p = 0; p + 1 < states.populations.size(); ++p) {
    writer.add<float>(
        "/states/" + states.populations[p], shown.states[p].transpose(), "full scale",
        p == 0 ? "what drives each input" : "output of each neuron in the free phase, as it is converted");
    if (p == 0) continue;
    const std::string difference = "/differences/" + states.populations[p];
    writer.add<float>(
        difference, shown.differences[p].transpose(), states.rule == Rule::ep ? "full scale" : "1 / full scale",
        states.rule == Rule::ep ? "what the nudge changes of each state, over `scale`, as it is converted"
                                : "minus the gradient of the loss by each neuron's drive, as the host computes it");
    writer.set(difference, "scale", states.scales[p]);
  }
  writer.add<float>("/logits", shown.logits.transpose(), "full scale", "drive of each output in the free phase");
  writer.add<float>("/probabilities", shown.outputs.transpose(), "1", "SoftMax of the logits");
  writer.add<float>("/errors", shown.error.transpose(), "1", "one for the sample's class, minus the probabilities");
  writer.add<std::int64_t>("/labels", states.labels.cast<std::int64_t>(), "1", "class of each sample");
  writer.add<std::int64_t>("/predictions", predictions(shown.outputs), "1", "the likeliest class of each sample");
  return writer.image();
}

}  // namespace settle

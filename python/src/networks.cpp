#include <cmath>

#include <fmt/format.h>
#include <pybind11/stl.h>

#include "python/src/arrays.h"
#include "python/src/bindings.h"
#include "settle/models/learning/batches.h"
#include "settle/models/learning/host.h"
#include "src/config/network_graph.h"
#include "src/run/checkpoint.h"
#include "src/run/chip_spec.h"
#include "src/run/hdf5_file.h"

namespace settle::python {
namespace {

constexpr double largest_error = 1000;             // that is given: a thousand times what SoftMax's can be
constexpr std::uint64_t first_shown = 1ull << 61;  // number of the first sample that is neither trained nor tested

// The samples that are settled, and how far they have come.
struct Shown {
  Block block;
  Matrix<float> logits, error;
  std::vector<Matrix<float>> differences, held;
  bool nudged = false;
};

// What a trained network's arrays say about its inputs and outputs.
std::pair<Index, Index> sizes_in(const Configuration& c, const std::string& checkpoint) {
  const Graph graph = build_graph(c, 1, 1);
  const CheckpointFile whole = read_checkpoint_file(checkpoint);
  const Hdf5File file = Hdf5File::open(checkpoint, whole.image);
  std::pair<Index, Index> sizes{0, 0};
  for (const Projection& p : graph.projections) {
    if (!p.forward || (p.source != 0 && p.target != graph.readout())) continue;
    Matrix<float> state;
    file.read("/projections/" + graph.name(p) + "/state", state);
    if (p.source == 0) sizes.first = state.cols();
    if (p.target == graph.readout()) sizes.second = state.rows();
  }
  return sizes;
}

class Net {
 public:
  Net(const py::object& config, std::int64_t inputs, std::int64_t outputs)
      : Net(configuration_of(config), checked(inputs, "inputs", 1, 1000000), checked(outputs, "outputs", 2, 256)) {
    chip_.meter().enter(Section::programming);
    chip_.pass(chip_.initialise());
    chip_.meter().enter(Section::training);
  }

  static std::unique_ptr<Net> of_run(const py::object& config, const std::string& checkpoint) {
    const Configuration c = configuration_of(config);
    const auto [inputs, outputs] = sizes_in(c, checkpoint);
    auto net = std::unique_ptr<Net>(new Net(c, inputs, outputs));
    const py::gil_scoped_release released;
    net->epoch_ = load_checkpoint(checkpoint, net->chip_);
    net->chip_.solve_wires();
    net->chip_.meter().enter(Section::training);
    return net;
  }

  int epoch() const { return epoch_; }

  py::dict sizes() const {
    py::dict all;
    for (const Population& p : graph().populations) all[py::str(p.name)] = p.size;
    return all;
  }

  py::list edges() const {
    py::list all;
    for (const Projection& p : graph().projections) {
      const char* arrow = p.forward && p.backward ? "<->" : p.forward ? "->" : "<-";
      all.append(graph().population(p.source).name + " " + arrow + " " + graph().population(p.target).name);
    }
    return all;
  }

  py::dict scales() const {
    py::dict all;
    for (Index p = 1; p < graph().readout(); ++p) all[py::str(graph().population(p).name)] = chip_.circuit().scale(p);
    return all;
  }

  py::dict neurons() const {
    py::dict all;
    for (Index p = 1; p < graph().readout(); ++p) {
      const Bank<float>& bank = chip_.circuit().bank(p);
      py::dict of;
      of["gain"] = array_of(bank.gain);
      of["offset"] = array_of(Vector<float>(bank.shift.cwiseQuotient(bank.gain)));
      of["amplitude"] =
          array_of(bank.amplitude.size() > 0 ? bank.amplitude : Vector<float>(Vector<float>::Ones(bank.size())));
      of["tau_s"] = array_of(bank.tau_s);
      all[py::str(graph().population(p).name)] = of;
    }
    return all;
  }

  py::dict weights() {
    const auto lock = guard_.enter();
    return by_projection(&Chip::array, [](const Crossbar& array) -> py::object {
      return array_of(Matrix<float>(array.weight_scale() * array.effective()));
    });
  }
  py::dict feedback_weights() {
    const auto lock = guard_.enter();
    return by_projection(&Chip::feedback, [](const Crossbar& array) -> py::object {
      return array_of(Matrix<float>(array.weight_scale() * array.effective()));
    });
  }
  py::dict conductances() {
    const auto lock = guard_.enter();
    return by_projection(&Chip::array, [](const Crossbar& array) -> py::object {
      return py::make_tuple(array_of(array.device_siemens()), array_of(array.subtracted_siemens()));
    });
  }

  void set_weights(const std::string& name, const py::object& weights) {
    const auto lock = begin();
    std::string all;
    for (std::size_t k = 0; k < graph().projections.size(); ++k) {
      const std::string known = graph().name(graph().projections[k]);
      all += (k == 0 ? "" : ", ") + known;
      if (known != name) continue;
      const Matrix<float> wanted = matrix_of(weights, "weights of " + name);
      const py::gil_scoped_release released;
      chip_.set_weights(k, wanted);
      measured_ = false;
      shown_.reset();
      return;
    }
    throw InputError("there is no projection " + name + "; there is " + all);
  }

  py::dict settle(const py::object& x) {
    const auto lock = begin();
    const Matrix<std::uint8_t> pixels = pixels_of(x, graph().population(0).size, "x");
    {
      const py::gil_scoped_release released;
      settle_free(pixels);
    }
    py::dict all;
    all["input"] = samples_array(chip_.driven_input(), pixels.cols());
    for (Index p = 1; p < graph().readout(); ++p)
      all[py::str(graph().population(p).name)] = samples_array(chip_.state().bank(p).state, pixels.cols());
    return all;
  }

  py::array logits() {
    const auto lock = guard_.enter();
    return samples_array(settled().logits, settled().block.samples);
  }

  py::dict nudge(const py::object& labels, const py::object& error) {
    const auto lock = begin();
    Shown& shown = settled();
    if (shown.nudged) throw InputError("nudge: these samples have been nudged: settle them again");
    if (labels.is_none() == error.is_none()) throw InputError("nudge: give labels, or an error, and not both");
    if (chip_.design().learning.rule != Rule::ep)
      throw InputError("nudge: a network of learning.rule = \"bp\" or \"fa\" has no feedback to nudge through");
    const Index samples = shown.block.samples, outputs = graph().population(graph().readout()).size;
    ErrorOf error_of;
    Vector<std::uint8_t> classes;
    if (error.is_none()) {
      classes = labels_of(labels, samples, outputs, "labels");
      error_of = softmax_error(classes);
    } else if (chip_.design().learning.error == ErrorMode::recomputed) {
      throw InputError("nudge: learning.error = \"recomputed\" needs labels");
    } else {
      const Matrix<float> given = samples_of(error, outputs, "error");
      if (given.cols() != samples)
        throw InputError(
            fmt::format("error: must be of the {} samples that are settled, not of {}", samples, given.cols()));
      if (given.size() > 0 && given.cwiseAbs().maxCoeff() > largest_error)
        throw InputError(fmt::format("error: must be from {} to {}, but it reaches {}: errors are of the order of one",
                                     -largest_error, largest_error, given.cwiseAbs().maxCoeff()));
      error_of = [given, samples](Matrix<float>& logits, Matrix<float>& e) {
        e.setZero(logits.rows(), logits.cols());
        e.leftCols(samples) = given;
      };
    }
    {
      const py::gil_scoped_release released;
      clamp(shown, error_of);
    }
    return differences();
  }

  py::dict differences() {
    const auto lock = guard_.enter();
    const Shown& shown = nudged();
    py::dict all;
    for (Index p = 1; p < graph().readout(); ++p)
      all[py::str(graph().population(p).name)] = samples_array(shown.differences[std::size_t(p)], shown.block.samples);
    all["readout"] = samples_array(shown.error, shown.block.samples);
    return all;
  }

  py::dict directions() {
    const auto lock = guard_.enter();
    const Shown& shown = nudged();
    py::dict all;
    Learner learner(graph(), "sgd", OptimizerRates(1), chip_.design().learning.contrast);
    const int threads = chip_.design().threads;
    for (std::size_t k = 0; k < graph().projections.size(); ++k) {
      const Projection& p = graph().projections[k];
      if (!p.forward) continue;
      const auto samples = [&](const Matrix<float>& m) { return columns(m, 0, shown.block.samples); };
      const bool to_readout = p.target == graph().readout();
      learner.add(k, samples(shown.held[std::size_t(p.source)]),
                  samples(to_readout ? shown.error : shown.differences[std::size_t(p.target)]), threads);
      if (learner.has_source_term(k)) {
        const Matrix<float> scaled =
            float(chip_.difference_ratio(p.source, p.target)) * shown.differences[std::size_t(p.source)];
        learner.add_source_term(k, samples(scaled), samples(shown.held[std::size_t(p.target)]), threads);
      }
      all[py::str(graph().name(p))] = array_of(learner.direction(k, threads));
    }
    return all;
  }

  // InputError for what test() would not take.
  void check_samples(const py::object& x, const py::object& y, const std::string& of_x, const std::string& of_y) {
    const auto lock = guard_.enter();
    samples(x, y, of_x, of_y);
  }

  void begin_training(const py::object& x, const py::object& y) {
    const auto lock = begin();
    train_ = samples(x, y, "x", "y");
    batches_.emplace(train_.size(), configuration_.run.batch, std::uint64_t(configuration_.run.seed));
    chip_.meter().enter(Section::training);
    const py::gil_scoped_release released;
    if (epoch_ == 0) host_.measure_settling(train_);
    measured_ = true;
  }

  // Loss and share of hits of one epoch over the samples of begin_training().
  std::pair<double, double> train_epoch(const py::object& rule, double epochs) {
    const auto lock = begin();
    if (!batches_) throw InputError("train_epoch: begin_training comes first");
    if (!rule.is_none() && configuration_.learning.update == Update::in_situ)
      throw InputError(
          "rule: one of your own gives a direction for a batch: set learning.update = \"host\" or \"ideal\"");
    shown_.reset();
    const Training training(*this);
    Score score;
    {
      const py::gil_scoped_release released;
      host_.learner().set_rule(rule.is_none() ? OwnRule() : own_rule(rule), chip_.design().threads);
      chip_.restart_counts();
      for (const std::vector<Index>& batch : batches_->for_epoch(epoch_ + 1)) {
        host_.learner().set_rate_share(
            rate_share(configuration_.learning, double(trained_), epochs * double(train_.size())));
        score.add(host_.train(train_, batch));
        trained_ += Index(batch.size());
        if (!std::isfinite(score.loss)) throw NotFinite("the loss is not a number: lower learning.learning_rate");
        const py::gil_scoped_acquire acquired;
        if (PyErr_CheckSignals() != 0) throw py::error_already_set();
      }
      host_.measure_settling(train_);
    }
    ++epoch_;
    return {score.loss / double(score.samples), double(score.hits) / double(score.samples)};
  }

  // Loss and share of hits, and how often which class was called which.
  py::tuple test(const py::object& x, const py::object& y) {
    const auto lock = begin();
    const Samples all = samples(x, y, "x", "y");
    shown_.reset();
    Score score;
    Matrix<float> outputs;
    Matrix<std::int64_t> confusion = Matrix<std::int64_t>::Zero(all.classes, all.classes);
    {
      const py::gil_scoped_release released;
      measure(all.pixels);
      chip_.meter().enter(Section::inference);
      constexpr Index at_once = 1000;
      for (Index first = 0; first < all.size(); first += at_once) {
        const Index count = std::min(at_once, all.size() - first);
        score.add(host_.infer(all, first, count, outputs));
        for (Index c = 0; c < count; ++c) {
          Index likeliest = 0;
          outputs.col(c).maxCoeff(&likeliest);
          ++confusion(all.labels[first + c], likeliest);
        }
      }
      chip_.meter().enter(Section::training);
    }
    return py::make_tuple(score.loss / double(score.samples), double(score.hits) / double(score.samples),
                          array_of(confusion));
  }

  py::dict ledger() {
    const auto lock = guard_.enter();
    py::dict all;
    for (const Section section : {Section::programming, Section::training, Section::inference}) {
      py::dict of;
      of["joule"] = chip_.meter().ledger().total(section).supplied;
      of["second"] = chip_.meter().ledger().time(section).to_seconds();
      all[name(section)] = of;
    }
    return all;
  }

 private:
  Net(const Configuration& c, Index inputs, Index outputs)
      : configuration_(c), chip_(build_chip(c, inputs, outputs)), host_(build_host(c, 0), chip_) {}

  const Graph& graph() const { return chip_.design().graph; }

  static Index checked(std::int64_t value, const std::string& what, std::int64_t low, std::int64_t high) {
    if (value < low || value > high)
      throw InputError(fmt::format("{}: must be from {} to {}, not {}", what, low, high, value));
    return value;
  }

  // What changes the network, which a rule of its training cannot call.
  [[nodiscard]] std::unique_lock<std::recursive_mutex> begin() {
    auto lock = guard_.enter();
    if (training_) throw InputError("this network is training: a rule may read it, and change nothing");
    return lock;
  }
  struct Training {
    explicit Training(Net& n) : net(n) { net.training_ = true; }
    ~Training() {
      net.training_ = false;
      net.host_.learner().set_rule({}, 1);  // nothing of Python's is kept, and nothing of a batch that was cut off
    }
    Training(const Training&) = delete;
    Training& operator=(const Training&) = delete;
    Net& net;
  };

  template <class Of>
  py::dict by_projection(CrossbarMacro* (Chip::*array)(std::size_t), const Of& of) {
    py::dict all;
    for (std::size_t k = 0; k < graph().projections.size(); ++k)
      if (const CrossbarMacro* macro = (chip_.*array)(k))
        all[py::str(graph().name(graph().projections[k]))] = of(macro->model());
    return all;
  }

  Samples samples(const py::object& x, const py::object& y, const std::string& of_x, const std::string& of_y) const {
    Samples all;
    all.classes = graph().population(graph().readout()).size;
    all.pixels = pixels_of(x, graph().population(0).size, of_x);
    all.labels = labels_of(y, all.pixels.cols(), all.classes, of_y);
    return all;
  }

  // The chip's timers: who has not trained sets them by the first samples.
  void measure(const Matrix<std::uint8_t>& pixels) {
    if (measured_) return;
    chip_.measure_settling(pixels, Vector<std::uint8_t>::Zero(pixels.cols()));
    measured_ = true;
  }

  void settle_free(const Matrix<std::uint8_t>& pixels) {
    shown_.reset();
    measure(pixels);
    chip_.catch_up();
    chip_.solve_wires();
    if (chip_.circuit().has_neurons() && chip_.design().learning.rule == Rule::ep) chip_.auto_zero();
    Shown shown;
    shown.block = {pixels.cols(), chunk_width(pixels.cols()), first_shown + shown_samples_, chip_.design().threads};
    shown_samples_ += std::uint64_t(pixels.cols());
    chip_.present(shown.block, pixels);
    chip_.settle_free(chip_.design().learning.rule == Rule::ep ? Use::learning : Use::inference);
    chip_.read_logits(shown.logits);
    shown_ = std::move(shown);
  }

  void clamp(Shown& shown, const ErrorOf& error_of) {
    Matrix<float> logits = shown.logits;
    error_of(logits, shown.error);
    shown.nudged = true;
    chip_.hold();
    shown.differences.resize(graph().populations.size());
    if (chip_.circuit().has_neurons())
      contrast_phases(chip_, host_.clamped_protocol(), shown.error, error_of, shown.differences);
    chip_.read_held(shown.held);
    chip_.go_idle();
  }

  Shown& settled() {
    if (!shown_) throw InputError("settle(x) comes first");
    return *shown_;
  }
  const Shown& nudged() {
    if (!shown_ || !shown_->nudged) throw InputError("settle(x) and nudge(...) come first");
    return *shown_;
  }

  // Calls Python once a batch and projection. The arrays are copies: Python may keep them.
  OwnRule own_rule(const py::object& rule) {
    return [this, &rule](std::size_t k, const ShownBatch& batch, Matrix<float>& direction) {
      const py::gil_scoped_acquire acquired;
      const std::string projection = graph().name(graph().projections[k]);
      const py::object given =
          rule(projection, samples_array(batch.pre, batch.pre.cols()), samples_array(batch.post, batch.post.cols()),
               samples_array(batch.difference, batch.difference.cols()));
      direction = matrix_of(given, "what the rule gives for " + projection);
    };
  }

  OneAtATime guard_;
  bool training_ = false, measured_ = false;
  Configuration configuration_;
  Chip chip_;
  Host host_;
  std::optional<Shown> shown_;
  std::uint64_t shown_samples_ = 0;
  Samples train_;
  std::optional<Batches> batches_;
  Index trained_ = 0;
  int epoch_ = 0;
};

}  // namespace

// What each means is in _network.py, which puts it together.
void bind_networks(py::module_& module) {
  py::class_<Net>(module, "Network")
      .def(py::init<const py::object&, std::int64_t, std::int64_t>(), py::arg("config"), py::arg("inputs"),
           py::arg("outputs"))
      .def_static("of_run", &Net::of_run, py::arg("config"), py::arg("checkpoint"))
      .def_property_readonly("epoch", &Net::epoch)
      .def_property_readonly("sizes", &Net::sizes)
      .def_property_readonly("edges", &Net::edges)
      .def_property_readonly("scales", &Net::scales)
      .def_property_readonly("neurons", &Net::neurons)
      .def_property_readonly("weights", &Net::weights)
      .def_property_readonly("feedback_weights", &Net::feedback_weights)
      .def_property_readonly("conductances", &Net::conductances)
      .def_property_readonly("logits", &Net::logits)
      .def_property_readonly("ledger", &Net::ledger)
      .def("set_weights", &Net::set_weights, py::arg("projection"), py::arg("weights"))
      .def("settle", &Net::settle, py::arg("x"))
      .def("nudge", &Net::nudge, py::arg("labels") = py::none(), py::arg("error") = py::none())
      .def("differences", &Net::differences)
      .def("directions", &Net::directions)
      .def("check_samples", &Net::check_samples, py::arg("x"), py::arg("y"), py::arg("of_x"), py::arg("of_y"))
      .def("begin_training", &Net::begin_training, py::arg("x"), py::arg("y"))
      .def("train_epoch", &Net::train_epoch, py::arg("rule"), py::arg("epochs"))
      .def("test", &Net::test, py::arg("x"), py::arg("y"));
}

}  // namespace settle::python

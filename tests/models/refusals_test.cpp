// What the models refuse, one by one: the message says what is wrong, and, of what a user can set, what to do about it.
#include <functional>
#include <limits>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "settle/models/cost/digital_scale.h"
#include "settle/models/crossbar/crossbar.h"
#include "settle/models/crossbar/wires.h"
#include "settle/models/device/pulse_fit.h"
#include "settle/models/error.h"
#include "settle/models/learning/host.h"
#include "settle/models/neuron/curve.h"
#include "settle/models/numeric/time.h"
#include "tests/models/chip/small_chip.h"
#include "tests/models/memory_archive.h"

namespace settle::test::refusals_test {
namespace {

/// What is tried, and words of the message.
struct Refusal {
  std::function<void()> tried;
  std::string mentions;
};

template <class Error>
void expect_refused(const std::vector<Refusal>& refusals) {
  for (const Refusal& each : refusals) {
    try {
      each.tried();
      ADD_FAILURE() << "not refused: " << each.mentions;
    } catch (const Error& e) {
      EXPECT_NE(std::string(e.what()).find(each.mentions), std::string::npos) << e.what() << "\n" << each.mentions;
    }
  }
}

// A chip of ideal parts, changed in one way.
std::function<void()> chip_with(const std::function<void(ChipDesign&)>& change) {
  return [change] {
    ChipDesign design = exact_chip({6, 4, 3});
    design.converter.dac_bits = design.converter.adc_bits = 8;
    change(design);
    const Chip chip(design);
  };
}

// What a configuration refuses, constructors refuse in the words of the same rows; names come with those that there
// are.
TEST(Refusals, OfValuesThatNoConfigurationMayHave) {
  const double nan = std::numeric_limits<double>::quiet_NaN();
  const auto bank_with = [](const std::function<void(BankSpec&)>& change, Index size = 3) {
    return [=] {
      BankSpec spec;
      change(spec);
      make_bank<float>(spec, size, "bank", 1);
    };
  };
  const auto array_with = [](const std::function<void(ArraySpec&)>& change) {
    return [=] {
      ArraySpec spec(device_preset("ecram"));
      change(spec);
      const Crossbar array("array", 3, 2, spec, 1);
    };
  };
  bank_with([](BankSpec&) {})();
  array_with([](ArraySpec&) {})();
  expect_refused<InputError>(
      {{chip_with([](ChipDesign& d) { d.neuron.tau_s = -1; }), "neuron.tau_s = -1: must be from"},
       {chip_with([=](ChipDesign& d) { d.learning.nudge = nan; }), "learning.nudge = nan: must be from"},
       {chip_with([](ChipDesign& d) { d.converter.adc_bits = 99; }), "converter.adc_bits = 99: must be from"},
       {chip_with([](ChipDesign& d) { d.chip.read_v = 0; }), "chip.read_v = 0: must be from"},
       {bank_with([](BankSpec& s) { s.tau_s = 0; }), "neuron.tau_s = 0: must be from"},
       {bank_with([=](BankSpec& s) { s.rail = nan; }), "rail: must be from"},
       {bank_with([](BankSpec& s) { s.activation = "sine"; }), "there is no activation called sine; there are"},
       {bank_with([](BankSpec&) {}, -1), "there cannot be -1 of them"},
       {array_with([](ArraySpec& s) { s.weight_at_bound = 0; }), "weight_at_bound: must be from"},
       {array_with([=](ArraySpec& s) { s.weight_at_bound = nan; }), "weight_at_bound: must be from"},
       {array_with([](ArraySpec& s) { s.conductance_min_siemens = s.conductance_max_siemens; }),
        "conductance_min_siemens: must be below"},
       {array_with([](ArraySpec& s) { s.device.dw_min = -1; }), "device.dw_min: must be from"},
       {array_with([](ArraySpec& s) { s.device.w_min = s.device.w_max; }), "device.w_min"},
       {[] { const Crossbar array("array", 0, 2, ArraySpec(device_preset("ecram")), 1); }, "one row and one column"},
       {[] { device_preset("flash"); }, "there is no device called flash; there are ideal"},
       {[] { topology("ring"); }, "there is no topology called ring; there are layered"}});
}

TEST(Refusals, OfChips) {
  const auto lock_in = [](ChipDesign& d) { d.learning.nudging = Nudging::lock_in; };
  const auto differences = [](ChipDesign& d) { d.learning.clamped_lines = ClampedLines::differences; };
  const auto with = [](const auto& first, const auto& second) {
    return chip_with([=](ChipDesign& d) { first(d), second(d); });
  };
  const auto recomputed = [](ChipDesign& d) { d.learning.error = ErrorMode::recomputed; };
  const auto absolute = [](ChipDesign& d) { d.converter.readout = Readout::absolute; };
  chip_with([](ChipDesign&) {})();
  with(lock_in, [](ChipDesign&) {})();
  with(differences, [](ChipDesign&) {})();
  expect_refused<InputError>(
      {{with(lock_in, recomputed), "nudging = lock-in: its error is held"},
       {with(lock_in, absolute), "nudging = lock-in: it integrates differences"},
       {with(lock_in,
             [](ChipDesign& d) {
               d.learning.phase_nudges = {1, -0.5};
             }),
        "phase_nudges are 1 or -1"},
       {with(differences, [](ChipDesign& d) { d.learning.difference = DifferenceMode::plain; }),
        "clamped_lines = differences: they are layer-scaled"},
       {with(differences, recomputed), "no clamped read-out to recompute an error of"},
       {with(differences, [](ChipDesign& d) { d.learning.nudge_course = NudgeCourse::ramped; }),
        "a ramped nudge would have no say"},
       {with(differences, absolute), "are not read at full scale"},
       {chip_with([](ChipDesign& d) { d.noise.physical = true; }), "give it the chip's NoiseSpec"}});
  const auto previous = [](ChipDesign& d) { d.settling.start = Start::previous; };
  expect_refused<InputError>(
      {{with(previous, [](ChipDesign& d) { d.converter.adc_bits = 0; }), "codes of converters of 2 to 16 bits"},
       {with(previous, [](ChipDesign& d) { d.chip.host_samples = SampleMemory::stream; }),
        "samples that come as a stream have no memory"}});
}

TEST(Refusals, OfABatchBeyondTheMemoryOfItsFactors) {
  const auto train = [](Index batch) {
    ChipDesign design = exact_chip({6, 4, 3});
    design.chip.host_accumulate = Accumulate::factors;
    HostSpec spec;
    spec.batch = 10;
    Chip chip(design);
    Host host(spec, chip);
    chip.initialise();
    const Samples data = random_samples(6, 3, batch);
    host.measure_settling(data);
    host.train(data, range(0, batch));
  };
  train(10);
  expect_refused<InputError>(
      {{[&] { train(11); },
        "a batch of 11 samples: the host has memory for the factors of 10; raise HostSpec::batch"}});
}

TEST(Refusals, OfMatricesOfOtherShapesAndValues) {
  const auto devices = [](const auto& tried) {
    return [tried] {
      DeviceArray array("devices", 2, 3, device_preset("ecram"), 1);
      tried(array);
    };
  };
  const auto crossbar = [](const auto& tried) {
    return [tried] {
      Crossbar array("array", 2, 3, ArraySpec(device_preset("ecram")), 1);
      tried(array);
    };
  };
  const auto all = [](Index rows, Index cols, float value) {
    return Matrix<float>::Constant(rows, cols, value).eval();
  };
  const float nan = std::numeric_limits<float>::quiet_NaN();
  devices([&](auto& a) { a.pulse(all(2, 3, 5), 0, 1); })();
  crossbar([&](auto& a) { a.pulse(all(2, 3, 5), 0, 1); })();
  const auto read = [&](Index in, Index out, bool transposed) {
    return crossbar([=](auto& a) {
      const Matrix<float> x = all(in, 2, 1);
      Matrix<float> y(out, 2);
      if (transposed)
        a.read_transposed(columns(x, 0, 2), columns(y, 0, 2));
      else
        a.read_forward(columns(x, 0, 2), columns(y, 0, 2));
    });
  };
  read(3, 2, false)();
  read(2, 3, true)();
  expect_refused<InputError>(
      {{[] { DeviceArray("none", 0, 3, device_preset("ecram"), 1); }, "one row and one column or more, not 0 x 3"},
       {devices([&](auto& a) { a.pulse(all(3, 2, 1), 0, 1); }), "counts of pulses: must be 2 x 3, not 3 x 2"},
       {devices([&](auto& a) { a.pulse(all(2, 3, 0.5f), 0, 1); }), "must be whole numbers from -1.67772e+07"},
       {devices([&](auto& a) { a.pulse(all(2, 3, nan), 0, 1); }), "not nan in row 0, column 0"},
       {devices([&](auto& a) { a.pulse(all(2, 3, 1e8f), 0, 1); }), "must be whole numbers"},
       {devices([&](auto& a) { a.set_state(all(2, 3, nan)); }), "states: is nan in row 0, column 0"},
       {devices([&](auto& a) { a.set_state(all(1, 3, 0)); }), "states: must be 2 x 3, not 1 x 3"},
       {devices([&](auto& a) { a.add(all(2, 2, 0), 1); }), "changes: must be 2 x 3"},
       {devices([&](auto& a) { a.decay(1.5, 1); }), "must be from 0 to 1, not 1.5"},
       {devices([&](auto& a) { a.reset(all(2, 2, 0), 0, 1); }), "devices to reset: must be 2 x 3"},
       {crossbar([&](auto& a) { a.set_weights(all(3, 2, 0)); }), "weights: must be 2 x 3, not 3 x 2"},
       {crossbar([&](auto& a) { a.set_weights(all(2, 3, nan)); }), "weights: is nan"},
       {crossbar([&](auto& a) { a.add(all(3, 2, 0), 1); }), "changes of weights: must be 2 x 3"},
       {crossbar([&](auto& a) { a.pulse(all(2, 2, 0), 0, 1); }), "counts of pulses: must be 2 x 3"},
       {crossbar([&](auto& a) { a.elapse(-1, 1); }), "the seconds that pass: must be from 0"},
       {read(2, 2, false), "inputs of a read: must be 3 x 2, not 2 x 2"},
       {read(3, 3, false), "sums of a read: must be 2 x 2, not 3 x 2"},
       {read(3, 3, true), "inputs of a transposed read: must be 2 x 2"}});
}

TEST(Refusals, OfWeightsThatAChipHasNot) {
  Chip chip(exact_chip({6, 4, 3}));
  chip.set_weights(0, Matrix<float>::Constant(4, 6, 0.25f));
  EXPECT_TRUE((chip.array(0)->model().weights().array() == 0.25f).all());
  expect_refused<InputError>(
      {{[&] { chip.set_weights(0, Matrix<float>::Zero(6, 4)); }, "weights: must be 4 x 6, not 6 x 4"}});
}

TEST(Refusals, OfTechnologies) {
  const auto scale_at = [](std::int64_t node, double supply_v) {
    return [=] {
      ChipSpec chip;
      chip.node = node;
      chip.supply_v = supply_v;
      digital_scale(chip);
    };
  };
  expect_refused<InputError>(
      {{scale_at(6, 0.8), "chip.node must be from 7 to 65, not 6"},
       {scale_at(65, 0.5), "chip.supply_v must be from 0.6 to 1.32 V at chip.node = 65, not 0.5"},
       {scale_at(7, 0.9), "at chip.node = 7, not 0.9"}});
}

TEST(Refusals, OfTimes) {
  const auto seconds = [](double s) { return [s] { Time::seconds(s); }; };
  const Time long_time = Time::seconds(18000);
  expect_refused<RunError>({{seconds(-1), "is not between 0 and the 5 h that SystemC can count in femtoseconds"},
                            {seconds(19000), "lower run.epochs or device.pulse_s"},
                            {seconds(std::numeric_limits<double>::quiet_NaN()), "is not between 0 and the 5 h"},
                            {[&] { (void)(long_time * 2); }, "a simulated time of 36000.000000 s"},
                            {[&] { (void)(long_time + long_time); }, "a simulated time of 36000.000000 s"},
                            {seconds(4e-16), "is below the resolution of 1 fs"}});
  EXPECT_EQ(Time::seconds(6e-16).femtoseconds(), 1u);
}

TEST(Refusals, OfWhatNoLedgerTakes) {
  const auto book = [](double joules) {
    return
        [joules] { Ledger().book(Section::training, Phase::free, "adc", action::output_conversion, 1, heat(joules)); };
  };
  book(1)();
  expect_refused<RunError>(
      {{book(1e30), "adc: 1e+30 J for "}, {book(1e30), "is more than a chip takes: change the figure"}});
  expect_refused<NotFinite>({{book(std::numeric_limits<double>::infinity()), "adc: inf J for "}});
}

// What was kept by another version, or is damaged.
TEST(Refusals, OfForeignLedgers) {
  class Foreign : public MemoryArchive {
   public:
    explicit Foreign(std::int64_t phase, std::string action) : phase_(phase), action_(std::move(action)) {}
    void words(const std::string& name, std::vector<std::string>& value) override {
      MemoryArchive::words(name, value);
      if (loading() && name == "action" && !action_.empty()) value.front() = action_;
    }
    using MemoryArchive::matrix;
    void matrix(const std::string& name, Matrix<std::int64_t>& value) override {
      MemoryArchive::matrix(name, value);
      if (loading() && name == "section_phase" && phase_ >= 0) value(0, 1) = phase_;
    }

   private:
    std::int64_t phase_;
    std::string action_;
  };
  const auto read = [](std::int64_t phase, const std::string& action) {
    return [=] {
      Ledger ledger;
      ledger.book(Section::training, Phase::free, "adc", action::output_conversion, 1, heat(1));
      Foreign archive(phase, action);
      ledger.visit_state(archive);
      archive.rewind();
      Ledger again;
      again.visit_state(archive);
    };
  };
  read(-1, "")();
  expect_refused<InputError>({{read(-1, "telepathy"), "actions that this version of Settle does not know"},
                              {read(1000, ""), "phases that this version of Settle does not know"}});
}

TEST(Refusals, OfArraysOfOtherWeights) {
  const auto read_into = [](Mapping mapping, double weight_at_bound) {
    return [=] {
      ArraySpec spec;
      spec.device = device_preset("ecram");
      spec.mapping = Mapping::pair;
      Crossbar crossbar("array", 3, 2, spec, 1);
      MemoryArchive archive;
      crossbar.visit_state(archive);
      archive.rewind();
      spec.mapping = mapping;
      spec.weight_at_bound *= weight_at_bound;
      Crossbar again("array", 3, 2, spec, 1);
      again.visit_state(archive);
    };
  };
  read_into(Mapping::pair, 1)();
  expect_refused<InputError>(
      {{read_into(Mapping::proportional, 1),
        "its weights are mapped otherwise: leave crossbar.mapping as the run has it"},
       {read_into(Mapping::pair, 2), "its devices stand for other weights: leave device.preset, device.weight_range"}});
}

TEST(Refusals, OfDevicesThatAreTooSteep) {
  const auto read = [](double v0) {
    return [v0] {
      const Matrix<double> v = Matrix<double>::Constant(2, 1, 0.2);
      Matrix<double> i(2, 1);
      read_sinh(Matrix<double>::Constant(2, 2, 1e-5), {1, 1, 0, 0}, v0, columns(v, 0, 1), columns(i, 0, 1));
    };
  };
  read(0.1)();
  expect_refused<InputError>({{read(0), "v0 is 0 V; give more than 0"}, {read(1e-6), "for these input voltages"}});
}

TEST(Refusals, OfRecordings) {
  PulseRecord still{"a", std::vector<double>(60, 1e-6), std::vector<int>(60, 1)}, up = still;
  for (std::size_t k = 0; k < up.siemens.size(); ++k) up.siemens[k] += 1e-7 * double(k);
  expect_refused<InputError>({{[&] { range_of({still}); }, "every reading is the same: the device did not move"},
                              {[&] { fit_response({up}, Response::linear, range_of({up})); },
                               "0 pulses down; a fit needs at least 20 in either direction"}});
}

TEST(Refusals, OfCurves) {
  const auto curve = [](std::vector<CurvePoint> points) { return [points] { const Curve<double> made(points); }; };
  const double infinite = std::numeric_limits<double>::infinity();
  curve({{-1, -1}, {1, 1}})();
  expect_refused<InputError>({{curve({{0, 0}}), "a curve needs two points or more"},
                              {curve({{0, 0}, {1, infinite}}), "a point of the curve is not finite"},
                              {curve({{0, 0}, {0, 1}}), "the inputs of a curve's points must increase"},
                              {curve({{0, 0}, {1e-9, 0.1}, {1, 1}}), "close"}});
}

}  // namespace
}  // namespace settle::test::refusals_test

// The programmer on an array of its own: verifying, pairs, transfers, and devices that leak while time passes.
#include "settle/models/chip/pulse_programmer.h"

#include <cmath>
#include <map>
#include <string>

#include <gtest/gtest.h>

#include "settle/models/device/pulse_figures.h"

namespace settle::test::pulse_programmer_test {
namespace {

constexpr Index targets = 20, sources = 30;

Matrix<float> uniform(Index rows, Index cols, const char* what) {
  Engine engine(Stream(5, what, Purpose::test));
  return Matrix<float>::NullaryExpr(rows, cols, [&](Index, Index) { return float(double(engine()) * 0x1p-31 - 1); });
}

ArraySpec array_of(const char* preset, Mapping mapping) {
  ArraySpec spec;
  spec.device = device_preset(preset);
  spec.weight_at_bound = 1;
  spec.mapping = mapping;
  return spec;
}

struct ProgrammerBench {
  Meter meter{ChipSpec{}};
  CrossbarMacro array, fast;
  PulseProgrammer programmer;

  ProgrammerBench(const ArraySpec& spec, const ProgrammingSpec& programming = {}, const LearningSpec& learning = {},
                  int adc_bits = 0)
      : array("array", dense(sources, targets), spec, 1, meter, {programming.scheme, adc_bits}),
        fast("fast", dense(sources, targets), spec, 1, meter, {programming.scheme, adc_bits}),
        programmer(array, learning.transfer_every > 0 ? &fast : nullptr, learning, programming, "array", 1) {}

  float error(const Matrix<float>& weights) const {
    return (array.model().weights() - weights).cwiseAbs().maxCoeff() / float(array.model().weight_step());
  }
};

TEST(PulseProgrammer, VerifiesDownToItsTolerance) {
  const Matrix<float> weights = 0.3f * uniform(targets, sources, "weights");
  for (const Mapping mapping : {Mapping::reference_array, Mapping::pair, Mapping::proportional}) {
    ProgrammingSpec once, verified;
    once.initial_rounds = 0;
    verified.initial_rounds = 20;
    verified.tolerance_steps = 1;
    ProgrammerBench open_loop(array_of("ecram", mapping), once);
    EXPECT_GT(open_loop.programmer.initialise(weights, 1).seconds, 0);
    EXPECT_GT(open_loop.error(weights), 5) << "the spread of the steps does not show";
    ProgrammerBench closed_loop(array_of("ecram", mapping), verified, {}, 14);  // codes far below a step
    closed_loop.programmer.initialise(weights, 1);
    EXPECT_LE(closed_loop.error(weights), 1.05f);
  }
}

TEST(PulseProgrammer, UpdatesCanBeVerified) {
  const Matrix<float> weights = 0.2f * uniform(targets, sources, "weights"),
                      change = 0.1f * uniform(targets, sources, "change");
  ProgrammingSpec spec;
  spec.initial_rounds = spec.update_rounds = 20;
  spec.tolerance_steps = 1;
  ProgrammerBench bench(array_of("ecram", Mapping::reference_array), spec, {}, 14);
  bench.programmer.initialise(weights, 1);
  const Matrix<float> before = bench.array.model().weights();
  bench.programmer.change(change, 1);
  EXPECT_LE(bench.error(before + change), 2.001f);  // a step of rounding, and the tolerance
}

// Pairs are looked at after so many updates, and only then; those that have come within the margin are reset.
TEST(PulseProgrammer, FullPairsAreResetAndKeepTheirWeight) {
  ArraySpec pcm = array_of("pcm-pair", Mapping::pair);
  pcm.device.flicker = pcm.device.drift_nu_high = 0;
  pcm.device.w_max_dtod = pcm.device.drift_spread_high = 0;
  ProgrammingSpec spec;
  spec.refresh_every = 3;
  spec.refresh_margin = 0.1;
  spec.initial_rounds = 20;
  ProgrammerBench bench(pcm, spec, {}, 8);
  const Matrix<float> nothing = Matrix<float>::Zero(targets, sources);
  // one device of every other pair nearly full, with a small weight between them
  Matrix<float> plus = Matrix<float>::Constant(targets, sources, 1.9f), minus = plus;
  plus.leftCols(sources / 2).setConstant(1.7f);
  minus.array() -= 0.4f;
  bench.array.set_states(plus, minus, 1);
  const Matrix<float> before = bench.array.model().programmed();
  bench.meter.enter(Phase::update);
  for (int update = 1; update <= 3; ++update) {
    EXPECT_EQ(bench.array.pulses_total(), 0) << update;
    const WriteTime time = bench.programmer.change(nothing, 1);
    EXPECT_EQ(time.verify_s > 0, update == 3);
    EXPECT_EQ(time.seconds > time.verify_s, update == 3);
  }
  EXPECT_EQ(bench.array.model().devices().state().leftCols(sources / 2), plus.leftCols(sources / 2)) << "not full";
  EXPECT_LT(bench.array.model().devices().state().rightCols(sources / 2).maxCoeff(), 1.8f);
  const float rms = (bench.array.model().programmed() - before).norm() / std::sqrt(float(targets * sources));
  EXPECT_LT(rms, 0.15f);  // of the large first steps of phase-change memory
  EXPECT_GT(before.norm() / std::sqrt(float(targets * sources)), 0.3f);
  EXPECT_GE(bench.array.pulses_total(), 2.0 * targets * sources / 2);
}

// Devices that pulses move one way never saturate under updates that come and go.
TEST(PulseProgrammer, RefreshedPairsGoOnLearning) {
  ArraySpec pcm = array_of("pcm-pair", Mapping::pair);
  pcm.device.flicker = pcm.device.drift_nu_high = pcm.device.drift_spread_high = pcm.device.w_max_dtod = 0;
  const auto mean_state = [&](std::int64_t every) {
    ProgrammingSpec spec;
    spec.refresh_every = every;
    ProgrammerBench bench(pcm, spec, {}, 8);
    const float step = float(bench.array.model().weight_step());
    for (int update = 0; update < 200; ++update)
      bench.programmer.change(Matrix<float>::Constant(targets, sources, update % 2 == 0 ? step : -step), 1);
    return double(bench.array.model().devices().state().mean());
  };
  EXPECT_GT(mean_state(1000), 1.5) << "without";
  EXPECT_LT(mean_state(8), 1.2);
}

// A refresh does not take drift for an error: what is not full is not touched, a pulse would begin its drift anew.
TEST(PulseProgrammer, RefreshesLeaveWhatHasDriftedAndIsNotFull) {
  ArraySpec pcm = array_of("pcm-pair", Mapping::pair);
  pcm.device.flicker = 0;
  ProgrammingSpec spec;
  spec.refresh_every = 1;
  ProgrammerBench bench(pcm, spec);
  Matrix<float> plus = Matrix<float>::Constant(targets, sources, 0.6f), minus = 0.5f * plus;
  plus.row(0).setConstant(float(pcm.device.w_max));
  minus.row(0).setConstant(float(pcm.device.w_max) - 0.4f);
  bench.array.set_states(plus, minus, 1);
  bench.meter.pass(Time::seconds(1e-3));  // four thousand times the time from which they drift
  bench.programmer.change(Matrix<float>::Zero(targets, sources), 1);
  const Matrix<float>& after = bench.array.model().devices().state();
  EXPECT_TRUE((after.bottomRows(targets - 1).array() == plus.bottomRows(targets - 1).array()).all());
  EXPECT_TRUE((after.row(0).array() < plus.row(0).array()).all());
}

TEST(PulseProgrammer, TransfersWhatTheFastArrayHolds) {
  LearningSpec spec;
  spec.update = Update::in_situ;
  spec.transfer_every = 1;
  spec.transfer_rate = 0.5;
  ArraySpec array = array_of("ecram", Mapping::reference_array);
  array.device.dtod = array.device.ctoc = array.device.bias_dtod = 0;
  ProgrammerBench bench(array, {}, spec);
  const Matrix<float> held = 0.1f * uniform(targets, sources, "held");
  bench.fast.set_weights(held, 1);
  const Matrix<float> nothing_pre = Matrix<float>::Zero(sources, 1), nothing_post = Matrix<float>::Zero(targets, 1);
  for (Index k = 0; k < sources; ++k)
    bench.programmer.apply(columns(nothing_pre, 0, 1), columns(nothing_post, 0, 1), 0.01, 1);
  EXPECT_LT(bench.error(0.5f * held), 2.0f);  // linear devices lose a little on the way
}

double booked_j(const ProgrammerBench& bench, const Action& action) {
  double energy_j = 0;
  for (const Ledger::Row& row : bench.meter.ledger().rows())
    if (row.action == &action) energy_j += row.energy.supplied;
  return energy_j;
}

// Lines fire in as many slots as the largest product needs, and in each twice: once for either sign.
TEST(PulseProgrammer, UpdatesInPlaceTakeTwoPulsesASlot) {
  const ArraySpec spec = array_of("ecram", Mapping::reference_array);
  ProgrammerBench bench(spec);
  Matrix<float> pre = 0.5f * uniform(sources, 2, "pre"), post = 0.5f * uniform(targets, 2, "post");
  pre.row(0).setConstant(1);
  post.row(0) << 0.7f, 0.2f;
  post.bottomRows(targets - 1) *= 0.2f;
  const double rate = 10 * bench.array.model().weight_step();
  // products of at most 7 and 2 steps
  const double seconds =
      bench.programmer.apply(columns(std::as_const(pre), 0, 2), columns(std::as_const(post), 0, 2), 0.99 * rate, 1)
          .seconds;
  EXPECT_NEAR(seconds, 2 * (7 + 2) * spec.device.pulse_s[1], 1e-9 * seconds);
}

// Word line after word line at full scale, a code for each weight, in as many bits as the converters have.
TEST(CrossbarMacro, VerifyingReadsEveryDevice) {
  for (const int bits : {0, 6}) {
    ProgrammerBench bench(array_of("ecram", Mapping::reference_array), {}, {}, bits);
    bench.array.set_weights(0.3f * uniform(targets, sources, "weights"), 1);
    bench.meter.enter(Phase::update);
    const ChipSpec chip;
    double seconds = 0, siemens = 0;
    bench.array.verify(seconds);
    for (Index j = 0; j < sources; ++j)
      for (Index i = 0; i < targets; ++i)
        siemens += bench.array.model().siemens(i, j) + bench.array.model().subtracted_siemens(i, j);
    const double conversions_j =
        CostSpec{}.adc_energy_per_step_j[1] * (bits == 0 ? 256 : 64) * double(targets * sources);
    const double line_s = double(chip.adc_columns) / chip.adc_rate_hz;
    EXPECT_NEAR(booked_j(bench, action::output_conversion) / conversions_j, 1, 1e-9);
    EXPECT_NEAR(booked_j(bench, action::array_read) / (std::pow(chip.read_v, 2) * siemens * line_s), 1, 1e-5);
    EXPECT_NEAR(seconds / (line_s * double(sources)), 1, 1e-9);
    // each line is charged, from the rail, and its driver stands while it is read; a decoder selects it
    const double line_j = chip.wire_capacitance_f[1] * 2 * double(targets) * chip.read_v * chip.supply_v;
    EXPECT_NEAR(booked_j(bench, action::line_charge) / (line_j * double(sources)), 1, 1e-9);
    EXPECT_NEAR(booked_j(bench, action::driver_bias) / (1e-6 * chip.supply_v * seconds), 1, 1e-9);
    const double wires_f = 5 * double(sources) * CostSpec{}.decoder_f[1];
    EXPECT_NEAR(booked_j(bench, action::decoder) / (double(sources) * wires_f * 0.81 / 4), 1, 1e-9);
    // an amplifier for each weight of the line, behind the noise gain of all cells of a bit line
    const double gain = 1 + siemens / double(targets) / bench.array.model().spec().conductance_max_siemens *
                                (chip.neuron_full_scale_v / chip.read_v);
    const double bias_a = gain * ((bits == 0 ? 8 : bits) + 1) * std::log(2.0) / line_s * 100e-15 / 15;
    EXPECT_NEAR(booked_j(bench, action::sense_bias) / (bias_a * chip.supply_v * double(targets) * seconds), 1, 1e-5);
    const double adcs = 3;
    EXPECT_NEAR(booked_j(bench, action::adc_reference) / (10e-6 * chip.supply_v * adcs * seconds), 1, 1e-9);
    for (const Ledger::Row& row : bench.meter.ledger().rows()) EXPECT_EQ(row.phase, Phase::verify);
    EXPECT_EQ(bench.meter.phase(), Phase::update);
  }
}

// Reading first, and after each round but the last one, all word lines; pulses take the rest of the time, which is also
// that of their rows.
TEST(PulseProgrammer, TellsVerifyingFromPulses) {
  ProgrammingSpec spec;
  spec.initial_rounds = 2;
  spec.tolerance_steps = 1e-3;
  ProgrammerBench bench(array_of("ecram", Mapping::reference_array), spec);
  bench.meter.enter(Phase::update);
  const WriteTime time = bench.programmer.initialise(0.3f * uniform(targets, sources, "weights"), 1);
  const ChipSpec chip;
  EXPECT_NEAR(time.verify_s, 3 * double(sources) * double(chip.adc_columns) / chip.adc_rate_hz, 1e-15);
  for (const Ledger::Row& row : bench.meter.ledger().rows()) {
    const bool pulses = row.phase == Phase::update;
    if (row.action != &action::decoder) {
      EXPECT_EQ(pulses, row.action->rail == Rail::write) << row.action->name;
    }
    if (row.action == &action::line_charge) continue;  // at once
    EXPECT_NEAR(row.seconds, pulses ? time.seconds - time.verify_s : time.verify_s, 1e-9 * row.seconds);
  }
}

// Both devices of each pair are read; two pulses a full pair, on devices that go from full to empty.
TEST(CrossbarMacro, ResetsTakeTwoPulsesOfFullDevices) {
  ArraySpec pcm = array_of("pcm-pair", Mapping::pair);
  pcm.device.w_max_dtod = pcm.device.flicker = pcm.device.drift_nu_high = pcm.device.drift_spread_high = 0;
  pcm.device.reset = pcm.device.reset_dtod = 0;
  ProgrammerBench bench(pcm);
  bench.meter.enter(Phase::update);
  Matrix<float> plus = Matrix<float>::Zero(targets, sources), goal, which;
  plus.topRows(2).setConstant(float(pcm.device.w_max));
  bench.array.set_states(plus, plus, 1);
  const double slot_s = pcm.device.pulse_s[1];
  double read_s = 0;
  const ChipSpec chip;
  EXPECT_NEAR(bench.array.reset_full_pairs(0.1, goal, which, read_s, 1), 2 * slot_s * double(sources), 1e-15);
  EXPECT_NEAR(read_s, 2 * double(sources) * double(chip.adc_columns) / chip.adc_rate_hz, 1e-15);
  EXPECT_NEAR(booked_j(bench, action::output_conversion) /
                  (CostSpec{}.adc_energy_per_step_j[1] * 256 * 2 * double(targets * sources)),
              1, 1e-9);
  const double pulses = 2.0 * 2 * sources, square_v = std::pow(pcm.device.pulse_v[1], 2);
  const double mean = (pcm.conductance_max_siemens + pcm.conductance_min_siemens) / 2;
  const double pump = CostSpec{}.pump_efficiency[1];
  EXPECT_NEAR(pump * booked_j(bench, action::write_pulse) / (pulses * square_v * mean * slot_s), 1, 1e-6);
  // each pulse on a bit line; two slots of every word line, with two cells a weight
  const double cells = pulses * double(sources) + 2.0 * double(sources) * (2.0 * targets);
  EXPECT_NEAR(pump * booked_j(bench, action::write_lines) / (square_v * ChipSpec{}.wire_capacitance_f[1] * cells), 1,
              1e-6);
  EXPECT_EQ(bench.array.pulses_total(), pulses);
  EXPECT_EQ(bench.array.reset_full_pairs(0.1, goal, which, read_s, 1), 0) << "none is full now";
}

// The mean conductance before and after, of each pulsed device.
TEST(CrossbarMacro, PulsesThroughAChannelTakeItsConductanceOnTheWay) {
  ArraySpec spec = array_of("reram-sb", Mapping::reference_array);
  spec.device.write_noise = 0;
  ProgrammerBench bench(spec);
  const Crossbar& model = bench.array.model();
  const Matrix<float> before = model.programmed();
  const double seconds = bench.array.pulse(Matrix<float>::Constant(targets, sources, 1.0f), 1);
  double siemens = 0;
  for (Index i = 0; i < before.size(); ++i)
    siemens += (model.conductance(before(i)) + model.conductance(model.programmed()(i))) / 2;
  const double delivered_j = std::pow(spec.device.pulse_v[1], 2) * spec.device.pulse_s[1] * siemens;
  EXPECT_NEAR(booked_j(bench, action::write_pulse) / (delivered_j / 0.4), 1, 1e-5);
  EXPECT_NEAR(seconds, double(sources) * spec.device.pulse_s[1], 1e-12);
}

double booked(const ProgrammerBench& bench, const Action& action) {
  double count = 0;
  for (const Ledger::Row& row : bench.meter.ledger().rows())
    if (row.action == &action) count += row.count;
  return count;
}

// A line that fires charges the cells on it, two a weight on a word line, whether anything coincides or not. At half of
// the voltage it half-selects them but where two lines meet; with thirds, everything else sees a third in every slot.
TEST(CrossbarMacro, TrainsChargeTheirLines) {
  const ArraySpec spec = array_of("ecram", Mapping::reference_array);
  for (const WriteScheme scheme : {WriteScheme::transistor, WriteScheme::half, WriteScheme::third})
    for (const bool coinciding : {false, true}) {
      ProgrammingSpec programming;
      programming.scheme = scheme;
      ProgrammerBench bench(spec, programming);
      PulseTrainBlock trains;
      trains.words.setZero(1, sources);
      trains.bits.setZero(targets, 1);
      trains.slots = {5};
      trains.words(0, 3) = 0b0111 | PulseTrainBlock::train_sign;
      trains.bits(5, 0) = coinciding ? 0b1001 : 0b1000;
      EXPECT_NEAR(bench.array.pulse(trains, 1), 2 * 5 * spec.device.pulse_s[1], 1e-15);
      const double word = 3 * 2.0 * double(targets), bit = (coinciding ? 2 : 1) * double(sources);
      const double all = 4 * 2.0 * double(targets * sources), pulses = coinciding ? 1 : 0;
      EXPECT_EQ(booked(bench, action::gate_pulse), pulses);
      const double square_v = std::pow(spec.device.pulse_v[1], 2) / CostSpec{}.pump_efficiency[1];
      const double line_j = square_v * ChipSpec{}.wire_capacitance_f[1];
      double cells = word + bit, others = 0, share = 0;
      if (scheme == WriteScheme::half) {
        cells /= 4;
        others = word + bit - 2 * pulses;
        share = 0.5;
      } else if (scheme == WriteScheme::third) {
        cells = word + (all - word) / 9 + (all - bit) * 4 / 9;
        others = all - pulses;
        share = 1.0 / 3;
      }
      EXPECT_NEAR(booked_j(bench, action::write_lines) / (line_j * cells), 1, 1e-9);
      EXPECT_EQ(booked(bench, action::half_selected_gate), others);
      const double others_j = others * square_v * share * share * spec.device.gate_capacitance_f[1];
      EXPECT_NEAR(booked_j(bench, action::half_selected_gate), others_j, 1e-9 * others_j);
      const bool transistors = scheme == WriteScheme::transistor;
      EXPECT_NEAR(booked_j(bench, action::select_gates),
                  transistors ? square_v * CostSpec{}.select_gate_f[1] * word : 0.0, 1e-25);
    }
}

// A pulse reaches the lines of its own physical array: 16 x 16, two cells a weight.
TEST(CrossbarMacro, PulsesHalfSelectOneTile) {
  ArraySpec spec = array_of("ecram", Mapping::reference_array);
  spec.tiling = {16, 16, Columns::interleaved};
  ProgrammingSpec programming;
  programming.scheme = WriteScheme::half;
  Matrix<float> counts = Matrix<float>::Zero(targets, sources);
  counts(9, 3) = -1;
  ProgrammerBench one(spec, programming);
  one.array.pulse(counts, 1);
  EXPECT_EQ(booked(one, action::half_selected_gate), 16 + 16 - 2);
  EXPECT_EQ(booked(one, action::level_shifters), 2);
  counts(8, 3) = -2;  // at the same time as the other, and once more
  ProgrammerBench more(spec, programming);
  more.array.pulse(counts, 1);
  EXPECT_EQ(booked(more, action::half_selected_gate), 2 * 16 + 3 * 16 - 2 * 3);
  counts(8, 20) = 1;  // in the array below, which has 14 word lines
  ProgrammerBench two(spec, programming);
  two.array.pulse(counts, 1);
  EXPECT_EQ(booked(two, action::half_selected_gate) - booked(more, action::half_selected_gate), 16 + 14 - 2);
}

// Word line after word line is selected for its pulses, in every tile; trains come from generators of their own.
TEST(CrossbarMacro, DecodersSelectPulsedLines) {
  ArraySpec spec = array_of("ecram", Mapping::reference_array);
  spec.tiling = {16, 16, Columns::interleaved};
  Matrix<float> counts = Matrix<float>::Zero(targets, sources);
  counts(9, 3) = -2;
  counts(2, 20) = 1;  // in the array below, of 14 word lines
  ProgrammerBench bench(spec);
  bench.array.pulse(counts, 1);
  EXPECT_EQ(booked(bench, action::decoder), 3);
  const double load = 2 * 4 * 16 + 4 * 14;
  EXPECT_NEAR(booked_j(bench, action::decoder) / (load * CostSpec{}.decoder_f[1] * 0.81 / 4), 1, 1e-9);
  ProgrammerBench in_place(spec);
  PulseTrainBlock trains;
  trains.words.setZero(1, sources);
  trains.bits.setZero(targets, 1);
  trains.slots = {5};
  trains.words(0, 3) = trains.bits(5, 0) = 1;
  in_place.array.pulse(trains, 1);
  EXPECT_EQ(booked(in_place, action::decoder), 0);
}

// What is read back goes to the host, as codes on their way and in its memory.
TEST(CrossbarMacro, CodesOfVerifyingGoToTheHost) {
  ProgrammerBench bench(array_of("ecram", Mapping::reference_array), {}, {}, 6);
  bench.meter.set_link(2);
  bench.meter.keep_codes("memory", heat(1e-12));
  double seconds = 0;
  bench.array.read_word_line(4, seconds);
  const double bits = 6.0 * targets;
  EXPECT_NEAR(booked_j(bench, action::code_link), bits * 2 * 0.1e-12, 1e-20);
  EXPECT_NEAR(booked_j(bench, action::converter_codes), bits / 64 * 1e-12, 1e-20);
  EXPECT_GT(booked_j(bench, action::sense_bias), 0);
  EXPECT_GT(booked_j(bench, action::line_charge), 0);
}

// Every preset, by the host and in place: what the rail supplies turns into heat, and sharing a voltage costs more than
// transistors.
TEST(PulseProgrammer, WritingCostsEnergyInEveryPresetAndScheme) {
  const Matrix<float> weights = 0.3f * uniform(targets, sources, "weights");
  const Matrix<float> pre = uniform(sources, 2, "pre"), post = uniform(targets, 2, "post");
  for (const DevicePreset& preset : device_presets()) {
    if (preset.response == Response::exact) continue;
    SCOPED_TRACE(preset.name);
    std::map<WriteScheme, double> supplied;
    for (const WriteScheme scheme : {WriteScheme::transistor, WriteScheme::half, WriteScheme::third}) {
      ProgrammingSpec programming;
      programming.scheme = scheme;
      ProgrammerBench bench(
          array_of(preset.name.c_str(), preset.one_sided != 0 ? Mapping::pair : Mapping::reference_array), programming);
      bench.programmer.initialise(weights, 1);
      bench.programmer.apply(columns(pre, 0, 2), columns(post, 0, 2), 3 * bench.array.model().weight_step(), 1);
      bool needs_pump = false;
      for (const Ledger::Row& row : bench.meter.ledger().rows()) {
        if (row.action->rail != Rail::write) continue;
        EXPECT_GT(row.energy.supplied, 0) << row.action->name;
        EXPECT_EQ(row.energy.supplied, row.energy.dissipated + row.energy.stored) << row.action->name;
        EXPECT_FALSE(row.action->figures.empty()) << row.action->name;
        EXPECT_GT(row.seconds, 0) << row.action->name;
        supplied[scheme] += row.energy.supplied;
        needs_pump = needs_pump || row.action == &action::level_shifters;
      }
      EXPECT_EQ(needs_pump, preset.pulse_v[1] > ChipSpec{}.supply_v);
    }
    EXPECT_GT(supplied[WriteScheme::half], supplied[WriteScheme::transistor]);
    EXPECT_GT(supplied[WriteScheme::third], supplied[WriteScheme::transistor]);
  }
}

// The energy is a product of powers of its figures: change one, and it follows.
TEST(CrossbarMacro, WriteEnergiesFollowTheirFigures) {
  const auto written = [](const char* preset, int figure) {
    ArraySpec spec = array_of(preset, Mapping::reference_array);
    ChipSpec chip;
    CostSpec cost;
    Estimate* figures[] = {&spec.device.pulse_v,     &spec.device.pulse_s,  &spec.device.gate_capacitance_f,
                           &chip.wire_capacitance_f, &cost.pump_efficiency, &cost.select_gate_f,
                           &cost.level_shifter_f};
    if (figure >= 0) *figures[figure] = exactly((*figures[figure])[2]);
    Meter meter(chip, cost);
    CrossbarMacro array("array", dense(sources, targets), spec, 1, meter, {WriteScheme::half});
    CrossbarMacro selected("selected", dense(sources, targets), spec, 1, meter);
    for (CrossbarMacro* each : {&array, &selected})
      each->pulse(uniform(targets, sources, "counts").array().sign().matrix(), 1);
    add_pulse_figures(meter.figures(), spec.device);
    return meter;
  };
  const char* keys[] = {"device.pulse_v",          "device.pulse_s",       "device.gate_capacitance_f",
                        "chip.wire_capacitance_f", "cost.pump_efficiency", "cost.select_gate_f",
                        "cost.level_shifter_f"};
  for (const char* preset : {"ecram", "reram-sb", "capacitor"}) {
    const Meter nominal = written(preset, -1);
    for (int k = 0; k < 7; ++k) {
      const Meter high = written(preset, k);
      if (nominal.figures().all().count(keys[k]) == 0) continue;  // another way of writing
      const Estimate figure = nominal.figures().all().at(keys[k]).value;
      for (std::size_t i = 0; i < nominal.ledger().rows().size(); ++i) {
        const Ledger::Row& row = nominal.ledger().rows()[i];
        if (preset == std::string("capacitor") && k == 0) continue;  // at its high it would need the pump
        double expected = row.energy.supplied;
        for (const Dependence& d : row.action->figures)
          if (d.key == std::string(keys[k])) expected *= std::pow(figure[2] / figure[1], d.exponent);
        EXPECT_NEAR(high.ledger().rows()[i].energy.supplied / expected, 1, 1e-9) << row.action->name << " " << keys[k];
      }
    }
  }
}

// What a user gets from one read: noise of its cells, and lines that the devices bend.
TEST(CrossbarMacro, ReadsHaveNoiseAndBend) {
  constexpr Index samples = 400;
  const Block block{samples, 100, 0, 1};
  ArraySpec spec = array_of("ecram", Mapping::offset);
  spec.device.read_noise = 0.01;
  spec.device.iv_v = 0.1;
  ProgrammerBench bench(spec);
  bench.array.set_weights(0.3f * uniform(targets, sources, "weights"), 1);
  const Matrix<float> x = uniform(sources, 1, "x").replicate(1, samples);
  const Matrix<float> bent = (2.0f * x.array()).sinh() / 2.0f;  // 0.2 V over 0.1 V
  Matrix<float> first, second;
  bench.array.read(block, Side::word_lines, x, first, 1e-8);
  bench.array.read(block, Side::word_lines, x, second, 1e-8);
  const Matrix<float> exact = bench.array.model().weights() * bent;
  const double rms = bench.array.model().read_noise() * double(bent.col(0).norm()), n = double(targets * samples);
  for (const Matrix<float>* y : {&first, &second}) {
    const double squares = double((*y - exact).squaredNorm()) / n;
    EXPECT_NEAR(squares / (rms * rms), 1, 5 * std::sqrt(2 / n));
  }
  EXPECT_LT(std::abs(double((first - exact).cwiseProduct(second - exact).sum())) / n / (rms * rms), 5 / std::sqrt(n));
}

// At full scale a bent device draws sinh(kappa) / kappa times the current, through a resistor that is as much smaller.
TEST(CrossbarMacro, VerifiesBentDevicesAtTheirCurrent) {
  const auto verified = [](double iv_v) {
    ArraySpec spec = array_of("ecram", Mapping::reference_array);
    spec.device.iv_v = iv_v;
    ProgrammerBench bench(spec);
    bench.array.set_weights(0.3f * uniform(targets, sources, "weights"), 1);
    double seconds = 0;
    bench.array.verify(seconds);
    std::map<std::string, double> joules;
    for (const Ledger::Row& row : bench.meter.ledger().rows()) joules[row.action->name] += row.energy.supplied;
    joules["gbw"] = bench.array.verifying_gbw_hz(1);
    return joules;
  };
  std::map<std::string, double> linear = verified(0), bent = verified(0.1);
  const double kappa = 2, bend = std::sinh(kappa) / kappa;  // 0.2 V over 0.1 V
  for (const Action* drawn : {&action::array_read, &action::read_supply})
    EXPECT_NEAR(bent[drawn->name] / linear[drawn->name], bend, 1e-6) << drawn->name;
  for (const Action* same : {&action::line_charge, &action::output_conversion, &action::decoder, &action::driver_bias})
    EXPECT_EQ(bent[same->name], linear[same->name]) << same->name;
  EXPECT_LT(bent["gbw"], linear["gbw"]);
  EXPECT_NEAR(bent[action::sense_bias.name] / linear[action::sense_bias.name], bent["gbw"] / linear["gbw"], 1e-9);
}

TEST(PulseProgrammer, DevicesLeakInSimulatedTime) {
  ArraySpec leaky = array_of("capacitor", Mapping::reference_array);
  leaky.device.leak_time_s = 1e-3;
  ProgrammerBench bench(leaky);
  bench.array.set_weights(Matrix<float>::Constant(targets, sources, 0.4f), 1);
  bench.array.catch_up(1);
  const Matrix<float> before = bench.array.model().weights();
  for (const double left : {std::exp(-0.5), std::exp(-1)}) {
    bench.meter.pass(Time::seconds(0.5e-3));
    bench.array.catch_up(1);
    EXPECT_LT((bench.array.model().weights() - float(left) * before).cwiseAbs().maxCoeff(), 1e-6f);
  }
}

}  // namespace
}  // namespace settle::test::pulse_programmer_test

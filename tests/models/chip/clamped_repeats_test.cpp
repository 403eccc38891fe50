// Several looks at a sample's clamped phases: what they do to noise, to what does not change, to time and to the books.
#include <cmath>
#include <string>

#include <gtest/gtest.h>

#include "settle/models/chip/design_rules.h"
#include "settle/models/error.h"
#include "settle/models/learning/equilibria.h"
#include "settle/models/learning/host.h"
#include "tests/models/chip/small_chip.h"

namespace settle::test::clamped_repeats_test {
namespace {

// All samples are alike, so that what differs between them is noise.
constexpr Index samples = 300, neurons = 30;
constexpr double five_sigma = 0.06;  // of a ratio of two rms of 300 x 30 readings, some of which go together

ChipDesign quiet_chip() {
  ChipDesign design = exact_chip({6, neurons, neurons, 5});
  design.learning.difference = DifferenceMode::plain;  // in full scales
  return design;
}

ChipDesign noisy_chip() {
  ChipDesign design = quiet_chip();
  design.neuron.noise = 2e-3;
  design.hold.thermal_noise = ThermalNoise::capacitor;
  design.amplifier.noise = 1e-3;
  return design;
}

ChipDesign nudged(ChipDesign design, Nudging nudging, std::int64_t repeats = 1) {
  design.learning.nudging = nudging;
  design.learning.clamped_repeats = repeats;
  return design;
}

ChipDesign lock_in(ChipDesign design, std::int64_t periods) {
  design.learning.nudging = Nudging::lock_in;
  design.learning.lock_in_periods = periods;
  return design;
}

Samples one_sample(Index count = samples) {
  Samples data = random_samples(6, 5, count);
  data.pixels = data.pixels.col(0).eval().replicate(1, count);
  data.labels.setConstant(data.labels[0]);
  return data;
}

void prepare(Chip& chip) {
  const Samples data = one_sample();
  chip.pass(chip.initialise());
  chip.measure_settling(data.pixels, data.labels);
}

// The contrast of one sample, many times, by the protocol of the chip's own keys.
std::vector<Matrix<float>> contrast_of(Chip& chip, float error_of_first = 0.5f, Index count = samples) {
  const LearningSpec& learning = chip.design().learning;
  chip.present({count, count, 0, 1}, one_sample(count).pixels);
  chip.settle_free(Use::learning);
  chip.hold();
  Matrix<float> error = Matrix<float>::Zero(5, count);
  error.row(0).setConstant(error_of_first);
  ClampedProtocol protocol;
  protocol.nudges = phase_nudges(learning);
  protocol.readings = learning.clamped_repeats;
  protocol.integrate = learning.nudging == Nudging::lock_in;
  std::vector<Matrix<float>> differences;
  contrast_phases(chip, protocol, error, {}, differences);
  return differences;
}

double spread(const Matrix<float>& m) {
  const Matrix<double> all = m.cast<double>();
  const Matrix<double> off = all.colwise() - Vector<double>(all.rowwise().mean());
  return off.norm() / std::sqrt(double(m.rows() * (m.cols() - 1)));
}

double distance(const Matrix<float>& a, const Matrix<float>& b) {
  return double((a - b).cwiseAbs().maxCoeff() / b.cwiseAbs().maxCoeff());
}

double noise_of(const ChipDesign& design, Index p) {
  Chip chip(design);
  prepare(chip);
  return spread(contrast_of(chip)[std::size_t(p)]);
}

// What changes from reading to reading falls as the root of their number: all of it, where two signs take off what is
// held.
TEST(ClampedRepeats, LowerTheNoiseAsTheRootOfTheirNumber) {
  for (const Index p : {1, 2}) {
    const double once = noise_of(nudged(noisy_chip(), Nudging::symmetric), p);
    for (const std::int64_t repeats : {4, 16})
      EXPECT_NEAR(noise_of(nudged(noisy_chip(), Nudging::symmetric, repeats), p) * std::sqrt(double(repeats)) / once, 1,
                  five_sigma)
          << repeats << " in population " << p;
    EXPECT_NEAR(noise_of(lock_in(noisy_chip(), 9), p) * 3 / noise_of(lock_in(noisy_chip(), 1), p), 1, five_sigma) << p;
  }
}

// The hold's noise is the same in all readings.
TEST(ClampedRepeats, LeaveWhatIsHeldAsItIs) {
  ChipDesign design = quiet_chip();
  design.hold.thermal_noise = ThermalNoise::capacitor;
  design.neuron.noise = 1e-5;  // next to nothing beside the hold's 5e-4
  const double held = capacitor_noise_v(design.chip.hold_capacitance_f, 300) / design.chip.neuron_full_scale_v;
  EXPECT_NEAR(noise_of(nudged(design, Nudging::one_sided), 1) / (std::sqrt(2.0) * held), 1, five_sigma);
  EXPECT_NEAR(noise_of(nudged(design, Nudging::one_sided, 25), 1) / (std::sqrt(1.04) * held), 1, five_sigma);
}

// The noise of what is learned from, as design rules and `settle analyze` have it, is what is read.
TEST(ClampedRepeats, HaveTheNoiseThatIsForeseen) {
  ChipDesign listed = noisy_chip();
  listed.learning.phase_nudges = {1, -1, 0.5};
  for (const ChipDesign& design :
       {nudged(noisy_chip(), Nudging::one_sided), nudged(noisy_chip(), Nudging::one_sided, 5),
        nudged(noisy_chip(), Nudging::symmetric, 3), lock_in(noisy_chip(), 2), listed}) {
    Chip chip(design);
    prepare(chip);
    const std::vector<Matrix<float>> read = contrast_of(chip);
    for (const Index p : {1, 2})
      EXPECT_NEAR(spread(read[std::size_t(p)]) / difference_noise(chip, p), 1, 1.5 * five_sigma) << p;
  }
}

TEST(ClampedRepeats, HaveTheSameNoiseInTime) {
  for (const bool on_lines : {false, true})
    for (const ChipDesign& each : {nudged(noisy_chip(), Nudging::one_sided, 4),
                                   nudged(noisy_chip(), Nudging::symmetric, 4), lock_in(noisy_chip(), 2)}) {
      ChipDesign design = each;
      if (on_lines) {
        design.learning.difference = DifferenceMode::layer_scaled;
        design.learning.clamped_lines = ClampedLines::differences;
        design.learning.difference_amplitude = 0.125;
      }
      ChipDesign in_time = design;
      in_time.settling.analysis = Analysis::transient;
      for (const Index p : {1, 2}) EXPECT_NEAR(noise_of(design, p) / noise_of(in_time, p), 1, 0.1) << p << on_lines;
    }
}

// Without noise, every analysis and every way to nudge in pairs finds the same.
TEST(ClampedRepeats, FindWhatASymmetricNudgeFinds) {
  for (const ClampedLines lines : {ClampedLines::states, ClampedLines::differences}) {
    ChipDesign design = exact_chip({6, neurons, neurons, 5});
    design.learning.clamped_lines = lines;
    design.settling.tolerance = 1e-6;
    design.settling.free_steps = design.settling.clamped_steps = 200;
    const auto read = [](const ChipDesign& of) {
      Chip chip(of);
      prepare(chip);
      return contrast_of(chip, 0.5f, 3);
    };
    const std::vector<Matrix<float>> expected = read(nudged(design, Nudging::symmetric));
    ChipDesign listed = design;
    listed.learning.phase_nudges = {1, -1, -1, 1};
    for (ChipDesign other : {lock_in(design, 2), listed, nudged(design, Nudging::symmetric, 3)})
      for (const Analysis analysis : {Analysis::operating_point, Analysis::map, Analysis::transient}) {
        other.settling.analysis = analysis;
        const std::vector<Matrix<float>> found = read(other);
        for (const std::size_t p : {1u, 2u}) EXPECT_LE(distance(found[p], expected[p]), 3e-4) << p;
      }
  }
}

// By least squares, with each phase's nudge as the weight of what it shows.
TEST(ClampedRepeats, AreWeightedByTheirNudges) {
  ChipDesign design = quiet_chip();
  design.learning.nudge = 2;  // so large that phases are not in proportion
  Chip chip(design);
  prepare(chip);
  Equilibria equilibria(chip.circuit(), 1);
  equilibria.present({1, 1, 0, 1}, one_sample(1).pixels);
  equilibria.settle_free(Use::learning);
  Matrix<float> error = Matrix<float>::Constant(5, 1, 0.4f);
  const auto at = [&](std::vector<double> nudges) {
    ClampedProtocol protocol;
    protocol.nudges = std::move(nudges);
    std::vector<Matrix<float>> differences;
    EXPECT_TRUE(contrast_phases(equilibria, protocol, error, {}, differences));
    return Matrix<double>(differences[1].cast<double>());
  };
  // one phase with the nudge a gives what it shows over a
  const Matrix<double> one = at({1}), half = 0.5 * at({0.5}), back = -at({-1});
  EXPECT_GE((one + back).norm() / one.norm(), 1e-3);
  EXPECT_LE((at({1, -1, 0.5}) - (one - back + 0.5 * half) / 2.25).norm() / one.norm(), 1e-5);
}

// Offsets of neurons' amplifiers and of difference amplifiers have the same sign in both phases of a pair; so have the
// holds' errors, but for those of the capacitors that add up, which a calibration finds.
TEST(LockIn, CancelsOffsets) {
  ChipDesign design = quiet_chip();
  design.amplifier.offset = 0.01;
  const auto read = [](const ChipDesign& of) {
    Chip chip(of);
    prepare(chip);
    EXPECT_EQ(chip.auto_zero(), of.amplifier.auto_zero > 0);
    return contrast_of(chip, 0.5f, 3);
  };
  const std::vector<Matrix<float>> clean = read(lock_in(quiet_chip(), 2)), of_one = read(design),
                                   of_pairs = read(lock_in(design, 2));
  ChipDesign switched = lock_in(quiet_chip(), 2);
  switched.hold.injection_c = 1e-14;
  ChipDesign calibrated = switched;
  calibrated.amplifier.auto_zero = 1;
  const std::vector<Matrix<float>> shifted = read(switched), corrected = read(calibrated);
  for (const std::size_t p : {1u, 2u}) {
    EXPECT_GE(distance(of_one[p], clean[p]), 0.1) << p;
    EXPECT_LE(distance(of_pairs[p], clean[p]), 1e-4) << p;
    EXPECT_LE(distance(corrected[p], clean[p]), 1e-3) << p;
  }
  EXPECT_GE(distance(shifted[2], clean[2]), 1e-2);
}

// A held state that falls evenly adds to the second phase of a pair more than to the first; turned round, the next pair
// takes that off.
TEST(PhaseNudges, CancelWhatFallsEvenly) {
  const auto read = [](double leakage_a, std::vector<double> nudges) {
    ChipDesign design = quiet_chip();
    design.hold.leakage_a = leakage_a;
    design.learning.phase_nudges = std::move(nudges);
    Chip chip(design);
    prepare(chip);
    return contrast_of(chip, 0.5f, 3);
  };
  const std::vector<Matrix<float>> clean = read(0, {1, -1, 1, -1}), alternating = read(1e-9, {1, -1, 1, -1}),
                                   turned = read(1e-9, {1, -1, -1, 1});
  for (const std::size_t p : {1u, 2u}) {
    EXPECT_GE(distance(alternating[p], clean[p]), 1e-3) << p;
    EXPECT_LE(distance(turned[p], clean[p]), 0.02 * distance(alternating[p], clean[p])) << p;
  }
}

struct Booked {
  double conversions = 0, charges = 0, nudges = 0, seconds = 0, contrast_s = 0;
  double off = 0;  // what is supplied and neither dissipated nor stored, in all
};

Booked books_of(Chip& chip, Index count) {
  const double before_s = double(chip.meter().now().femtoseconds()) * 1e-15;
  contrast_of(chip, 0.5f, count);
  Booked b;
  b.seconds = double(chip.meter().now().femtoseconds()) * 1e-15 - before_s;
  for (const Ledger::Row& row : chip.meter().ledger().rows()) {
    if (row.component == "hidden1_adc" && row.action == &action::output_conversion) b.conversions += row.count;
    if (row.component == "hidden1_hold" && row.action == &action::sample_hold) b.charges += row.count;
    if (row.component == "nudge_dac" && row.action == &action::input_conversion) b.nudges += row.count;
    b.off += row.energy.supplied - row.energy.dissipated - row.energy.stored;
  }
  return b;
}

// A further reading takes a conversion, and the time in which noise forgets.
TEST(ClampedRepeats, AreBooked) {
  constexpr Index count = 4;
  Chip once(nudged(noisy_chip(), Nudging::symmetric)), thrice(nudged(noisy_chip(), Nudging::symmetric, 3));
  prepare(once);
  prepare(thrice);
  const Booked of_once = books_of(once, count), of_thrice = books_of(thrice, count);
  EXPECT_EQ(of_once.conversions, 2.0 * neurons * count);
  EXPECT_EQ(of_thrice.conversions, 6.0 * neurons * count);
  EXPECT_EQ(of_once.charges, 3.0 * neurons * count);
  EXPECT_EQ(of_thrice.charges, 7.0 * neurons * count);
  EXPECT_EQ(of_thrice.nudges, of_once.nudges);
  EXPECT_GE(thrice.noise_time_s(), 5 * thrice.design().neuron.tau_s);
  const double more_s = thrice.noise_time_s() + thrice.meter().costs().adc_conversion_s(neurons, 0);
  EXPECT_NEAR(of_thrice.seconds - of_once.seconds, 4 * count * more_s, 1e-12);
  EXPECT_NEAR(of_thrice.off, 0, 1e-20);
  Chip still(nudged(quiet_chip(), Nudging::symmetric, 3));
  prepare(still);
  EXPECT_EQ(still.noise_time_s(), 0);
}

// The host adds up what it gets of more than two phases, or of repeated readings: one addition less than readings, for
// each neuron, in its memory as well. What lock-in adds up is on capacitors, and of two signs the second is taken off.
TEST(ClampedRepeats, AreAddedUpByTheHost) {
  constexpr Index count = 4;
  const auto accumulated = [](const ChipDesign& design) {
    HostSpec spec;
    spec.learning = design.learning;
    Chip chip(design);
    Host host(spec, chip);
    chip.pass(chip.initialise());
    const Samples data = random_samples(6, 5, count);
    host.measure_settling(data);
    host.train(data, range(0, count));
    double words = 0, operations = 0;
    for (const Ledger::Row& row : chip.meter().ledger().rows()) {
      if (row.component == "host memory" && row.action == &action::accumulation) words += row.count;
      if (row.component == "host" && row.action == &action::host_arithmetic) operations += row.count;
    }
    return std::pair{words, operations};
  };
  const auto with_phases = [](std::vector<double> nudges) {
    ChipDesign design = quiet_chip();
    design.learning.phase_nudges = std::move(nudges);
    return design;
  };
  const auto [words, operations] = accumulated(quiet_chip());  // of one reading
  const std::vector<std::pair<ChipDesign, int>> additions = {{nudged(quiet_chip(), Nudging::symmetric), 0},
                                                             {with_phases({1, -0.5}), 0},
                                                             {lock_in(quiet_chip(), 2), 0},
                                                             {nudged(quiet_chip(), Nudging::one_sided, 2), 1},
                                                             {nudged(quiet_chip(), Nudging::symmetric, 2), 3},
                                                             {with_phases({1, -1, 1}), 2}};
  for (std::size_t i = 0; i < additions.size(); ++i) {
    const auto& [design, expected] = additions[i];
    const auto [more_words, more_operations] = accumulated(design);
    const double all = double(expected) * count * 2 * neurons;
    EXPECT_EQ(more_operations - operations, all) << i;
    EXPECT_EQ(more_words - words, all * 2 * 4 / word_bytes) << i;  // a sum of four bytes is read and written
  }
}

// Each phase has its nudge, its settling and its charges; all of them have one conversion, and each its capacitor.
TEST(LockIn, IsBooked) {
  constexpr Index count = 4;
  Chip chip(lock_in(noisy_chip(), 3));
  prepare(chip);
  const Costs& costs = chip.meter().costs();
  const double before_s = double(chip.meter().now().femtoseconds()) * 1e-15;
  chip.present({count, count, 0, 1}, one_sample(count).pixels);
  chip.settle_free(Use::learning);
  const double free_s = double(chip.meter().now().femtoseconds()) * 1e-15 - before_s;
  Chip other(lock_in(noisy_chip(), 3));
  prepare(other);
  const Booked b = books_of(other, count);
  EXPECT_EQ(b.conversions, 1.0 * neurons * count);
  EXPECT_EQ(b.charges, (1 + 6 * 2.0) * neurons * count);
  EXPECT_EQ(b.nudges, 6.0 * 5 * count);
  EXPECT_NEAR(b.off, 0, 1e-20);
  const SettlingTimes& times = other.settling_times();
  const double phases_s = times.clamped_s + 5 * times.second_sign_s + 6 * costs.dac_conversion_s() +
                          6 / other.design().chip.adc_rate_hz + costs.adc_conversion_s(neurons, 0);
  EXPECT_NEAR((b.seconds - free_s) / (count * phases_s), 1, 1e-6);
  for (const AreaRow& row : other.area())
    EXPECT_TRUE(row.component != "lock-in capacitors" || row.count == 6.0 * 2 * neurons);
  EXPECT_EQ(other.area().size(), Chip(noisy_chip()).area().size() + 1);
}

TEST(LockIn, RefusesWhatItCannotDo) {
  ChipDesign recomputed = lock_in(quiet_chip(), 1), absolute = recomputed, weighted = recomputed;
  recomputed.learning.error = ErrorMode::recomputed;
  absolute.converter.readout = Readout::absolute;
  weighted.learning.phase_nudges = {1, -0.5};
  for (const ChipDesign& refused : {recomputed, absolute, weighted}) EXPECT_THROW(Chip{refused}, InputError);
}

}  // namespace
}  // namespace settle::test::clamped_repeats_test

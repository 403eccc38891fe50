// Auto-zero: the chip measures what its difference amplifiers read at zero, and takes that off. It contains everything
// that does not change from sample to sample: the offsets of amplifiers and ADCs, and what the hold capacitors gain
// from their switches and lose until they are read.
#include <algorithm>
#include <utility>

#include "settle/models/chip/chip.h"
#include "settle/models/settling/phase.h"

namespace settle {
namespace {

constexpr Index readings = 32;                       // of each amplifier; their noise averages out
constexpr std::uint64_t first_reading = 1ull << 61;  // numbers beyond those of samples

}  // namespace

// An offset is calibrated with the gain in use: a new gain calls for a new calibration.
bool Chip::auto_zero() {
  if (design_.amplifier.auto_zero == 0 || !circuit_->has_neurons() || design_.converter.readout != Readout::difference)
    return false;
  std::vector<float> gains;
  for (Index p = 1; p < circuit_->readout(); ++p) gains.push_back(difference_readout(p).gain());
  const bool due = gains != zeroed_gains_ || batches_since_zero_ >= design_.amplifier.auto_zero;
  if (due) {
    meter_.keep(Phase::calibration);
    read_zeros();
    meter_.release();
    zeroed_gains_ = gains;
    batches_since_zero_ = 0;
  }
  ++batches_since_zero_;
  return due;
}

// Holds the state that the loop settles to in the dark, waits for as long as a clamped phase takes, and reads the
// difference of that same state to what is held; again for each further reading, as capacitors have lost more by then.
// It counts in time and energy, not as settling, nor as clipping, nor for the gains.
void Chip::read_zeros() {
  const SettlingCount free_count = free_count_, clamped_count = clamped_count_;
  std::vector<DifferenceReadout::Size> sizes;
  std::vector<Clipping> clipped;
  for (Index p = 1; p < circuit_->readout(); ++p) {
    sizes.push_back(difference_readout(p).size());
    clipped.push_back(difference_readout(p).clipped_differences());
  }
  const Block block{readings, readings, first_reading + zero_readings_, design_.threads};
  zero_readings_ += std::uint64_t(readings);
  present(block, Matrix<std::uint8_t>::Zero(design_.graph.population(0).size, readings));
  settle_free(Use::learning);
  hold();
  clamped_ = true;
  drive_for(Phase::clamped);
  error_.setZero(design_.graph.population(circuit_->readout()).size, readings);
  const bool lock_in = design_.learning.nudging == Nudging::lock_in;
  const std::vector<double> nudges = phase_nudges(design_.learning);
  for (std::size_t reading = 0; reading < read_at_s_.size(); ++reading) {
    const double before_s = std::max(held_s_, converting_until_s_);  // the time of a conversion has passed
    held_s_ = read_at_s_[reading] > 0 ? read_at_s_[reading] : nominal_hold_s(reading);
    if (lines_carry_differences()) settle_held();
    if (is_transient())  // whose noise has forgotten the hold by then
      transient_->start(state_.chunk(0, block_.columns()), clamped_, block_.first_sample, block_.chunk, block_.threads);
    draw_noise();
    power_.lines_change();
    power_.charge_lines();
    pass(std::max(0.0, held_s_ - before_s), block_.samples);
    pass(lock_in ? integrate_zero(float(nudges[reading])) : read_zero(std::uint32_t(reading)), block_.samples);
  }
  if (lock_in) pass(read_zero_of_integral(), block_.samples);
  go_idle();
  free_count_ = free_count;
  clamped_count_ = clamped_count;
  for (Index p = 1; p < circuit_->readout(); ++p) {
    difference_readout(p).size() = sizes[std::size_t(p - 1)];
    difference_readout(p).set_clipped_differences(clipped[std::size_t(p - 1)]);
  }
}

// What neurons hold drives the others through the lines.
void Chip::settle_held() {
  offset_held(held_s_);
  sense_->enter(true);
  block_.for_chunks([&](Index, Index first, Index width) {
    const Chunk<float> chunk = state_.chunk(first, width);
    drive_from_nudge(*circuit_, chunk, columns(std::as_const(error_), first, width));
    settle::settle_clamped(*circuit_, chunk, {Method::sweeps, 1000, 1e-5}, 0.0);
  });
}

// Reads the zeros of one reading. Returns the time of one sample's conversion.
double Chip::read_zero(std::uint32_t reading) {
  double longest_s = 0;  // banks are read at the same time
  for (Index p = 1; p < circuit_->readout(); ++p) {
    DifferenceReadout& readout = difference_readout(p);
    readout.forget_zero(reading);
    Matrix<float> difference;
    longest_s = std::max(longest_s, read_difference(p, difference));
    readout.set_zero(reading, difference);
  }
  return longest_s;
}

// The same of phases that are integrated: adds one of them up, and reads the zero of all.
double Chip::integrate_zero(float nudge) {
  double longest_s = 0;
  for (Index p = 1; p < circuit_->readout(); ++p) longest_s = std::max(longest_s, integrate_difference(p, nudge));
  return longest_s;
}

double Chip::read_zero_of_integral() {
  double longest_s = 0;
  for (Index p = 1; p < circuit_->readout(); ++p) {
    DifferenceReadout& readout = difference_readout(p);
    readout.forget_zero(0);
    Matrix<float> difference;
    longest_s = std::max(longest_s, readout.read_integral(block_, converting_until_s_, difference));
    readout.set_zero(0, difference);
  }
  return longest_s;
}

// The planned time from the hold to a reading: a transient's phases last as long as they take, which is not known
// before.
double Chip::nominal_hold_s(std::size_t reading) const {
  const bool again =
      design_.learning.nudging != Nudging::lock_in && reading % std::size_t(design_.learning.clamped_repeats) > 0;
  const double turns = design_.crossbar.turns == Turns::twice && reads_->any_turns() && !is_transient() ? 2 : 1;
  if (again) return converting_until_s_ + turns * noise_time_s();
  const double dac_s = meter_.costs().dac_conversion_s();
  return dac_s + planned_clamped_s(reading) + (reading == 0 ? 0.0 : converting_until_s_);
}

// That of the clamped phase which a reading is the first of.
double Chip::planned_clamped_s(std::size_t reading) const {
  const double times = design_.crossbar.turns == Turns::twice && reads_->any_turns() ? 2 : 1;
  if (design_.settling.analysis == Analysis::map) return times * double(design_.settling.clamped_steps) * map_step_s();
  return times * (reading == 0 ? times_.clamped_s : times_.second_sign_s);
}

// When the next calibration is due, and how it is made. What was kept of a chip without one, or of fewer readings,
// leaves zeros out: then it is due at once.
void Chip::visit_auto_zero(Archive& archive) {
  if (!archive.keeps("auto_zero")) return;
  archive.group("auto_zero", [&] {
    const bool loading = archive.loading();
    Vector<float> gains(Index(loading ? 0 : zeroed_gains_.size()));
    std::copy_n(zeroed_gains_.begin(), gains.size(), gains.begin());
    Matrix<double> read_at_s(Index(loading ? 0 : read_at_s_.size()), 1);
    std::copy_n(read_at_s_.begin(), read_at_s.size(), read_at_s.data());
    archive.vector("gains", gains, "1", "gain of each population's difference amplifiers at the last calibration");
    archive.matrix("read_at_s", read_at_s, "s", "from the hold to the last reading, of each sign of the nudge");
    archive.count("batches", batches_since_zero_);
    archive.count("readings", zero_readings_);
    if (!loading) return;
    zeroed_gains_.assign(gains.begin(), gains.end());
    for (Index p = 1; p < circuit_->readout(); ++p)
      if (!difference_readout(p).is_calibrated()) zeroed_gains_.clear();
    std::fill(read_at_s_.begin(), read_at_s_.end(), 0.0);
    std::copy_n(read_at_s.data(), std::min(read_at_s_.size(), std::size_t(read_at_s.size())), read_at_s_.begin());
  });
}

}  // namespace settle

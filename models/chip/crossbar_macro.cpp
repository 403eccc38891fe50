#include "settle/models/chip/crossbar_macro.h"

#include <algorithm>
#include <cmath>
#include <utility>
#include <vector>

#include "settle/models/chip/converters.h"
#include "settle/models/crossbar/device_current.h"
#include "settle/models/learning/pulse_count.h"

namespace settle {
namespace {

// Devices are verified through converters of the bits that are charged; exact ones by what was asked for.
ArraySpec read_through(ArraySpec spec, int adc_bits) {
  spec.read_bits = spec.device.response == Response::exact ? adc_bits : charged_bits(adc_bits);
  return spec;
}

}  // namespace

CrossbarMacro::CrossbarMacro(const std::string& name, std::shared_ptr<const Connection> connection,
                             const ArraySpec& spec, std::uint64_t seed, Meter& meter, const WriteSpec& write)
    : name_(name),
      connection_(std::move(connection)),
      model_(name, connection_->bit_lines(), connection_->word_lines(), read_through(spec, write.adc_bits), seed),
      meter_(meter),
      write_(write),
      write_lines_(spec, model_.targets(), model_.sources()),
      read_noise_(seed, name, Purpose::read_noise) {
  for (const ArrayLayout& array : arrays(spec.mapping, spec.tiling, model_.targets(), model_.sources()))
    cells_ += double(array.sources) * double(array.bit_lines.size());
  const DevicePreset& device = spec.device;
  if (device.response == Response::exact) return;
  // no energy depends on a pump that is not there
  if (!meter.costs().needs_pump(device.pulse_v[1])) meter.figures().add("cost.pump_efficiency", exactly(1));
}

void CrossbarMacro::multiply(const Block& block, Side driven, const Matrix<float>& x, Matrix<float>& y) const {
  y.resize(driven == Side::word_lines ? connection_->targets() : connection_->sources(), x.cols());
  const Matrix<float>& cells = model_.effective();
  block.for_chunks([&](Index, Index first, Index width) {
    connection_->add_product(driven, model_.weight_scale(), columns(cells, 0, cells.cols()), columns(x, first, width),
                             0.0f, columns(y, first, width));
  });
}

void CrossbarMacro::read(const Block& block, Side driven, const Matrix<float>& x, Matrix<float>& y, double seconds) {
  if (model_.curvature() > 0) {
    lines_.resize(x.rows(), x.cols());
    drive_line(model_.curvature(), columns(x, 0, x.cols()), columns(lines_, 0, x.cols()));
  }
  const Matrix<float>& lines = model_.curvature() > 0 ? lines_ : x;
  multiply(block, driven, lines, y);
  block.for_chunks([&](Index, Index first, Index width) {
    model_.add_read_noise(read_noise_, block.first_sample + std::uint64_t(first), reads_, columns(lines, first, width),
                          columns(y, first, width));
  });
  ++reads_;
  const LineSums sums = sums_of(block, driven, x);
  book_charge(block, sums, 1.0);
  book_read(block, sums, 1.0, seconds);
  book_release(block, sums, 1.0);
}

LineSums CrossbarMacro::sums_of(const Block& block, Side driven, const LineStates& x) {
  const DrivenLines wiring(model_, driven, line_conductance(driven, block.threads));
  LineSums sums;
  sums.driven = driven;
  sums.chunks.resize(std::size_t(block.chunks()));
  block.for_chunks([&](Index k, Index first, Index) {
    LineSums::OfChunk& of_chunk = sums.chunks[std::size_t(k)];
    if (connection_->reads() == 1) {  // lines carry the states as they are
      of_chunk = wiring.sums(x, first, block.count(k));
      return;
    }
    Matrix<float> states, read_by_read;
    of_chunk = wiring.sums(connection_->lines(driven, x.columns(first, block.count(k), states), read_by_read));
  });
  return sums;
}

Index CrossbarMacro::lines_on(Side driven) const {
  return driven == Side::word_lines ? connection_->word_lines() : connection_->bit_lines();
}

void CrossbarMacro::book_read(const Block& block, const LineSums& sums, double amplitude, double seconds) {
  const Costs& costs = meter_.costs();
  for (Index k = 0; k < block.chunks(); ++k) {
    const LineSums::OfChunk& sum = sums.chunks[std::size_t(k)];
    const double currents = amplitude * sum.currents, products = amplitude * amplitude * sum.products;
    const double reads = double(connection_->reads() * block.count(k)), lines = double(lines_on(sums.driven)) * reads;
    meter_.book(name_, action::array_read, lines, costs.array_read_j(products, seconds), seconds * reads);
    meter_.book(name_, action::read_supply, lines, costs.read_supply_j(currents, products, seconds), seconds * reads);
  }
}

Index CrossbarMacro::cells_on(Side driven) const {
  return cells_per_weight(model_.spec().mapping) * (driven == Side::word_lines ? model_.targets() : model_.sources());
}

template <class Each>
void CrossbarMacro::book_lines(const Block& block, Side driven, const Each& energy_of_chunk) {
  for (Index k = 0; k < block.chunks(); ++k)
    meter_.book(name_, action::line_charge, double(lines_on(driven) * connection_->reads() * block.count(k)),
                energy_of_chunk(k));
}

void CrossbarMacro::book_charge(const Block& block, const LineSums& sums, double amplitude, double times) {
  book_lines(block, sums.driven, [&](Index k) {
    const LineSums::OfChunk& sum = sums.chunks[std::size_t(k)];
    return meter_.costs().line_charge_j(amplitude * sum.swings, amplitude * amplitude * sum.squares,
                                        cells_on(sums.driven)) *
           times;
  });
}

void CrossbarMacro::book_release(const Block& block, const LineSums& sums, double amplitude, double times) {
  book_lines(block, sums.driven, [&](Index k) {
    return meter_.costs().line_release_j(amplitude * amplitude * sums.chunks[std::size_t(k)].squares,
                                         cells_on(sums.driven)) *
           times;
  });
}

void CrossbarMacro::book_swing(const Block& block, Side driven, const LineStates& from, const LineStates& to,
                               double amplitude) {
  std::vector<Energy> energies(std::size_t(block.chunks()));
  block.for_chunks([&](Index k, Index first, Index) {
    struct Scratch {
      Matrix<float> states, lines, all;
    } of_before, of_after;
    const auto driven_lines = [&](const LineStates& x, Scratch& scratch) {
      return DrivenLines::with_references(
          model_, driven, connection_->lines(driven, x.columns(first, block.count(k), scratch.states), scratch.lines),
          scratch.all);
    };
    const ConstView<float> before = driven_lines(from, of_before), after = driven_lines(to, of_after);
    Energy sum;
    const double volts = amplitude * meter_.costs().chip().read_v;
    for (Index c = 0; c < after.cols(); ++c)
      for (Index i = 0; i < after.rows(); ++i)
        sum = sum + meter_.costs().line_swing_j(volts * std::abs(double(before(i, c))),
                                                volts * std::abs(double(after(i, c))), cells_on(driven));
    energies[std::size_t(k)] = sum;
  });
  book_lines(block, driven, [&](Index k) { return energies[std::size_t(k)]; });
}

void CrossbarMacro::set_weights(const Matrix<float>& weights, int threads) {
  model_.set_weights(weights, threads);
  weights_changed();
}

void CrossbarMacro::set_states(const Matrix<float>& plus, const Matrix<float>& minus, int threads) {
  model_.set_states(plus, minus, threads);
  weights_changed();
}

void CrossbarMacro::add(const Matrix<float>& change, int threads) {
  model_.add(change, threads);
  weights_changed();
}

double CrossbarMacro::pulse(const Matrix<float>& counts, int threads) {
  catch_up(threads);
  const LineFirings fired = write_lines_.of_counts(counts, threads);
  const double seconds = fired.slots * model_.spec().device.pulse_s[1];
  const double before = mean_siemens(threads);
  const PulseSum sum = model_.pulse(counts, round_++, threads);
  book_pulses(sum, fired, before, seconds, threads);
  return seconds;
}

double CrossbarMacro::pulse(const PulseTrainBlock& trains, int threads) {
  catch_up(threads);
  double seconds = 0;
  // Devices move one way in a slot; the two signs take turns.
  for (const int slots : trains.slots) seconds += 2 * slots * model_.spec().device.pulse_s[1];
  const double before = mean_siemens(threads);
  const PulseSum sum = model_.pulse(trains, round_++, threads);
  book_pulses(sum, write_lines_.of_trains(trains), before, seconds, threads);
  return seconds;
}

double CrossbarMacro::reset_full_pairs(double margin, Matrix<float>& goal, Matrix<float>& which, double& read_s,
                                       int threads) {
  catch_up(threads);
  Matrix<float> plus, minus;
  const Phase phase = meter_.phase();
  meter_.enter(Phase::verify);
  book_line_reads(model_.sources(), read_s, 2);
  meter_.enter(phase);
  model_.found_pairs(looks_++, plus, minus);
  goal = plus - minus;
  const DevicePreset& device = model_.spec().device;
  const auto full = float(device.w_max - margin * (device.w_max - device.w_min));
  which = (plus.array() > full || minus.array() > full).cast<float>();
  if ((which.array() == 0).all()) return 0;
  const double before = mean_siemens(threads);
  const PulseSum sum = model_.reset_pairs(which, round_++, threads);
  const double seconds = 2 * device.pulse_s[1] * double(model_.sources());
  book_pulses(sum, write_lines_.of_counts(2 * which, threads), before, seconds, threads);
  return seconds;
}

void CrossbarMacro::catch_up(int threads) {
  if (!model_.changes_in_time()) return;
  const Time now = meter_.now();
  age((pending_ + Time::femtoseconds(now.femtoseconds() - caught_up_.femtoseconds())).to_seconds(), threads);
  pending_ = Time();
  caught_up_ = now;
}

void CrossbarMacro::age(double seconds, int threads) {
  if (seconds <= 0) return;
  model_.elapse(seconds, threads);
  weights_changed();
}

// The mean conductance of the array's cells, where it decides about energy.
double CrossbarMacro::mean_siemens(int threads) {
  if (write_.scheme == WriteScheme::transistor || model_.spec().device.written == Written::gate) return 0;
  double siemens = line_conductance(Side::word_lines, threads).cast<double>().sum();
  // the adder of an offset is read, not written
  if (model_.spec().mapping == Mapping::offset) siemens -= double(model_.sources()) * model_.conductance(0);
  return siemens / cells_;
}

void CrossbarMacro::book_pulses(const PulseSum& sum, const LineFirings& fired, double siemens_before, double seconds,
                                int threads) {
  weights_changed();
  pulses_ += sum.pulses;
  const DevicePreset& device = model_.spec().device;
  const double volts = device.pulse_v[1];
  const Costs& costs = meter_.costs();
  if (device.written == Written::gate) {
    meter_.book(name_, action::gate_pulse, sum.pulses,
                costs.write_charge_j(volts, sum.pulses * device.gate_capacitance_f[1]), seconds);
  } else {
    // the mean conductance of a pulsed device, from the mean state
    const double conductance = sum.pulses > 0 ? sum.pulses * model_.conductance(sum.state / sum.pulses) : 0.0;
    meter_.book(name_, action::write_pulse, sum.pulses, costs.write_pulse_j(volts, device.pulse_s[1], conductance),
                seconds);
  }
  if (fired.selections > 0)
    meter_.book(name_, action::decoder, fired.selections, costs.decoder_j(fired.decoder_load), seconds);
  const Selection selection = select(write_.scheme, fired, sum.pulses);
  book_lines_charged(selection, seconds);
  if (selection.share > 0) book_other_cells(selection, (siemens_before + mean_siemens(threads)) / 2, seconds);
}

void CrossbarMacro::book_lines_charged(const Selection& s, double seconds) {
  const Costs& costs = meter_.costs();
  const double volts = model_.spec().device.pulse_v[1];
  const auto book = [&](const Action& action, double lines, double capacitance_f) {
    meter_.book(name_, action, lines, costs.write_charge_j(volts, capacitance_f), seconds);
  };
  book(action::write_lines, s.charged_lines, s.charged_cells * costs.chip().wire_capacitance_f[1]);
  if (s.selected_lines > 0)
    book(action::select_gates, s.selected_lines, s.selected_gates * costs.cost().select_gate_f[1]);
  if (costs.needs_pump(volts))
    book(action::level_shifters, s.charged_lines, s.charged_lines * costs.cost().level_shifter_f[1]);
}

// Cells that are not meant, on lines that are.
void CrossbarMacro::book_other_cells(const Selection& s, double siemens, double seconds) {
  const DevicePreset& device = model_.spec().device;
  const Costs& costs = meter_.costs();
  const double volts = device.pulse_v[1], squares = s.other_cells * s.share * s.share;
  if (device.written == Written::gate) {
    meter_.book(name_, action::half_selected_gate, s.other_cells,
                costs.write_charge_j(volts, squares * device.gate_capacitance_f[1]), seconds);
  } else {
    meter_.book(name_, action::half_selected, s.other_cells,
                costs.write_pulse_j(volts, device.pulse_s[1], squares * siemens), seconds);
  }
}

Matrix<float> CrossbarMacro::verify(double& seconds) {
  const Phase phase = meter_.phase();
  meter_.enter(Phase::verify);
  book_line_reads(model_.sources(), seconds);
  meter_.enter(phase);
  return model_.found(looks_++);
}

Vector<float> CrossbarMacro::read_word_line(Index source, double& seconds) {
  book_line_reads(1, seconds);
  Vector<float> column = model_.effective().col(source);
  model_.converter().convert(View<float>(column.data(), column.size(), 1));
  return column;
}

// Word lines are driven one after the other, at full scale; the bit lines' converters read the devices of each.
// `per_weight`: codes for each weight, of its devices' difference or of each of them, one after the other.
void CrossbarMacro::book_line_reads(Index word_lines, double& seconds, int per_weight) {
  const Costs& costs = meter_.costs();
  const double weights = double(model_.targets()) * double(word_lines);
  const double word_line_s = per_weight * costs.adc_conversion_s(model_.targets(), write_.adc_bits);
  const double share = double(word_lines) / double(model_.sources()), all_s = word_line_s * double(word_lines);
  book_adc_conversions(meter_, name_, write_.adc_bits, per_weight * weights, costs.adcs(model_.targets()), all_s);
  const double siemens = share * full_scale_bend() * double(line_conductance(Side::word_lines, 1).sum());
  meter_.book(name_, action::array_read, double(word_lines), costs.array_read_j(siemens, word_line_s), all_s);
  meter_.book(name_, action::read_supply, double(word_lines), costs.read_supply_j(siemens, siemens, word_line_s),
              all_s);
  book_selected_lines(double(word_lines), word_line_s);
  const double gbw_hz = write_.sense.gbw_hz > 0 ? write_.sense.gbw_hz : verifying_gbw_hz(1);
  const double amplifier_w = sense_bias_a(write_.sense, gbw_hz) * costs.chip().supply_v;
  meter_.book(name_, action::sense_bias, weights, heat(amplifier_w * weights * word_line_s), all_s);
  seconds += all_s;
}

// What selects a word line, charges it, and drives it while it is read.
void CrossbarMacro::book_selected_lines(double word_lines, double word_line_s) {
  const Costs& costs = meter_.costs();
  const double all_s = word_lines * word_line_s;
  const Index cells = cells_on(Side::word_lines);
  const double decoder_load = write_lines_.decoder_load() * word_lines / double(model_.sources());
  meter_.book(name_, action::decoder, word_lines, costs.decoder_j(decoder_load), all_s);
  meter_.book(name_, action::line_charge, word_lines,
              costs.line_charge_j(word_lines, word_lines, cells) + costs.line_release_j(word_lines, cells));
  meter_.book(name_, action::driver_bias, word_lines, heat(costs.driver_bias_w() * all_s), all_s);
}

double CrossbarMacro::full_scale_bend() const { return settle::full_scale_bend(double(model_.curvature())); }

// An amplifier of a bit line that reads one device alone, which at its largest makes full scale; all others of its
// line, in its physical array, hang on it, at zero volts. One for each weight, in the arrays of the word line that is
// read: the others are off.
double CrossbarMacro::verifying_gbw_hz(int threads) {
  const ArraySpec& spec = model_.spec();
  const ChipSpec& chip = meter_.costs().chip();
  const double code_s = meter_.costs().adc_conversion_s(model_.targets(), write_.adc_bits);
  const double siemens = double(line_conductance(Side::word_lines, threads).sum());
  const Index down =
      spec.tiling.word_lines > 0 ? std::min(Index(spec.tiling.word_lines), model_.sources()) : model_.sources();
  const double on_line = siemens / double(model_.targets()) * double(down) / double(model_.sources());
  const double feedback_ohm =
      chip.neuron_full_scale_v / (chip.read_v * full_scale_bend() * spec.conductance_max_siemens);
  const double line_f = chip.wire_capacitance_f[1] * double(model_.sensed_cells(Side::word_lines));
  return gbw_needed_hz(noise_gain(feedback_ohm, on_line), charged_bits(write_.adc_bits), code_s, feedback_ohm * line_f);
}

void CrossbarMacro::visit_state(Archive& archive) {
  model_.visit_state(archive);
  archive.count("rounds", round_);
  archive.count("reads", reads_);
  if (archive.keeps("device_reads")) archive.count("device_reads", looks_);
  archive.number("pulses", pulses_);
  Time since = pending_ + Time::femtoseconds(meter_.now().femtoseconds() - caught_up_.femtoseconds());
  archive.time("since_caught_up", since);
  if (!archive.loading()) return;
  pending_ = since;
  caught_up_ = meter_.now();
  weights_changed();
}

void CrossbarMacro::weights_changed() {
  for (auto& c : conductance_) c.resize(0);
}

const Vector<float>& CrossbarMacro::line_conductance(Side side, int threads) {
  Vector<float>& c = conductance_[int(side)];
  if (c.size() > 0) return c;
  const bool words = side == Side::word_lines;
  c = (words ? model_.word_line_conductance(threads) : model_.bit_line_conductance(threads)).cast<float>();
  return c;
}

}  // namespace settle

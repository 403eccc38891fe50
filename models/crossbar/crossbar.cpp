#include "settle/models/crossbar/crossbar.h"

#include <cmath>

#include "settle/models/device/response.h"
#include "settle/models/device/symmetry_point.h"
#include "settle/models/error.h"
#include "settle/models/numeric/expect.h"
#include "settle/models/numeric/parallel.h"
#include "settle/models/parameter_check.h"

namespace settle {
namespace {

// The exact device is mathematics: its states are weights.
bool exact(const ArraySpec& spec) { return spec.device.response == Response::exact; }

bool has_resistance(const Wires& w) { return w.word_ohm > 0 || w.bit_ohm > 0 || w.source_ohm > 0 || w.sense_ohm > 0; }

DevicePreset floored(const ArraySpec& spec) {
  DevicePreset device = spec.device;
  const double per_state =
      (spec.conductance_max_siemens - spec.conductance_min_siemens) / (device.w_max - device.w_min);
  device.floor = device.w_min - spec.conductance_min_siemens / per_state;
  return device;
}

// States of the exact device are weights. Where zero is two devices off, they begin at the lowest conductance.
ArraySpec grounded(ArraySpec spec) {
  if (spec.mapping == Mapping::proportional && exact(spec)) spec.device.w_min = 0;
  return spec;
}

const ArraySpec& checked(const ArraySpec& spec) {
  check_spec<CrossbarSpec>("crossbar", spec);
  check(spec.device);
  constexpr double least = 1e-30, most = 1e30;
  expect_between("weight_at_bound", least, spec.weight_at_bound, most);
  expect_between("conductance_min_siemens", 0, spec.conductance_min_siemens, most);
  expect_between("conductance_max_siemens", least, spec.conductance_max_siemens, most);
  if (!(spec.conductance_min_siemens < spec.conductance_max_siemens))
    throw InputError("conductance_min_siemens: must be below conductance_max_siemens");
  expect_between("read_v", least, spec.read_v, most_read_v);
  expect_between("temperature_k", least, spec.temperature_k, most);
  return spec;
}

}  // namespace

ArraySpec::ArraySpec(const DevicePreset& preset, const DeviceSpec& range, const CrossbarSpec& crossbar,
                     const WireSpec& wire, const ChipSpec& chip)
    : CrossbarSpec(crossbar),
      device(preset),
      weight_at_bound(range.weight_range),
      conductance_min_siemens(range.conductance_min_siemens),
      conductance_max_siemens(range.conductance_max_siemens),
      wires{wire.r_segment_ohm, wire.r_segment_ohm, wire.r_source_ohm, wire.r_sense_ohm},
      wire_refresh(wire.refresh_updates),
      read_v(chip.read_v),
      temperature_k(chip.temperature_k) {
  const double factor = wire.resistance_factor[1] * std::max(0.0, 1 + wire.per_kelvin * (chip.temperature_k - 300));
  wires.word_ohm *= factor;
  wires.bit_ohm *= factor;
}

double ArraySpec::warmth() const { return std::max(0.0, 1 + device.per_kelvin * (temperature_k - 300)); }

Crossbar::Crossbar(const std::string& name, Index targets, Index sources, const ArraySpec& spec, std::uint64_t seed)
    : spec_(grounded(checked(spec))),
      devices_(name, targets, sources, floored(spec_), seed),
      verify_noise_(seed, name, Purpose::verify_noise),
      warmth_(spec.warmth()) {
  const DevicePreset& d = spec_.device;
  const double range = d.w_max - d.w_min, unit = exact(spec) ? spec.weight_at_bound : 1.0;
  const double full = has_two_devices(spec.mapping) ? range : d.w_max;  // what weight_at_bound is the weight of
  weight_scale_ = exact(spec) ? 1.0f : float(spec.weight_at_bound / full);
  conductance_per_state_ = (spec.conductance_max_siemens - spec.conductance_min_siemens) / (range * unit);
  conductance_at_zero_ = spec.conductance_min_siemens - d.w_min * unit * conductance_per_state_;
  const double cells = spec.mapping == Mapping::offset ? 1 : 2;  // that a sum's noise comes from
  read_noise_ = warmth_ * double(weight_scale_) * d.read_noise * range * unit * std::sqrt(cells);
  converter_.bits = spec.read_bits;
  converter_.full_scale =
      float(exact(spec) ? spec.weight_at_bound : (has_two_devices(spec.mapping) ? range : std::max(d.w_max, -d.w_min)));
  if (d.iv_v > 0) curvature_ = float(spec.read_v / d.iv_v);

  if (has_two_devices(spec.mapping)) minus_.emplace(name + "-minus", targets, sources, floored(spec_), seed);
  if (proportional() && !exact(spec)) most_step_down_ = float(std::max(largest_nominal_step(d, false), d.dw_min));
  if (proportional()) {
    Matrix<float> plus, minus;
    place_proportional(Matrix<float>::Zero(targets, sources), plus, minus);
    devices_.set_state(plus);
    minus_->set_state(minus);
  }
  if (spec.mapping == Mapping::pair && !exact(spec) && !one_sided()) turn_.setZero(targets, sources);
  if (!minus_ && !exact(spec)) reference_ = reference_states(name, seed);
  if (!reads_as_written(d)) {
    plus_retention_ = std::make_unique<Retention>(name, targets, sources, d, seed);
    if (minus_) minus_retention_ = std::make_unique<Retention>(name + "-minus", targets, sources, d, seed);
  }
  if (has_resistance(spec.wires))
    wire_loss_ = std::make_unique<WireLoss>(
        WireLoss{spec.wires, spec.mapping, spec.tiling, 1e-3 * spec.conductance_max_siemens});
  reads_states_ = !minus_ && reference_.size() == 0 && !plus_retention_ && !wire_loss_ &&
                  devices_.write_noise().size() == 0 && warmth_ == 1;
  fixed_siemens_ = double(Vector<float>::Constant(targets, float(conductance_at_zero_)).eval().sum());
  if (!reads_states_) refresh(/*solving_wires=*/true, 1);
}

void Crossbar::read_forward(ConstView<float> x, View<float> y) const {
  expect_shape("inputs of a read", x, sources(), x.cols());
  expect_shape("sums of a read", y, targets(), x.cols());
  gemm<float>(Op::none, Op::none, weight_scale_, columns(effective(), 0, sources()), x, 0.0f, y);
}

void Crossbar::read_transposed(ConstView<float> y, View<float> x) const {
  expect_shape("inputs of a transposed read", y, targets(), y.cols());
  expect_shape("sums of a transposed read", x, sources(), y.cols());
  gemm<float>(Op::transpose, Op::none, weight_scale_, columns(effective(), 0, sources()), y, 0.0f, x);
}

void Crossbar::add_read_noise(const Stream& stream, std::uint64_t first_sample, std::uint32_t step, ConstView<float> x,
                              View<float> y) const {
  if (read_noise_ == 0) return;
  for (Index c = 0; c < y.cols(); ++c)
    add_normal(stream, first_sample + std::uint64_t(c), step, float(read_noise_) * x.col(c).norm(), y.col(c).data(),
               y.col(c).data(), y.rows());
}

Matrix<float> Crossbar::device_siemens() const {
  if (reads_states_) return conductances(devices_.state());
  return plus_siemens_;
}

Matrix<float> Crossbar::subtracted_siemens() const {
  if (reads_states_) return Matrix<float>::Constant(targets(), sources(), float(conductance_at_zero_));
  return minus_siemens_;
}

// Fixed cells are set to what was read of the symmetry points, or to zero, with an error of their own; the cells of a
// reference column are one on each word line of an array, which is that of the array's first weight.
Matrix<float> Crossbar::reference_states(const std::string& name, std::uint64_t seed) const {
  const DevicePreset& d = spec_.device;
  const bool symmetric = spec_.reference == Reference::symmetry_point,
             cells = spec_.mapping != Mapping::offset && d.reference_error > 0;
  if (!symmetric && !cells) return {};
  Matrix<float> states = Matrix<float>::Zero(targets(), sources());
  if (symmetric) {
    states = symmetry_points(devices_);
    converter_.convert(columns(states, 0, states.cols()));
  }
  if (!cells) return states;
  Matrix<float> xi(targets(), sources());
  fill_normal(Stream(seed, name, Purpose::reference_error), 0, 0, xi.data(), xi.size());
  const Index across = weights_across(spec_.mapping, spec_.tiling, targets());
  const bool shared = spec_.mapping == Mapping::reference_column;
  for (Index i = 0; i < targets(); ++i)
    states.row(i) += float(d.reference_error * d.w_max) * xi.row(shared ? i / across * across : i);
  return states;
}

void Crossbar::find_siemens(const DeviceArray& devices, const Retention* retention, Index source,
                            Matrix<float>& siemens) const {
  const auto state = devices.state().col(source);
  if (devices.write_noise().size() == 0)
    siemens.col(source) = conductances(state);
  else
    siemens.col(source) = conductances(state + devices.write_noise().col(source));
  if (retention != nullptr)
    retention->apply_to_column(source, siemens.col(source), spec_.conductance_min_siemens,
                               spec_.conductance_max_siemens, looks_);
  // drift, noise and levels are published at 300 K; what they leave follows the temperature
  if (warmth_ != 1) siemens.col(source) *= float(warmth_);
}

Matrix<float> Crossbar::programmed() const {
  if (minus_) return devices_.apparent() - minus_->apparent();
  return reference_.size() > 0 ? Matrix<float>(devices_.apparent() - reference_) : devices_.apparent();
}

Matrix<float> Crossbar::hidden() const {
  if (minus_) return devices_.state() - minus_->state();
  return reference_.size() > 0 ? Matrix<float>(devices_.state() - reference_) : devices_.state();
}

Matrix<float> Crossbar::found(std::uint64_t look) const {
  Matrix<float> states = reads_states_
                             ? devices_.state()
                             : Matrix<float>(float(1 / conductance_per_state_) * (plus_siemens_ - minus_siemens_));
  if (read_noise_ > 0)
    add_normal(verify_noise_, look, 0, float(read_noise_) / weight_scale_, states.data(), states.data(), states.size());
  converter_.convert(columns(states, 0, states.cols()));
  return states;
}

void Crossbar::found_pairs(std::uint64_t look, Matrix<float>& plus, Matrix<float>& minus) const {
  const Converter one{converter_.bits, float(std::max(spec_.device.w_max, -spec_.device.w_min))};
  const auto read = [&](const DeviceArray& devices, std::uint32_t step, Matrix<float>& states) {
    states = devices.apparent();
    if (warmth_ != 1)
      states.array() =
          float(warmth_) * states.array() + float((warmth_ - 1) * conductance_at_zero_ / conductance_per_state_);
    if (read_noise_ > 0)
      add_normal(verify_noise_, look, step, float(read_noise_ / std::sqrt(2.0)) / weight_scale_, states.data(),
                 states.data(), states.size());
    one.convert(columns(states, 0, states.cols()));
  };
  read(devices_, 1, plus);
  read(*minus_, 2, minus);
}

double Crossbar::read_variance() const {
  const double code = converter_.exact() ? 0 : double(converter_.lsb()), white = read_noise_ / double(weight_scale_);
  return code * code / 12 + white * white;
}

double Crossbar::write_variance() const {
  const double deviation = spec_.device.write_noise * spec_.device.dw_min;
  return (minus_ ? 2 : 1) * deviation * deviation;
}

void Crossbar::set_weights(const Matrix<float>& weights, int threads) {
  expect_shape("weights", weights, targets(), sources());
  expect_numbers("weights", weights);
  const Matrix<float> wanted = weights / weight_scale_;
  if (proportional()) {
    Matrix<float> plus, minus;
    place_proportional(wanted, plus, minus);
    set_states(plus, minus, threads);
  } else if (minus_ && one_sided()) {
    set_states(wanted.cwiseMax(0.0f), (-wanted).cwiseMax(0.0f), threads);
  } else if (minus_) {
    set_states(0.5f * wanted, -0.5f * wanted, threads);
  } else if (reference_.size() > 0) {
    set_states(wanted + reference_, {}, threads);
  } else {
    set_states(wanted, {}, threads);
  }
}

void Crossbar::set_states(const Matrix<float>& plus, const Matrix<float>& minus, int threads) {
  devices_.set_state(plus);
  if (minus_) minus_->set_state(minus);
  if (plus_retention_) plus_retention_->written_all();
  if (minus_retention_) minus_retention_->written_all();
  if (!reads_states_) refresh(/*solving_wires=*/true, threads);
}

// The states of proportional pairs whose differences are `wanted`: one device at its own lower bound.
void Crossbar::place_proportional(const Matrix<float>& wanted, Matrix<float>& plus, Matrix<float>& minus) const {
  const bool bounded = !exact(spec_);
  plus.resize(wanted.rows(), wanted.cols());
  minus.resize(wanted.rows(), wanted.cols());
  for (Index i = 0; i < wanted.size(); ++i) {
    const float plus_off = bounded ? devices_.cells().lower(i) : 0.0f,
                minus_off = bounded ? minus_->cells().lower(i) : 0.0f;
    plus(i) = std::max(plus_off, wanted(i) + minus_off);
    minus(i) = std::max(minus_off, plus_off - wanted(i));
  }
}

void Crossbar::add(const Matrix<float>& change, int threads) {
  expect_shape("changes of weights", change, targets(), sources());
  expect_numbers("changes of weights", change);
  if (proportional()) {
    Matrix<float> plus, minus;
    place_proportional(hidden() + change / weight_scale_, plus, minus);
    const auto still = (change.array() == 0).eval();
    // by differences, so that the noise of the last write stands
    devices_.add(still.select(0.0f, plus - devices_.state()), threads);
    minus_->add(still.select(0.0f, minus - minus_->state()), threads);
  } else if (minus_) {
    const Matrix<float> wanted = programmed() + change / weight_scale_;
    devices_.add(0.5f / weight_scale_ * change, threads);
    minus_->add(-0.5f / weight_scale_ * change, threads);
    // what one device's bound has kept back, the other one makes up for
    devices_.add(wanted - programmed(), threads);
    minus_->add(programmed() - wanted, threads);
  } else if (weight_scale_ == 1.0f) {
    devices_.add(change, threads);
  } else {
    devices_.add(change / weight_scale_, threads);
  }
  if (plus_retention_) plus_retention_->written_all();
  if (minus_retention_) minus_retention_->written_all();
  changed(threads);
}

void Crossbar::elapse(double seconds, int threads) {
  expect_between("the seconds that pass", 0, seconds, 1e12);
  if (!changes_in_time()) return;
  if (spec_.device.leak_time_s > 0) {
    constexpr double least = 1e-4;  // a decay that a float can tell from none
    leaking_s_ += seconds;
    if (leaking_s_ >= least * spec_.device.leak_time_s) {
      const double kept = std::exp(-leaking_s_ / spec_.device.leak_time_s);
      devices_.decay(kept, threads);
      if (minus_) minus_->decay(kept, threads);
      leaking_s_ = 0;
    }
  }
  ++changes_;
  if (plus_retention_) plus_retention_->elapse(seconds);
  if (minus_retention_) minus_retention_->elapse(seconds);
  if (!reads_states_) refresh(/*solving_wires=*/false, threads);
}

double Crossbar::siemens(Index target, Index source) const {
  return reads_states_ ? conductance(devices_.state()(target, source)) : double(plus_siemens_(target, source));
}

double Crossbar::subtracted_siemens(Index target, Index source) const {
  return reads_states_ ? conductance(0) : double(minus_siemens_(target, source));
}

void Crossbar::changed(int threads) {
  ++changes_;
  if (!reads_states_) refresh(/*solving_wires=*/changes_ >= spec_.wire_refresh, threads);
}

void Crossbar::solve_wires(int threads) {
  if (wire_loss_ && changes_ > 0) refresh(/*solving_wires=*/true, threads);
}

// Brings effective() up to date: conductances as they are now, minus what is subtracted, plus the loss of the wires,
// which is kept as the share that was found when they were solved last.
void Crossbar::refresh(bool solving_wires, int threads) {
  plus_siemens_.resize(targets(), sources());
  effective_.resize(targets(), sources());
  if (minus_siemens_.size() == 0) {
    minus_siemens_.setConstant(targets(), sources(), float(conductance_at_zero_));
    if (reference_.size() > 0) minus_siemens_ = conductances(reference_);
    if (warmth_ != 1) minus_siemens_ *= float(warmth_);
  }
  if (!wire_loss_) word_siemens_.resize(sources());
  const auto find = [&](Index j) {
    find_siemens(devices_, plus_retention_.get(), j, plus_siemens_);
    if (minus_) find_siemens(*minus_, minus_retention_.get(), j, minus_siemens_);
  };
  if (wire_loss_ && solving_wires) {
    parallel_for(sources(), threads, find);
    wire_loss_->compute(plus_siemens_, minus_siemens_, loss_, threads);
    changes_ = 0;
    parallel_for(sources(), threads, [&](Index j) { find_effective(j); });
  } else {
    parallel_for(sources(), threads, [&](Index j) {
      find(j);
      find_effective(j);
    });
  }
  ++looks_;
}

void Crossbar::find_effective(Index source) {
  const float per_siemens = float(1 / conductance_per_state_);
  auto effective = effective_.col(source).array();
  const auto plus = plus_siemens_.col(source).array(), minus = minus_siemens_.col(source).array();
  // cppcheck-suppress redundantInitialization; an expression of Eigen, which is written through
  effective = per_siemens * (plus - minus);
  if (!wire_loss_) {
    word_siemens_[source] = word_line_siemens(source);
    return;
  }
  const float floor = float(wire_loss_->floor_siemens);
  effective += per_siemens * loss_.plus.col(source).array() * (plus + floor);
  if (loss_.minus.size() > 0) effective -= per_siemens * loss_.minus.col(source).array() * (minus + floor);
}

void Crossbar::visit_state(Archive& archive) {
  // The states of a pair mean other weights in the other kind of pair: a name for either.
  const auto mapped_otherwise = [&](const char* group, Mapping mapping) {
    return archive.keeps(group) != (spec_.mapping == mapping);
  };
  if (archive.loading() && (mapped_otherwise("subtracted", Mapping::pair) ||
                            mapped_otherwise("subtracted_proportional", Mapping::proportional)))
    throw InputError("its weights are mapped otherwise: leave crossbar.mapping as the run has it");
  devices_.visit_state(archive);
  if (minus_)
    archive.group(proportional() ? "subtracted_proportional" : "subtracted", [&] { minus_->visit_state(archive); });
  double scale = double(weight_scale_);
  archive.number("weight_scale", scale);
  if (archive.loading() && float(scale) != weight_scale_)
    throw InputError(
        "its devices stand for other weights: leave device.preset, device.weight_range and crossbar.mapping as the run "
        "has them");
  const auto visit = [&](const char* name, const std::unique_ptr<Retention>& retention) {
    if (retention && archive.keeps(name)) archive.group(name, [&] { retention->visit_state(archive); });
  };
  visit("retention", plus_retention_);
  visit("subtracted_retention", minus_retention_);
  if (turn_.size() > 0 && archive.keeps("turn"))
    archive.matrix("turn", turn_, "1",
                   "which device of each pair takes the next odd pulse: 0, or 1 the subtracted one");
  archive.number("leaking_s", leaking_s_);
  archive.count("looks", looks_);
  if (archive.complete()) visit_wires(archive);
  if (!archive.loading() || reads_states_) return;
  if (looks_ > 0) --looks_;  // the look that was kept is taken again, and not the next one
  refresh(/*solving_wires=*/!archive.complete(), 1);
}

// What the wires took when they were solved last, and how old that is.
void Crossbar::visit_wires(Archive& archive) {
  archive.count("changes_since_wires", changes_);
  if (!wire_loss_) return;
  const std::string meaning = "share of its conductance that wires take from each device, when they were solved last";
  archive.matrix("wire_loss", loss_.plus, "1", meaning);
  if (loss_.minus.size() > 0) archive.matrix("subtracted_wire_loss", loss_.minus, "1", meaning);
}

}  // namespace settle

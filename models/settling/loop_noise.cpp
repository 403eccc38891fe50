#include "settle/models/settling/loop_noise.h"

#include <algorithm>
#include <cmath>
#include <utility>

#include "settle/models/numeric/stop.h"
#include "settle/models/sense/sense_amplifier.h"

namespace settle {
namespace {

constexpr int noise_steps = 3;
constexpr std::uint32_t draws = 2 + noise_steps;  // of each output's own noise: two of the past
// k: the amplitude that a pole passes of noise that has passed one: one way, and of what goes round, which is slow and
// partly the same; also behind amplifiers.
constexpr float one_way = 0.9f, going_round = 0.89f, round_amplifiers = 0.86f;
// Reads against the way of the signal are left out where they add less than this share to the variance of any
// population, and where the gains round pairs of reads add up to less than this: what comes back to where it was made
// adds a quarter to a half of that.
constexpr double small_share = 0.05, small_gain = 0.15;
constexpr int most_sweeps = 20;
constexpr double enough = 1.01;  // a sweep that adds less to the variance is the last one

View<float> of_chunk(const Chunk<float>& chunk, Matrix<float>& m) { return columns(m, chunk.first, chunk.count); }

}  // namespace

LoopNoise::LoopNoise(const Circuit<float>& circuit, double outputs, const Graph& names, std::uint64_t seed)
    : circuit_(circuit), outputs_(float(outputs)) {
  for (const Population& p : names.populations)
    of_.push_back({Stream(seed, p.name, Purpose::loop_noise), {}, {}, {}, {}, {}, {}, {}, {}, {}});
}

void LoopNoise::set_read_noise(Index p, Vector<float> variance) {
  of_[std::size_t(p)].read_variance = std::move(variance);
}

void LoopNoise::start(bool clamped, Index samples) {
  clamped_ = clamped;
  for (Index p = 1; p < circuit_.readout(); ++p) {
    OfPopulation& of = of_[std::size_t(p)];
    for (Matrix<float>* m : {&of.slope, &of.rms, &of.before, &of.drive, &of.next, &of.line, &of.outputs})
      m->resize(circuit_.size(p), samples);
    of.passing = passing_of(circuit_.bank(p));
  }
  find_ways();
  loop_.assign(std::size_t(samples), Loop::unknown);
}

// The variance is that of noise of the pole T behind the poles T and a T.
LoopNoise::Passing LoopNoise::passing_of(const Bank<float>& bank) {
  if (bank.drive_tau_s.size() == 0) return {};
  const double tau_s = double(bank.tau_s.mean()), lag_s = double(bank.drive_tau_s.mean());
  const ClosedLoop poles{1, 0, tau_s + lag_s, tau_s * lag_s, 0};
  const double variance = noise_bandwidth_hz(poles, tau_s) / noise_bandwidth_hz(tau_s);
  const double newest = 0.5 / (1 + lag_s / tau_s);
  return {float(newest), float(std::sqrt(variance - newest * newest)), float(newest), true};
}

void LoopNoise::clear() {
  for (OfPopulation& of : of_) of.outputs.resize(0, 0);
}

double LoopNoise::power_of(const Way& way) const {
  const Read<float>& read = *way.read;
  const Vector<float> ones = Vector<float>::Ones(circuit_.size(read.driver));
  Vector<float> power = Vector<float>::Zero(circuit_.size(read.sink));
  read.weights.add_squared_product(read.side, way.factor * way.factor, {ones.data(), ones.size(), 1},
                                   {power.data(), power.size(), 1});
  return double(power.mean());
}

// Signals go the way of the larger gains: forwards, unless lines carry differences.
void LoopNoise::find_ways() {
  ways_.clear();
  double forwards = 0, backwards = 0;
  for (const Read<float>& read : circuit_.reads()) {
    if (read.role != Role::recurrent) continue;
    Way way{&read, float(circuit_.line_gain(read, clamped_)) * read.weights.scale, 0};
    way.power = power_of(way);
    (read.forward() ? forwards : backwards) += way.power;
    ways_.push_back(way);
  }
  forwards_ = forwards >= backwards;
}

// Whether reads against the way of the signal matter: to a population whose noise is small by itself, or where the
// gains round all pairs of reads there and back add up.
bool LoopNoise::comes_round(const Chunk<float>& chunk) const {
  std::vector<double> slope(of_.size()), own(of_.size()), passed_on(of_.size());
  for (Index p = 1; p < circuit_.readout(); ++p) {
    const OfPopulation& of = of_[std::size_t(p)];
    slope[std::size_t(p)] = double(columns(of.slope, chunk.first, chunk.count).mean());
    own[std::size_t(p)] = double(columns(of.rms, chunk.first, chunk.count).cwiseAbs2().mean());
  }
  const auto arriving = [&](Index p, bool with_signal) {
    double variance = 0;
    for (const Way& way : ways_)
      if (way.read->sink == p && with_the_signal(way) == with_signal)
        variance += way.power * passed_on[std::size_t(way.read->driver)];
    return slope[std::size_t(p)] * slope[std::size_t(p)] * variance;
  };
  for (Index i = 1; i < circuit_.readout(); ++i) {
    const Index p = in_order(i);
    const double arrived = arriving(p, true);
    passed_on[std::size_t(p)] = own[std::size_t(p)] / 2 + double(one_way) * double(one_way) * arrived;
    own[std::size_t(p)] += arrived;
  }
  double round = 0;
  for (Index p = 1; p < circuit_.readout(); ++p)
    if (arriving(p, false) > small_share * own[std::size_t(p)]) return true;
  for (const Way& there : ways_)
    for (const Way& back : ways_)
      if (there.read->forward() && back.read->sink == there.read->driver && back.read->driver == there.read->sink)
        round += std::sqrt(there.power * back.power) * slope[std::size_t(back.read->sink)] *
                 slope[std::size_t(there.read->sink)];
  return round > small_gain;
}

void LoopNoise::draw(const Chunk<float>& chunk, std::uint64_t first_sample, std::uint32_t number) {
  Loop& loop = loop_[std::size_t(chunk.first)];
  if (loop == Loop::unknown) {
    for (Index p = 1; p < circuit_.readout(); ++p) linearise(chunk, p);
    loop = comes_round(chunk) ? Loop::closed : Loop::open;
  }
  const bool round = loop == Loop::closed;
  for (Index p = 1; p < circuit_.readout(); ++p) {
    OfPopulation& of = of_[std::size_t(p)];
    draw_own(chunk, p, first_sample, draws * number, of.outputs);
    if (!drives(p, round)) continue;
    draw_own(chunk, p, first_sample, draws * number + 1, of.before);
  }
  solve_past(chunk, round);
  for (std::uint32_t i = 2; i < draws && round; ++i) step(chunk, first_sample, draws * number + i);
  for (Index p = 1; p < circuit_.readout(); ++p) {
    if (!is_driven(p, round)) continue;
    OfPopulation& of = of_[std::size_t(p)];
    of_chunk(chunk, of.outputs) += of_chunk(chunk, of.slope).cwiseProduct(of_chunk(chunk, of.drive));
  }
}

bool LoopNoise::is_driven(Index p, bool all_reads) const {
  return std::any_of(ways_.begin(), ways_.end(),
                     [&](const Way& way) { return way.read->sink == p && (all_reads || with_the_signal(way)); });
}

bool LoopNoise::drives(Index p, bool all_reads) const {
  return std::any_of(ways_.begin(), ways_.end(),
                     [&](const Way& way) { return way.read->driver == p && (all_reads || with_the_signal(way)); });
}

// The slopes of the neurons, and the rms of their outputs' own noise.
void LoopNoise::linearise(const Chunk<float>& chunk, Index p) {
  OfPopulation& of = of_[std::size_t(p)];
  const Bank<float>& bank = circuit_.bank(p);
  BankState<float>& state = chunk.bank(p);
  View<float> slope = of_chunk(chunk, of.slope), rms = of_chunk(chunk, of.rms);
  bank.activation->slope(bank.parameters(), chunk.view(state.drive).data(), chunk.view(state.state).data(),
                         slope.data(), slope.rows(), slope.cols());
  if (bank.membrane_noise.size() == 0 && of.read_variance.size() == 0) {
    rms.setConstant(outputs_);
    return;
  }
  Vector<float> variance = Vector<float>::Zero(slope.rows());
  if (bank.membrane_noise.size() > 0) variance = bank.membrane_noise.cwiseAbs2();
  const float added = outputs_ * outputs_;
  for (Index c = 0; c < slope.cols(); ++c) {
    const float of_reads = of.read_variance.size() > 0 ? of.read_variance[chunk.first + c] : 0.0f;
    rms.col(c).array() = (slope.col(c).array().square() * (variance.array() + of_reads) + added).sqrt();
  }
}

void LoopNoise::draw_own(const Chunk<float>& chunk, Index p, std::uint64_t first_sample, std::uint32_t step,
                         Matrix<float>& own) {
  OfPopulation& of = of_[std::size_t(p)];
  for (Index c = 0; c < chunk.count; ++c) {
    auto column = own.col(chunk.first + c);
    fill_normal(of.stream, first_sample + std::uint64_t(c), step, column.data(), column.size());
    column.array() *= of.rms.col(chunk.first + c).array();
  }
}

// drive <- what arrives at population p's membranes. `line(driver, passing)` fills the driver's `line` with what the
// poles before the membranes leave of its noise.
template <class Line>
void LoopNoise::sum_drive(const Chunk<float>& chunk, Index p, bool all_reads, Matrix<float>& drive, const Line& line) {
  View<float> sum = of_chunk(chunk, drive);
  float keep = 0;
  for (const Way& way : ways_) {
    const Read<float>& read = *way.read;
    if (read.sink != p || !(all_reads || with_the_signal(way))) continue;
    OfPopulation& driver = of_[std::size_t(read.driver)];
    View<float> carried = of_chunk(chunk, driver.line);
    line(driver, of_[std::size_t(p)].passing, carried);
    if (circuit_.curvature() != 0 && !(clamped_ && circuit_.clamped_lines() == ClampedLines::differences))
      carried.array() *= (circuit_.curvature() * chunk.view(chunk.bank(read.driver).state).array()).cosh();
    read.weights.add_product(read.side, way.factor, columns(std::as_const(driver.line), chunk.first, chunk.count), keep,
                             sum);
    keep = 1;
  }
  if (keep == 0) sum.setZero();
}

// Sweeps until no more comes round, as the circuit's phases are solved.
void LoopNoise::solve_past(const Chunk<float>& chunk, bool all_reads) {
  const auto line = [&](OfPopulation& driver, const Passing& passing, View<float> carried) {
    const float k = !all_reads ? one_way : passing.amplified ? round_amplifiers : going_round;
    carried = passing.own * of_chunk(chunk, driver.outputs) + passing.own_before * of_chunk(chunk, driver.before) +
              k * of_chunk(chunk, driver.slope).cwiseProduct(of_chunk(chunk, driver.drive));
  };
  for (Index p = 1; p < circuit_.readout(); ++p)  // one sweep finds all that it needs but what is not driven
    if (all_reads || !is_driven(p, false)) of_chunk(chunk, of_[std::size_t(p)].drive).setZero();
  double last = 0;
  for (int sweep = 0; sweep < (all_reads ? most_sweeps : 1); ++sweep) {
    go_on_or_stop();
    double power = 0;
    for (Index i = 1; i < circuit_.readout(); ++i) {
      OfPopulation& of = of_[std::size_t(in_order(i))];
      if (!is_driven(in_order(i), all_reads)) continue;  // its drive is zero
      sum_drive(chunk, in_order(i), all_reads, of.drive, line);
      if (all_reads) power += double(of_chunk(chunk, of.drive).squaredNorm());
    }
    if (power <= enough * last) return;
    last = power;
  }
}

// A step of the trapezoid rule, in one sweep: what is further on in it is taken as it was a step before.
void LoopNoise::step(const Chunk<float>& chunk, std::uint64_t first_sample, std::uint32_t step) {
  for (Index p = 1; p < circuit_.readout(); ++p) {
    OfPopulation& of = of_[std::size_t(p)];
    of_chunk(chunk, of.before) = of_chunk(chunk, of.outputs);
    draw_own(chunk, p, first_sample, step, of.outputs);
    of_chunk(chunk, of.next) = of_chunk(chunk, of.drive);
  }
  const auto line = [&](OfPopulation& driver, const Passing& passing, View<float> carried) {
    carried = passing.own * of_chunk(chunk, driver.outputs) + passing.own_before * of_chunk(chunk, driver.before) +
              of_chunk(chunk, driver.slope)
                  .cwiseProduct((1 - passing.newest) * of_chunk(chunk, driver.drive) +
                                passing.newest * of_chunk(chunk, driver.next));
  };
  for (Index i = 1; i < circuit_.readout(); ++i)
    sum_drive(chunk, in_order(i), /*all_reads=*/true, of_[std::size_t(in_order(i))].next, line);
  for (Index p = 1; p < circuit_.readout(); ++p) {
    OfPopulation& of = of_[std::size_t(p)];
    of_chunk(chunk, of.drive) = of_chunk(chunk, of.next);
  }
}

double LoopNoise::mean_square_arrived(Index p) const {
  const OfPopulation& of = of_[std::size_t(p)];
  return double(of.slope.cwiseProduct(of.drive).squaredNorm()) / double(of.drive.size());
}

}  // namespace settle

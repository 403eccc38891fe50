#include "settle/hw/testbench_parts.h"

#include <cmath>
#include <utility>

#include "settle/models/error.h"

namespace settle::hw {
namespace {

const Block of_one_sample{1, 1, 0, 1};
constexpr std::size_t most_levels = 16000000;  // 64 MB

}  // namespace

Neurons::Neurons(const std::string& name, const BankSpec& spec, Index size, std::uint64_t seed)
    : bank(make_bank<float>(spec, size, name, seed)),
      transient(bank, /*signal=*/1, ClampedLines::states, /*curvature=*/0, {spec.noise, spec.membrane_noise > 0}, name,
                seed),
      module(name.c_str(), transient),
      output((name + "_output").c_str()) {
  module.output(output);
  now.resize(size, 1);
}

void Neurons::expect_numbers(const std::string& name) const {
  if (!now.external.allFinite()) throw InputError(name + ": its drive from outside (now.external) is not a number");
}

void Neurons::start() {
  reset(bank, now, 0, 1);
  transient.start(now, 0, 1, /*clamped=*/false, of_one_sample.first_sample);
  module.start(of_one_sample);
}

Source::Source(const std::string& name, Index size, Waveform waveform)
    : name_(name), size_(size), waveform_(std::move(waveform)), output_((name + "_output").c_str()) {}

Matrix<float> Source::levels(double seconds) {
  Matrix<float> lines(size_, 1);
  for (Index i = 0; i < size_; ++i) {
    const double level = waveform_(i, seconds);
    if (!std::isfinite(level)) throw InputError(name_ + ".v" + std::to_string(i) + ": its waveform is not a number");
    lines(i, 0) = float(level);
  }
  if (!waveform_.card()) keep(lines);
  return lines;
}

void Source::keep(const Matrix<float>& lines) {
  if (is_too_long_) return;
  is_too_long_ = record_.size() + std::size_t(size_) > most_levels;
  if (is_too_long_)
    std::vector<float>().swap(record_);
  else
    record_.insert(record_.end(), lines.data(), lines.data() + size_);
}

void Source::start() {
  record_.clear();
  is_too_long_ = false;
  output_.preset(levels(0));
}

void Source::look(double seconds) { output_.next() = levels(seconds); }

std::vector<std::string> Source::spice_sources(double step_s, double full_scale_v) const {
  if (is_too_long_)
    throw InputError(name_ + ": has had more than " + std::to_string(most_levels) +
                     " levels, which a deck would have to name: write one after a shorter run");
  std::vector<std::string> sources;
  for (Index line = 0; line < size_; ++line) {
    if (waveform_.card()) {
      sources.push_back(waveform_.card()(line, full_scale_v));
      continue;
    }
    std::vector<std::pair<double, double>> points;
    for (std::size_t k = 0; k < record_.size() / std::size_t(size_); ++k)
      points.emplace_back(double(k) * step_s,
                          full_scale_v * double(record_[k * std::size_t(size_) + std::size_t(line)]));
    sources.push_back(spice::pwl(points));
  }
  return sources;
}

}  // namespace settle::hw

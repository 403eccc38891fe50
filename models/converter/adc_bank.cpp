#include "settle/models/converter/adc_bank.h"

#include <algorithm>
#include <cmath>
#include <limits>

namespace settle {

AdcBank::AdcBank(const Converter& nominal, const ConverterErrors& errors, Index lines, Index lines_per_adc,
                 const std::string& name, std::uint64_t seed)
    : nominal_(nominal), lines_per_adc_(lines_per_adc) {
  if (!errors.any()) return;
  check_bits_with_errors(nominal.bits);
  const Index adcs = (lines + lines_per_adc - 1) / lines_per_adc;
  const Index transitions = (Index(1) << nominal.bits) - 1;
  const double first = 0.5 - double(transitions + 1) / 2;
  const Stream stream(seed, name, Purpose::converter_errors);
  levels_.resize(transitions + 2 * beyond, adcs);
  guess_offset_.resize(adcs);
  guess_slope_.resize(adcs);
  for (Index a = 0; a < adcs; ++a) {
    const TransferCurve curve = draw_curve(errors, transitions, stream, a);
    for (Index k = 0; k < transitions; ++k)
      levels_(k + beyond, a) = float(curve.offset_lsb + curve.gain * (first + double(k) + curve.inl_lsb[k]));
    levels_.col(a).head(beyond).setConstant(-std::numeric_limits<float>::infinity());
    levels_.col(a).tail(beyond).setConstant(std::numeric_limits<float>::infinity());
    std::sort(levels_.col(a).data(), levels_.col(a).data() + levels_.rows());
    guess_slope_[a] = float(1 / curve.gain);
    guess_offset_[a] = float(1 - first - curve.offset_lsb / curve.gain);
  }
}

void AdcBank::convert(View<float> values, float gain) const {
  if (levels_.size() == 0) {
    nominal_.convert(values, gain);
    return;
  }
  if (gain < 1e-30f) {
    values.setZero();
    return;
  }
  const float step = nominal_.lsb();
  const float to_lsb = gain / step, from_lsb = step / gain;
  const int lowest = -(1 << (nominal_.bits - 1));
  for (Index c = 0; c < values.cols(); ++c) {
    float* column = values.col(c).data();
    for (Index a = 0, line = 0; line < values.rows(); ++a) {
      const float* levels = levels_.col(a).data();
      for (const Index last = std::min(line + lines_per_adc_, values.rows()); line < last; ++line)
        if (!std::isnan(column[line]))
          column[line] = float(lowest + count(levels, column[line] * to_lsb, a)) * from_lsb;
    }
  }
}

// The converter's gain and offset give a first guess, its INL there a second one, and the four transitions about that
// one nearly always the answer: without a branch, which the processor could not predict.
int AdcBank::count(const float* levels, float x, Index adc) const {
  const float most = float(levels_.rows() - 2 * beyond), slope = guess_slope_[adc];
  x = std::min(std::max(x, -1e30f), 1e30f);  // within the infinities that end the table
  const auto within = [most](float n) { return int(std::min(std::max(n, 0.0f), most)); };
  const float* transition = levels + beyond - 1;  // [n]: from the count n - 1 to n
  const int first = std::max(within(guess_offset_[adc] + slope * x), 1);
  int n = within(float(first) + slope * (x - transition[first]));
  const float* about = transition + n;
  n += int(x >= about[-1]) + int(x >= about[0]) + int(x >= about[1]) + int(x >= about[2]) - 2;
  while (x >= transition[n + 1]) ++n;
  while (x < transition[n]) --n;
  return n;
}

}  // namespace settle

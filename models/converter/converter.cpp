#include "settle/models/converter/converter.h"

#include <algorithm>
#include <cmath>

namespace settle {

void Converter::convert(View<float> values, float gain) const {
  if (exact()) return;
  if (gain < 1e-30f) {
    values.setZero();
    return;
  }
  const float step = lsb();
  const float lowest = -float(1u << (bits - 1)), highest = float(1u << (bits - 1)) - 1;
  values = (values.array() * (gain / step)).rint().max(lowest).min(highest) * (step / gain);
}

int Converter::code(float value, float gain) const {
  if (exact() || gain < 1e-30f) return 0;
  const float lowest = -float(1u << (bits - 1)), highest = float(1u << (bits - 1)) - 1;
  return int(std::clamp(std::rint(value * (gain / lsb())), lowest, highest));
}

int pixel_code(int bits, std::uint8_t pixel) {
  if (bits == 0 || bits >= 8) return pixel;
  return int(std::rint(float(pixel) * (float((1u << bits) - 1) / 255.0f)));
}

void convert_pixels(int bits, const Matrix<std::uint8_t>& pixels, Index first, View<float> out) {
  const auto codes = pixels.middleCols(first, out.cols()).cast<float>().array();
  if (bits == 0 || bits >= 8) {
    out = codes / 255.0f;
  } else {
    const float levels = float((1u << bits) - 1);
    out = (codes * (levels / 255.0f)).rint() / levels;
  }
}

float ranging_gain(float peak, float full_scale, float most) {
  if (!(peak > 0)) return 1.0f;
  const float octave = std::exp2(std::floor(std::log2(full_scale / peak)));
  return std::min(std::max(octave, 1.0f), most);
}

}  // namespace settle

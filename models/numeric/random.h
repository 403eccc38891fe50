// Random numbers as a function of (seed, name, purpose, sample, step, element): nothing is drawn "next", so the order
// of work, the number of threads and the size of blocks do not change a result.
//
// The generator is Philox 4x32-10 (Salmon et al., SC 2011; Random123). `Stream` is its key.
#pragma once

#include <cstdint>
#include <string_view>

#include "settle/models/numeric/matrix.h"

namespace settle {

/// The purpose that a number is drawn for. Two purposes of one instance are independent streams.
enum class Purpose : std::uint32_t {
  initial_weights,
  feedback_weights,
  device_spread,
  pulse_noise,
  gain_mismatch,
  offset_mismatch,
  free_hold,
  clamped_hold,
  readout,
  batches,
  topology,
  pulse_trains,
  pulse_account,
  test,
  flicker,
  drift_spread,
  read_noise,
  faults,
  endurance,
  tau_mismatch,
  amplitude_mismatch,
  membrane_noise,
  output_noise,
  converter_errors,
  amplifier_offset,
  amplifier_gain,
  amplifier_noise,
  hold_leakage,
  hold_injection,
  sense_offset,
  readout_noise,
  figures,
  write_noise,
  reset_spread,
  reference_error,
  verify_noise,
  loop_noise,
  held_drive,
  lock_in
};

/// The stream of one instance and purpose: the key of the counter-based generator.
struct Stream {
  std::uint32_t key[2];

  Stream(std::uint64_t seed, std::string_view instance, Purpose purpose);
};

/// The four 32-bit words of the stream at (element, sample, step).
struct Words {
  std::uint32_t w[4];
};
Words random_words(const Stream& stream, std::uint32_t element, std::uint64_t sample, std::uint32_t step);

/// A UniformRandomBitGenerator over one (sample, step) of a stream, for Boost.Random's distributions at elaboration.
class Engine {
 public:
  using result_type = std::uint32_t;
  static constexpr result_type min() { return 0; }
  static constexpr result_type max() { return 0xffffffffu; }

  explicit Engine(const Stream& stream, std::uint64_t sample = 0, std::uint32_t step = 0)
      : stream_(stream), sample_(sample), step_(step) {}

  result_type operator()() {
    if (used_ == 4) {
      words_ = random_words(stream_, element_++, sample_, step_);
      used_ = 0;
    }
    return words_.w[used_++];
  }

 private:
  Stream stream_;
  std::uint64_t sample_;
  std::uint32_t step_;
  std::uint32_t element_ = 0;
  int used_ = 4;
  Words words_{};
};

/// out[i] = in[i] + sigma xi_i for i in [0, n), xi standard normal, in bulk. xi_i depends on (stream, sample, step, i)
/// alone. `in` may be `out`.
void add_normal(const Stream& stream, std::uint64_t sample, std::uint32_t step, float sigma, const float* in,
                float* out, Index n);

/// out[i] = xi_i, standard normal: a function of (stream, sample, step, i) alone.
void fill_normal(const Stream& stream, std::uint64_t sample, std::uint32_t step, float* out, Index n);

}  // namespace settle

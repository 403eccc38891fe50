// Rows of converters on the chip, with what their conversions cost.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "settle/models/archive.h"
#include "settle/models/converter/adc_bank.h"
#include "settle/models/converter/dac_bank.h"
#include "settle/models/cost/meter.h"
#include "settle/models/numeric/block.h"

namespace settle {

/// Books conversions by `adcs` ADCs that are on for `seconds`: their energy, their references', and their codes' way to
/// the host.
void book_adc_conversions(Meter& meter, const std::string& component, int bits, double conversions, double adcs,
                          double seconds);

/// How many of some codes are clipped: further beyond the range than one code, so that saturated states are not. And
/// the energy that this takes from the signal, as sums of squares behind the gain: of all of it, and of what is lost.
struct Clipping {
  double codes = 0, clipped = 0;
  double squares = 0, lost_squares = 0;
  double share() const { return codes > 0 ? clipped / codes : 0; }
  double lost_energy() const { return squares > 0 ? lost_squares / squares : 0; }

  void visit_state(const std::string& name, Archive& archive) {
    archive.group(name, [&] {
      archive.number("codes", codes);
      archive.number("clipped", clipped);
      archive.number("squares", squares);
      archive.number("lost_squares", lost_squares);
    });
  }
};

/// A DAC for each line. Both methods return the time of one sample's conversion, in seconds.
class DacRow {
 public:
  DacRow(std::string name, DacBank bank, Meter& meter)
      : name_(std::move(name)), bank_(std::move(bank)), meter_(meter) {}

  /// out (lines x samples of the block) <- the levels of 8-bit pixel codes, 0 to 1 of full scale.
  double convert_pixels(const Block& block, const Matrix<std::uint8_t>& pixels, Matrix<float>& out);
  /// values <- the levels of their codes.
  double convert(const Block& block, Matrix<float>& values);
  const DacBank& model() const { return bank_; }
  const std::string& name() const { return name_; }

  /// The code that line i got last, for the block's first sample; 0 before the first conversion and for an exact
  /// converter.
  int code(Index i) const { return i < Index(codes_.size()) ? codes_[std::size_t(i)] : 0; }

 private:
  double book(const Block& block, Index lines);

  std::string name_;
  DacBank bank_;
  Meter& meter_;
  std::vector<int> codes_;
};

/// The ADCs behind a bank or a read-out; several columns share one. convert() returns the time of one sample's
/// conversion, in seconds.
class AdcRow {
 public:
  AdcRow(std::string name, AdcBank bank, Meter& meter)
      : name_(std::move(name)), bank_(std::move(bank)), meter_(meter) {}

  /// values <- the values that their codes stand for. An amplifier of `gain` stands before the ADCs and is divided out
  /// again.
  double convert(const Block& block, Matrix<float>& values, float gain = 1.0f);
  /// Adds to `count` what convert() will clip of the block's samples.
  void count_clipped(const Block& block, const Matrix<float>& values, float gain, Clipping& count) const;
  const AdcBank& model() const { return bank_; }
  /// The code of column i for the block's first sample, once its conversion has ended; 0 before that, and for an exact
  /// converter.
  int code(Index i) const;

 private:
  std::string name_;
  AdcBank bank_;
  Meter& meter_;
  std::vector<int> codes_, codes_before_;
  Time ended_;  // when the last conversion ended, from which on code() shows its codes
};

}  // namespace settle

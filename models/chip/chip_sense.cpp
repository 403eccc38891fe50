// The chip's sense amplifiers, and what they make of its neurons' drives.
#include <cmath>
#include <utility>

#include "models/chip/chip.h"

namespace settle {

void Chip::build_sense() {
  const Index readout = circuit_->readout();
  const ChipSpec& chip = design_.chip;
  sense_.resize(std::size_t(readout + 1));
  gain_.resize(sense_.size());
  shift_.resize(sense_.size());
  for (Index p = 1; p <= readout; ++p) {
    // a logit is converted at its own full scale
    const double volts_per_drive = chip.neuron_full_scale_v / (p == readout ? design_.converter.logit_full_scale : 1.0);
    std::vector<SensedRead> reads;
    for (std::size_t i = 0; i < circuit_->reads().size(); ++i) {
      const Read<float>& read = circuit_->reads()[i];
      if (read.sink != p) continue;
      const CrossbarMacro& array = array_of_read(i);
      const double gain = read.gain * (read.role == Role::nudge ? design_.learning.nudge : 1.0) / amplitude(read);
      SensedRead sensed{&array, read.side, gain * array.model().weight_per_siemens() / chip.read_v, volts_per_drive};
      sensed.duty = duty(i);
      sensed.of_nudge = read.role == Role::nudge;
      if (duty(i) < 1) sensed.settles_s = duty(i) * read_period_s();
      // in twice the time, neurons stand still while the other direction is read
      const bool stands_still = design_.crossbar.turns == Turns::twice && design_.crossbar.read_duty == 1;
      if (duty(i) < 1 && !stands_still) {
        sensed.period_s = read_period_s();
        sensed.pulse_s = duty(i) * sensed.period_s;
      }
      reads.push_back(sensed);
    }
    // logits are converted without a membrane in between
    const Vector<double> membrane_s =
        p == readout ? Vector<double>::Zero(circuit_->size(p)).eval() : circuit_->bank(p).tau_s.cast<double>().eval();
    sense_[std::size_t(p)] =
        std::make_unique<SenseStage>(design_.sense, design_.noise, chip, charged_bits(int(design_.converter.adc_bits)),
                                     membrane_s, std::move(reads), design_.graph.population(p).name, design_.seed);
    gain_[std::size_t(p)] = circuit_->bank(p).gain;
    shift_[std::size_t(p)] = circuit_->bank(p).shift;
  }
  refresh_sense();
}

// Amplifiers follow the weights, whose conductances hang on their lines.
void Chip::refresh_sense() {
  // without settling times yet: as long as a neuron by itself takes
  const double bits = charged_bits(int(design_.converter.adc_bits));
  const double alone_s = design_.neuron.tau_s * (bits + 1) * std::log(2.0);
  const double available_s = times_.read_s > 0 ? times_.read_s : alone_s;
  for (Index p = 1; p <= circuit_->readout(); ++p) {
    // logits are read while they are converted
    const double conversion_s = meter_.costs().adc_conversion_s(circuit_->size(p), int(design_.converter.adc_bits));
    sense_[std::size_t(p)]->refresh(p < circuit_->readout() ? available_s : conversion_s, design_.threads);
    if (p < circuit_->readout()) apply_sense(p);
  }
}

// Finite gain takes its share of a neuron's gain, offsets shift its input, and noise reaches its membrane.
void Chip::apply_sense(Index p) {
  const SenseStage& sense = *sense_[std::size_t(p)];
  Bank<float>& bank = circuit_->bank(p);
  const auto i = std::size_t(p);
  if (design_.sense.gain > 0) bank.gain = gain_[i].cwiseProduct(sense.signal().cast<float>());
  if (design_.sense.offset_v > 0) bank.shift = shift_[i] + gain_[i].cwiseProduct(sense.offset().cast<float>());
  // an amplifier that lags by nothing is none
  if (sense.tau_s().minCoeff() > 0) bank.drive_tau_s = sense.tau_s().cast<float>();
  if (!design_.noise.physical) return;
  const double membrane = design_.neuron.membrane_noise * design_.neuron.membrane_noise;
  bank.membrane_noise = (sense.noise().array() + membrane).sqrt().matrix().cast<float>();
}

// What the read-out's amplifiers do to the logits: their signal, their offset, and noise that an ADC samples.
void Chip::add_sense_noise(Matrix<float>& logits) {
  const SenseStage& sense = *sense_[std::size_t(circuit_->readout())];
  if (design_.sense.gain > 0) logits = sense.signal().cast<float>().asDiagonal() * logits;
  if (design_.sense.offset_v > 0) logits.colwise() += sense.offset().cast<float>();
  if (!design_.noise.physical) return;
  const Vector<float> rms = sense.noise().cwiseSqrt().cast<float>();
  const Stream stream(design_.seed, "logits", Purpose::readout_noise);
  block_.for_chunks([&](Index, Index first, Index width) {
    Vector<float> xi(logits.rows());
    for (Index c = first; c < first + width; ++c) {
      fill_normal(stream, block_.first_sample + std::uint64_t(c), reads_, xi.data(), xi.size());
      logits.col(c) += rms.cwiseProduct(xi);
    }
  });
}

}  // namespace settle

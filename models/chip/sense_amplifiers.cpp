#include "settle/models/chip/sense_amplifiers.h"

#include <utility>

namespace settle {

SenseAmplifiers::SenseAmplifiers(const ChipDesign& design, Circuit<float>& circuit, const DrivenReads& reads)
    : design_(design), circuit_(circuit), reads_(reads) {
  const Index readout = circuit.readout();
  stages_.resize(std::size_t(readout + 1));
  clamped_stages_.resize(stages_.size());
  gain_.resize(stages_.size());
  shift_.resize(stages_.size());
  for (Index p = 1; p <= readout; ++p) {
    stages_[std::size_t(p)] = stage(p, false);
    if (turned_round() && p < readout) clamped_stages_[std::size_t(p)] = stage(p, true);
    gain_[std::size_t(p)] = circuit.bank(p).gain;
    shift_[std::size_t(p)] = circuit.bank(p).shift;
  }
}

// Where gains are turned round, a phase has the amplifiers of the lines that it drives; otherwise all are there in
// both.
std::unique_ptr<SenseStage> SenseAmplifiers::stage(Index p, bool clamped) const {
  const bool is_readout = p == circuit_.readout();
  // a logit is converted at its own full scale
  const double volts_per_drive =
      design_.chip.neuron_full_scale_v / (is_readout ? design_.converter.logit_full_scale : 1.0);
  std::vector<SensedRead> of_bank;
  for (std::size_t i = 0; i < circuit_.reads().size(); ++i) {
    const Read<float>& read = circuit_.reads()[i];
    if (read.sink != p) continue;
    if (turned_round() && read.role == (clamped ? Role::input : Role::nudge)) continue;
    of_bank.push_back(sensed(i, volts_per_drive, clamped));
  }
  // logits are converted without a membrane in between
  const Vector<double> membrane_s =
      is_readout ? Vector<double>::Zero(circuit_.size(p)).eval() : circuit_.bank(p).tau_s.cast<double>().eval();
  return std::make_unique<SenseStage>(design_.sense, design_.noise, design_.chip,
                                      charged_bits(int(design_.converter.adc_bits)), membrane_s, std::move(of_bank),
                                      design_.graph.population(p).name, design_.seed);
}

SensedRead SenseAmplifiers::sensed(std::size_t i, double volts_per_drive, bool clamped) const {
  const Read<float>& read = circuit_.reads()[i];
  const CrossbarMacro& array = reads_.array(i);
  const double duty = reads_.duty(i), period_s = reads_.period_s();
  const double of_lines =
      read.role == Role::recurrent || read.role == Role::nudge ? circuit_.line_gain(read, clamped) : read.gain;
  const double gain = of_lines / reads_.amplitude(i, clamped);
  SensedRead sensed{&array, read.side, gain * array.model().weight_per_siemens() / design_.chip.read_v,
                    volts_per_drive};
  sensed.duty = duty;
  sensed.of_nudge = read.role == Role::nudge;
  if (duty < 1) sensed.settles_s = duty * period_s;
  // in twice the time, neurons stand still while the other direction is read
  const bool stands_still = design_.crossbar.turns == Turns::twice && design_.crossbar.read_duty == 1;
  if (duty < 1 && !stands_still) {
    sensed.period_s = period_s;
    sensed.pulse_s = duty * period_s;
  }
  return sensed;
}

double SenseAmplifiers::amplifiers() const {
  double all = 0;
  for (const auto& stage : stages_)
    if (stage) all += stage->amplifiers();
  // those of the other phase are the same ones, but for the nudge's
  for (const auto& stage : clamped_stages_)
    if (stage) all += stage->nudge_amplifiers();
  return all;
}

void SenseAmplifiers::refresh(double settling_s, double conversion_s, int threads) {
  const Index readout = circuit_.readout();
  for (Index p = 1; p <= readout; ++p) {
    stages_[std::size_t(p)]->refresh(p < readout ? settling_s : conversion_s, threads);
    if (clamped_stages_[std::size_t(p)]) clamped_stages_[std::size_t(p)]->refresh(settling_s, threads);
    if (p < readout) apply(p, false);
  }
}

void SenseAmplifiers::enter(bool clamped) {
  if (!turned_round()) return;
  for (Index p = 1; p < circuit_.readout(); ++p) apply(p, clamped);
}

// The held input is gain (a_f h + o_f) + shift, with the share a_f of the signal and the offset o_f of the free phase's
// amplifiers; in the clamped phase it is written as gain (a_c h' + o_c) + shift.
void SenseAmplifiers::hold(Index p, Matrix<float>& drive) const {
  const float rail = circuit_.bank(p).rail;
  if (rail > 0) drive = drive.cwiseMin(rail).cwiseMax(-rail);
  if (design_.sense.gain == 0 && design_.sense.offset_v == 0) return;
  const SenseStage &free = of(p, false), &clamped = of(p, true);
  const Vector<float> share = free.signal().cwiseQuotient(clamped.signal()).cast<float>();
  const Vector<float> offset = (free.offset() - clamped.offset()).cwiseQuotient(clamped.signal()).cast<float>();
  drive = share.asDiagonal() * drive;
  drive.colwise() += offset;
}

void SenseAmplifiers::add_offset(Index p, Index samples, Matrix<float>& drive) const {
  if (design_.sense.offset_v == 0) return;
  const SenseStage& clamped = of(p, true);
  if (drive.size() == 0) drive.setZero(circuit_.size(p), samples);
  drive.colwise() += clamped.offset().cwiseQuotient(clamped.signal()).cast<float>().eval();
}

void SenseAmplifiers::signals_change() {
  if (!turned_round()) return;
  for (Index p = 1; p < circuit_.readout(); ++p) clamped_stages_[std::size_t(p)] = stage(p, true);
}

bool SenseAmplifiers::end_batch() {
  constexpr std::int64_t batches_between = 16;
  return ++batches_ % batches_between == 0;
}

// Finite gain takes its share of a neuron's gain, offsets shift its input, and noise reaches its membrane.
void SenseAmplifiers::apply(Index p, bool clamped) {
  const SenseStage& sense = of(p, clamped);
  Bank<float>& bank = circuit_.bank(p);
  const auto i = std::size_t(p);
  if (design_.sense.gain > 0) bank.gain = gain_[i].cwiseProduct(sense.signal().cast<float>());
  if (design_.sense.offset_v > 0) bank.shift = shift_[i] + gain_[i].cwiseProduct(sense.offset().cast<float>());
  // an amplifier that lags by nothing is none
  if (sense.tau_s().minCoeff() > 0) bank.drive_tau_s = sense.tau_s().cast<float>();
  if (!design_.noise.physical) return;
  const double membrane = design_.neuron.membrane_noise * design_.neuron.membrane_noise;
  bank.membrane_noise = (sense.noise().array() + membrane).sqrt().matrix().cast<float>();
}

void SenseAmplifiers::change_logits(const Block& block, std::uint32_t reading, Matrix<float>& logits) const {
  const SenseStage& sense = of(circuit_.readout());
  if (design_.sense.gain > 0) logits = sense.signal().cast<float>().asDiagonal() * logits;
  if (design_.sense.offset_v > 0) logits.colwise() += sense.offset().cast<float>();
  if (!design_.noise.physical) return;
  const Vector<float> rms = sense.noise().cwiseSqrt().cast<float>();
  const Stream stream(design_.seed, "logits", Purpose::readout_noise);
  block.for_chunks([&](Index, Index first, Index width) {
    Vector<float> xi(logits.rows());
    for (Index c = first; c < first + width; ++c) {
      fill_normal(stream, block.first_sample + std::uint64_t(c), reading, xi.data(), xi.size());
      logits.col(c) += rms.cwiseProduct(xi);
    }
  });
}

void SenseAmplifiers::visit_state(Archive& archive) {
  if (!archive.keeps("sense")) return;
  archive.group("sense", [&] {
    archive.count("batches", batches_);
    if (!archive.complete()) return;
    for (Index p = 1; p <= circuit_.readout(); ++p) {
      const auto i = std::size_t(p);
      const std::string& name = design_.graph.population(p).name;
      archive.group(name, [&] { stages_[i]->visit_state(archive); });
      if (clamped_stages_[i]) archive.group(name + "_clamped", [&] { clamped_stages_[i]->visit_state(archive); });
      if (archive.loading() && p < circuit_.readout()) apply(p, false);
    }
  });
}

}  // namespace settle

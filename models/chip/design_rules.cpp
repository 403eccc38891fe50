#include "models/chip/design_rules.h"

#include <algorithm>
#include <cmath>

namespace settle {
namespace {

// At 32 nm; a transistor's transit frequency and the cross section of a line follow the node.
constexpr double gbw_limit_hz = 5e9;    // a tenth of the transit frequency at a gm/I_D of 15
constexpr double line_limit_a = 40e-6;  // 2 MA/cm^2 (electromigration) in copper of 32 nm x 61 nm
constexpr double reference_node = 32;
constexpr double power_limit_w_per_mm2 = 1;  // what a package without more than air takes away
constexpr double beyond_rails_limit = 0.01;  // share of the membranes
constexpr double pitch_limit_um = 500;       // of amplifiers that stand behind each other

std::string sense_name(const Chip& chip, Index p) { return chip.design().graph.population(p).name + "_sense"; }

DesignRule bandwidth(const Chip& chip) {
  DesignRule rule{"gain-bandwidth product", "", "Hz", 0, 0, ""};
  rule.limit = gbw_limit_hz * reference_node / double(chip.design().chip.node);
  for (Index p = 1; p <= chip.circuit().readout(); ++p)
    if (chip.sense(p).largest_gbw_hz() > rule.value) {
      rule.value = chip.sense(p).largest_gbw_hz();
      rule.where = sense_name(chip, p);
    }
  rule.remedy =
      chip.design().sense.gbw_hz > 0
          ? "lower sense.gbw_hz"
          : "lower the noise gain (crossbar.mapping = \"proportional\", smaller tiles, a higher chip.read_v), "
            "raise conductances where capacitance of lines is what slows amplifiers, or raise neuron.tau_s";
  return rule;
}

// An amplifier as wide as its line's two cells.
DesignRule pitch(const Chip& chip) {
  const double side_um = std::sqrt(chip.design().cost.cell_area_f2[1]) * double(chip.design().chip.node) * 1e-3;
  const double width_um = side_um * cells_per_weight(chip.design().crossbar.mapping);
  return {"amplifiers on the pitch of their lines",
          "sense amplifiers",
          "um",
          chip.design().cost.sense_area_um2[1] / width_um,
          pitch_limit_um,
          "a smaller cost.sense_area_um2, or larger cells (cost.cell_area_f2)"};
}

DesignRule line_voltage(const Chip& chip) {
  return {"voltage of driven lines",
          "line drivers",
          "V",
          chip.design().chip.read_v,
          chip.design().chip.supply_v / 2,
          "lower chip.read_v: lines swing both ways from half of chip.supply_v"};
}

DesignRule rails(const Chip& chip) {
  const bool clips = chip.design().neuron.clips;
  return {"membranes beyond the rails",
          "neurons",
          "of all",
          clips ? 0 : chip.share_beyond_rails(),
          beyond_rails_limit,
          "set neuron.clips = true, which shows what that does, or lower chip.neuron_full_scale_v"};
}

DesignRule line_current(Chip& chip) {
  const ChipDesign& design = chip.design();
  DesignRule rule{"current of a line", "", "A", 0, 0, ""};
  rule.limit = line_limit_a * std::pow(double(design.chip.node) / reference_node, 2);
  for (std::size_t i = 0; i < chip.circuit().reads().size(); ++i) {
    const Read<float>& read = chip.circuit().reads()[i];
    const Crossbar& model = chip.array_of_read(i).model();
    const bool words = read.side == Side::word_lines;
    const Vector<double> siemens =
        words ? model.word_line_conductance(design.threads) : model.bit_line_conductance(design.threads);
    const CrossbarSpec& spec = design.crossbar;
    // the arrays that a line goes through; what is subtracted lies on bit lines of its own
    const Index down =
        spec.tiling.word_lines > 0 ? std::min(Index(spec.tiling.word_lines), model.sources()) : model.sources();
    const Index across = weights_across(spec.mapping, spec.tiling, model.targets());
    const double arrays = words ? std::ceil(double(model.targets()) / double(across))
                                : cells_per_weight(spec.mapping) * std::ceil(double(model.sources()) / double(down));
    const double amperes = siemens.maxCoeff() / arrays * design.chip.read_v;
    if (amperes <= rule.value) continue;
    rule.value = amperes;
    rule.where = chip.array_of_read(i).name();
  }
  rule.remedy = "lower device.conductance_max_siemens or chip.read_v, or smaller tiles";
  return rule;
}

DesignRule power_density(const Chip& chip, double peak_w) {
  double area_mm2 = 0;
  for (const AreaRow& row : chip.area()) area_mm2 += row.area_m2 * 1e6;
  return {"power for its area",
          "the analog part",
          "W/mm2",
          peak_w / area_mm2,
          power_limit_w_per_mm2,
          "lower device.conductance_max_siemens or chip.read_v, raise neuron.tau_s"};
}

// What a hold loses until it is converted, behind the amplifier, against half a code.
DesignRule droop(const Chip& chip) {
  const ChipDesign& design = chip.design();
  const double volts = design.hold.leakage_a * chip.longest_hold_s() / design.chip.hold_capacitance_f;
  float gain = 1;
  for (Index p = 1; p < chip.circuit().readout(); ++p) gain = std::max(gain, chip.difference_readout(p).gain());
  const bool zeroed = design.amplifier.auto_zero > 0;  // what does not change from sample to sample is taken off
  const double spread = zeroed ? 0 : volts / design.chip.neuron_full_scale_v * double(gain);
  return {"droop of held states",
          "holds",
          "of full scale",
          spread,
          std::exp2(-charged_bits(int(design.converter.adc_bits))),
          "set amplifier.auto_zero, a larger chip.hold_capacitance_f, or a smaller neuron.tau_s"};
}

DesignRule both_sides(const Chip& chip) {
  const ChipDesign& design = chip.design();
  bool both = false;
  for (std::size_t k = 0; k < design.graph.projections.size(); ++k)
    both = both || (chip.circuit().feeds_back(k) && design.graph.projections[k].forward && design.graph.symmetric);
  return {"arrays read from both sides at once",
          "arrays",
          "",
          both && design.crossbar.turns == Turns::at_once ? 1.0 : 0.0,
          0,
          "set crossbar.turns = \"halves\" or \"twice\""};
}

// A pulse has to be long enough for its amplifiers.
DesignRule pulse(const Chip& chip) {
  DesignRule rule{"settling of an amplifier in a read pulse", "", "of a pulse", 0, 1, ""};
  if (chip.design().sense.gbw_hz == 0) return rule;
  const Index readout = chip.circuit().readout();
  const double taus = (charged_bits(int(chip.design().converter.adc_bits)) + 1) * std::log(2.0);
  for (Index p = 1; p <= readout; ++p) {
    // logits settle while they are converted
    const double taus_of_pulse =
        p < readout ? chip.sense(p).slowest_of_pulse()
                    : chip.sense(p).slowest_s() / chip.meter().costs().adc_conversion_s(chip.circuit().size(p));
    if (taus * taus_of_pulse <= rule.value) continue;
    rule.value = taus * taus_of_pulse;
    rule.where = sense_name(chip, p);
  }
  rule.remedy =
      "raise sense.gbw_hz, crossbar.read_period_s or crossbar.read_duty, or conductances "
      "(device.conductance_max_siemens)";
  return rule;
}

// Neurons must not follow single pulses.
DesignRule period(const Chip& chip) {
  const ChipDesign& design = chip.design();
  const bool pulsed = design.crossbar.turns != Turns::at_once || design.crossbar.read_duty < 1;
  return {"period of turns and pulses",
          "neurons",
          "of neuron.tau_s",
          pulsed ? chip.read_period_s() / design.neuron.tau_s : 0,
          1,
          "lower crossbar.read_period_s"};
}

// What is converted to so many bits should be quieter than half a code.
DesignRule noise(const Chip& chip) {
  DesignRule rule{"noise of a state, rms", "", "of full scale", 0, 0, ""};
  rule.limit = std::exp2(-charged_bits(int(chip.design().converter.adc_bits)));
  for (const StateNoise& of : state_noise(chip))
    if (of.total() > rule.value) {
      rule.value = of.total();
      rule.where = of.population;
    }
  rule.remedy =
      "raise chip.read_v, device.conductance_max_siemens, neuron.tau_s, sense.gbw_hz or capacitances, or lower "
      "converter.adc_bits";
  return rule;
}

}  // namespace

std::vector<DesignRule> design_rules(Chip& chip, double peak_w) {
  return {bandwidth(chip), pitch(chip),        line_voltage(chip),
          rails(chip),     line_current(chip), power_density(chip, peak_w),
          droop(chip),     both_sides(chip),   pulse(chip),
          period(chip),    noise(chip)};
}

double StateNoise::total() const { return std::sqrt(drive * drive + hold * hold + extra * extra); }

std::vector<StateNoise> state_noise(const Chip& chip) {
  std::vector<StateNoise> all;
  for (Index p = 1; p < chip.circuit().readout(); ++p) {
    const Vector<float>& drive = chip.circuit().bank(p).membrane_noise;
    all.push_back({chip.design().graph.population(p).name,
                   drive.size() > 0 ? std::sqrt(double(drive.cwiseAbs2().mean())) : 0.0,
                   chip.difference_readout(p).hold_noise(), chip.design().neuron.noise});
  }
  return all;
}

}  // namespace settle

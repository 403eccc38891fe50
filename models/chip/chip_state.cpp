// What a checkpoint keeps of a chip, each part in its own order: weights and devices first, from which the rest
// follows.
#include "settle/models/chip/chip.h"

namespace settle {
namespace {

// What a reader needs to compute the network's states by itself. It follows from the configuration, and is not read.
void write_gains(Archive& archive, Projection projection) {
  archive.number("alpha", projection.alpha);
  archive.number("beta", projection.beta);
}

void write_neurons(Archive& archive, const Bank<float>& bank) {
  archive.group("neurons", [&] {
    Vector<float> gain = bank.gain, offset = bank.shift.cwiseQuotient(bank.gain),
                  amplitude = bank.amplitude.size() > 0 ? bank.amplitude : Vector<float>::Ones(bank.size()),
                  tau_s = bank.tau_s;
    archive.vector("gain", gain, "1", "of each neuron: its input is gain (drive + offset)");
    archive.vector("offset", offset, "full scale", "of each neuron, at its drive");
    archive.vector("amplitude", amplitude, "full scale", "the output of each neuron is amplitude f(input)");
    archive.vector("tau_s", tau_s, "s", "time constant of each neuron's membrane");
  });
}

}  // namespace

void Chip::visit_state(Archive& archive) {
  const Graph& graph = design_.graph;
  if (archive.complete()) meter_.visit_state(archive);  // first: arrays have clocks that are set by its time
  archive.group("projections", [&] {
    for (std::size_t k = 0; k < of_projection_.size(); ++k) {
      OfProjection& of = of_projection_[k];
      archive.group(graph.name(graph.projections[k]), [&] {
        if (!archive.loading()) write_gains(archive, graph.projections[k]);
        if (of.array) of.array->visit_state(archive);
        if (of.programmer) of.programmer->visit_state(archive);
        if (of.feedback)
          archive.group("feedback", [&] {
            of.feedback->visit_state(archive);
            of.feedback_programmer->visit_state(archive);
          });
        if (of.fast) archive.group("fast", [&] { of.fast->visit_state(archive); });
      });
    }
  });
  archive.group("populations", [&] {
    for (Index p = 1; p < graph.readout(); ++p)
      archive.group(graph.population(p).name, [&] {
        if (!archive.loading()) write_neurons(archive, circuit_->bank(p));
        double signal = circuit_->signal(p);
        if (lines_carry_differences() && archive.keeps("signal")) archive.number("signal", signal);
        if (archive.loading()) set_signal(p, signal);
        difference_readout(p).visit_state(archive);
      });
  });
  visit_auto_zero(archive);
  if (archive.loading()) {
    sense_->signals_change();
    refresh_sense();
  }
  sense_->visit_state(archive);
  visit_start(archive);
  if (!archive.complete()) return;
  visit_measured(archive);
  visit_counts(archive);
}

// What measure_settling() has found when it was called last.
void Chip::visit_measured(Archive& archive) {
  archive.group("measured", [&] {
    archive.count("times_are_measured", times_are_measured_);
    archive.number("forward_s", times_.forward_s);
    archive.number("read_s", times_.read_s);
    archive.number("free_s", times_.free_s);
    archive.number("clamped_s", times_.clamped_s);
    archive.number("second_sign_s", times_.second_sign_s);
    archive.list("free_of_sample", times_.free_of_sample_s, "s", "settling time of each sample's free phase");
    archive.list("clamped_of_sample", times_.clamped_of_sample_s, "s", "settling time of each sample's clamped phase");
    archive.count("unsettled", times_.unsettled);
    archive.number("spectral_radius", radius_settled_);
    archive.number("coupling", coupling_);
    archive.number("share_beyond_rails", share_beyond_rails_);
    Matrix<double> noise(Index(noise_at_rest_.size()), 3);
    for (Index p = 0; p < noise.rows(); ++p) {
      const NoiseAtRest& n = noise_at_rest_[std::size_t(p)];
      noise.row(p) << n.free, n.clamped, n.arrived;
    }
    archive.matrix(
        "noise_at_rest", noise, "full scale",
        "rms noise of each population's outputs in the free and in the clamped phase, and what of the former "
        "has come from others");
    for (Index p = 0; p < noise.rows() && archive.loading(); ++p)
      noise_at_rest_[std::size_t(p)] = {noise(p, 0), noise(p, 1), noise(p, 2)};
  });
}

void Chip::visit_counts(Archive& archive) {
  const auto visit = [&](const char* name, SettlingCount& count) {
    archive.group(name, [&] {
      archive.number("samples", count.samples);
      archive.number("steps", count.steps);
      archive.number("unsettled", count.unsettled);
      archive.number("cycles", count.cycles);
      archive.number("checked", count.checked);
      archive.number("elsewhere", count.elsewhere);
    });
  };
  visit("free_count", free_count_);
  visit("clamped_count", clamped_count_);
  clipped_logits_.visit_state("clipped_logits", archive);
}

}  // namespace settle

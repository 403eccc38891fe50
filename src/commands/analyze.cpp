#include <cmath>
#include <limits>

#include <fmt/format.h>

#include "hw/chip.h"
#include "models/error.h"
#include "models/learning/gradient.h"
#include "models/learning/softmax.h"
#include "models/settling/loop_matrix.h"
#include "models/settling/stability.h"
#include "models/settling/trajectory.h"
#include "src/commands/commands.h"
#include "src/config/parse.h"
#include "src/data/dataset.h"
#include "src/run/checkpoint.h"
#include "src/run/chip_spec.h"
#include "src/run/outputs.h"
#include "src/run/run_folder.h"

namespace settle {
namespace {

struct AnalyzeArguments {
  ConfigArguments config;
  std::string run;
  Index samples = 8, steps = 200;
};

struct ProjectionResult {
  std::string name;
  Alignment alignment;
};

struct SignalResult {
  std::string population;
  double rms;  // of clamped - free, fraction of full scale
};

struct Findings {
  double radius = 0, radius_settled = std::nan("");
  Trajectory trajectory;
  bool at_equilibrium = false;  // both phases of all samples are solved; without, what is measured there is NaN
  std::vector<ProjectionResult> projections;
  std::vector<SignalResult> signals;
  double noise = 0, full_scale_v = 0;
};

constexpr SettleOptions exact{Method::sweeps, 1000, 1e-6};

// Both phases of some samples on the loop of a chip, without converters and noise.
class Phases {
 public:
  Phases(const Loop<float>& loop, const Samples& samples, Index count)
      : loop_(loop), input_(samples.pixels.leftCols(count).cast<float>() / 255), labels_(samples.labels.head(count)) {
    own_.resize(std::size_t(loop.populations()));
    states_.assign(own_.size(), nullptr);
    for (Index p = 1; p < loop.readout(); ++p) {
      own_[std::size_t(p)].resize(loop.banks[std::size_t(p)]->size(), count);
      states_[std::size_t(p)] = &own_[std::size_t(p)];
    }
    drive_from_input(loop_, chunk(), columns(std::as_const(input_), 0, count));
    logits_.resize(samples.classes, count);
  }

  Chunk<float> chunk() const { return {&states_, 0, input_.cols()}; }
  const Matrix<float>& input() const { return input_; }
  const Matrix<float>& error() const { return error_; }  // of the free state
  const BankState<float>& state(Index p) const { return own_[std::size_t(p)]; }

  /// False when a phase has not settled.
  bool settle(ErrorMode mode) {
    const Settled free = settle_free(loop_, chunk(), exact);
    read_logits(loop_, chunk(), columns(logits_, 0, logits_.cols()));
    error_ = error_at(logits_);
    release(loop_, chunk());
    const Settled clamped = clamp(error_, free.contraction);
    return free.converged && clamped.converged && (mode == ErrorMode::held || recompute_error(free.contraction));
  }

 private:
  Matrix<float> error_at(Matrix<float> logits) const {
    Matrix<float> error;
    softmax(columns(std::as_const(logits), 0, logits.cols()), columns(logits, 0, logits.cols()));
    error_of(logits, labels_, error);
    return error;
  }
  Settled clamp(const Matrix<float>& error, double contraction) {
    drive_from_nudge(loop_, chunk(), columns(error, 0, error.cols()));
    return settle_clamped(loop_, chunk(), exact, contraction);
  }
  // Nudges with the error of the clamped state until that does not move.
  bool recompute_error(double contraction) {
    Matrix<float> last = error_, change(logits_.rows(), logits_.cols());
    for (int round = 0; round < 100; ++round) {
      read_logits_difference(loop_, chunk(), columns(change, 0, change.cols()));
      const Matrix<float> error = error_at(logits_ + change);
      if ((error - last).cwiseAbs().maxCoeff() <= 1e-6f) return true;
      last = error;
      if (!clamp(error, contraction).converged) return false;
    }
    return false;
  }

  const Loop<float>& loop_;
  Matrix<float> input_, logits_, error_;
  Vector<std::uint8_t> labels_;
  std::vector<BankState<float>> own_;
  std::vector<BankState<float>*> states_;
};

// With the slopes averaged over the samples, as Substrate::measure_settling has it.
double radius_at_equilibrium(const Loop<float>& loop, const Phases& phases) {
  std::vector<Vector<double>> slopes(std::size_t(loop.populations()));
  for (Index p = 1; p < loop.readout(); ++p) {
    const BankState<float>& b = phases.state(p);
    slopes[std::size_t(p)] = slopes_of(*loop.banks[std::size_t(p)], b.drive, b.state)
                                 .cwiseProduct(line_slope_of(loop, b.state))
                                 .rowwise()
                                 .mean()
                                 .cast<double>();
  }
  return spectral_radius(loop, slopes);
}

std::vector<ProjectionResult> compare_directions(hw::Substrate& substrate, const Phases& phases) {
  const Graph& graph = substrate.spec().graph;
  Settled solved;
  const Directions<float> ep = contrast_of(substrate.loop(), phases.chunk(), phases.input(), phases.error());
  const Directions<float> truth =
      descent(substrate.loop(), phases.chunk(), phases.input(), phases.error(), exact, solved);
  std::vector<ProjectionResult> results;
  for (std::size_t k = 0; k < graph.projections.size(); ++k) {
    if (!graph.projections[k].forward) continue;
    Alignment a = solved.converged ? alignment(ep[k], truth[k]) : Alignment{std::nan(""), std::nan("")};
    // the loop's matrices are normalised: W is weight_scale times them
    a.ratio *= double(substrate.array(k).model().weight_scale());
    results.push_back({graph.name(graph.projections[k]), a});
  }
  return results;
}

// The analysis of the chip's weights as they are.
Findings analyse(const Configuration& c, hw::Substrate& substrate, const Samples& test, Index count, Index steps) {
  const Loop<float>& loop = substrate.loop();
  const Graph& graph = substrate.spec().graph;
  Phases phases(loop, test, count);
  Findings result;
  result.noise = c.neuron.noise;
  result.full_scale_v = c.cost.neuron_full_scale_v;
  result.radius = spectral_radius(loop);
  // any random direction will do; this one belongs to the run's seed
  const Stream perturbation(std::uint64_t(c.run.seed), "perturbation", Purpose::initial_weights);
  result.trajectory = follow_map(loop, phases.chunk(), steps, perturbation);

  result.at_equilibrium = phases.settle(c.learning.error);
  if (result.at_equilibrium) {
    result.radius_settled = radius_at_equilibrium(loop, phases);
    result.projections = compare_directions(substrate, phases);
  }
  for (Index p = 1; p < graph.readout(); ++p) {
    const Matrix<double> difference = phases.state(p).difference.cast<double>();
    const double rms = loop.scale[std::size_t(p)] * difference.norm() / std::sqrt(double(difference.size()));
    result.signals.push_back({graph.population(p).name, result.at_equilibrium ? rms : std::nan("")});
  }
  return result;
}

const char* name(Ending ending) {
  switch (ending) {
    case Ending::settled:
      return "settled";
    case Ending::cycle:
      return "period-2 cycle";
    case Ending::neither:
      return "neither";
  }
  throw std::logic_error("an ending without a name");
}

std::string figure(double value, int places = 4) {
  if (std::isnan(value)) return "-";
  return std::abs(value) < 0.01 && value != 0 ? fmt::format("{:.2e}", value) : fmt::format("{:.{}f}", value, places);
}

// t = 0, 1, 2, 5, 10, 20, 50, ... and the last.
std::vector<Index> shown_steps(Index last) {
  std::vector<Index> shown = {0};
  for (Index decade = 1; decade < last; decade *= 10)
    for (const Index t : {decade, 2 * decade, 5 * decade})
      if (t < last) shown.push_back(t);
  shown.push_back(last);
  return shown;
}

std::string stability_table(const Findings& a) {
  std::string text = "stability\n";
  text += fmt::format("  {:<34}{:>12}\n", "spectral radius, bare weights", figure(a.radius));
  text += fmt::format("  {:<34}{:>12}{}\n", "spectral radius, at equilibrium", figure(a.radius_settled),
                      a.at_equilibrium ? "" : "   no equilibrium was found for every sample");
  const double lyapunov = a.trajectory.lyapunov.mean();
  text += fmt::format("  {:<34}{:>12}   {}\n", "Lyapunov exponent per step", figure(lyapunov),
                      std::isinf(lyapunov) ? "perturbations die out at once: no loop"
                      : lyapunov > 0       ? "positive: chaotic"
                                           : "negative: perturbations die out");
  return text;
}

// What helps, for the sample that does worst.
std::string remedy(const Findings& a, const Configuration& c) {
  bool approaching = true;
  for (Index s = 0; s < a.trajectory.samples(); ++s)
    if (ending(a.trajectory, s) != Ending::settled)
      approaching = approaching && ending(a.trajectory, s) == Ending::neither &&
                    late_contraction(a.trajectory, s) < 1 && a.trajectory.lyapunov[s] < 0;
  const std::string lower =
      fmt::format("lower network.beta (now {}) or network.alpha (now {})", c.network.beta, c.network.alpha);
  return "  remedy: " + (approaching ? "the changes still shrink: more --steps, or " + lower : lower) + "\n";
}

std::string trajectory_table(const Findings& a, const Configuration& c) {
  const Trajectory& way = a.trajectory;
  std::string text = "the synchronous map from zero: change in step t, of the worst sample\n";
  text += fmt::format("  {:>8}{:>14}{:>14}\n", "t", "rms", "largest");
  for (const Index t : shown_steps(way.steps()))
    text += fmt::format("  {:>8}{:>14.3e}{:>14.3e}\n", t, way.rms.row(t).maxCoeff(), way.largest.row(t).maxCoeff());
  text +=
      fmt::format("  {:>8}{:>14}{:>18}{:>14}{:>14}\n", "sample", "converged at", "ending", "contraction", "Lyapunov");
  Index slowest = 0, settled = 0;
  for (Index s = 0; s < way.samples(); ++s) {
    const Index t = convergence_step(way, s);
    slowest = std::max(slowest, t);
    settled += t >= 0;
    text += fmt::format("  {:>8}{:>14}{:>18}{:>14}{:>14}\n", s, t < 0 ? "-" : std::to_string(t), name(ending(way, s)),
                        figure(late_contraction(way, s)), figure(way.lyapunov[s]));
  }
  if (settled == way.samples())
    return text + fmt::format("  convergence time {} steps, to {:g} rms\n", slowest, settled_change);
  return text +
         fmt::format("  convergence time not within {} steps: {} of {} samples settled\n", way.steps(), settled,
                     way.samples()) +
         remedy(a, c);
}

std::string gradient_table(const Findings& a) {
  std::string text = "direction of equilibrium propagation against the true gradient\n";
  if (!a.at_equilibrium) return text + "  - (no equilibrium was found for every sample)\n";
  text += fmt::format("  {:<24}{:>12}{:>16}\n", "projection", "cosine", "ratio of norms");
  for (const ProjectionResult& p : a.projections)
    text += fmt::format("  {:<24}{:>12}{:>16}\n", p.name, figure(p.alignment.cosine, 6), figure(p.alignment.ratio));
  return text;
}

std::string signal_table(const Findings& a) {
  std::string text = "the signal that each population has: rms of clamped - free\n";
  text += fmt::format("  {:<16}{:>14}{:>14}{:>16}\n", "population", "of full scale", "voltage", "noise of a hold");
  for (const SignalResult& s : a.signals)
    text += fmt::format("  {:<16}{:>14}{:>14}{:>16}\n", s.population, figure(s.rms),
                        engineering(s.rms * a.full_scale_v, "V"), engineering(a.noise * a.full_scale_v, "V"));
  return text;
}

// A number of a CSV file; empty where there is none (CsvTable).
std::string field(double value) { return std::isnan(value) ? "" : fmt::format("{}", value); }

void write_files(const Findings& a, const std::filesystem::path& folder) {
  const Trajectory& way = a.trajectory;
  std::string stability = "spectral_radius,spectral_radius_settled,lyapunov_per_step\n";
  stability += fmt::format("{},{},{}\n", field(a.radius), field(a.radius_settled), field(way.lyapunov.mean()));
  std::string changes = "t,sample,change_rms,change_largest,change_of_two_rms\n";
  for (Index t = 0; t <= way.steps(); ++t)
    for (Index s = 0; s < way.samples(); ++s)
      changes += fmt::format("{},{},{},{},{}\n", t, s, field(way.rms(t, s)), field(way.largest(t, s)),
                             field(way.rms_of_two(t, s)));
  std::string samples = "sample,convergence_step,ending,contraction,lyapunov_per_step\n";
  for (Index s = 0; s < way.samples(); ++s) {
    const Index t = convergence_step(way, s);
    samples += fmt::format("{},{},{},{},{}\n", s, t < 0 ? "" : std::to_string(t), name(ending(way, s)),
                           field(late_contraction(way, s)), field(way.lyapunov[s]));
  }
  std::string gradient = "projection,cosine,norm_ratio\n";
  for (const ProjectionResult& p : a.projections)
    gradient += fmt::format("{},{},{}\n", p.name, field(p.alignment.cosine), field(p.alignment.ratio));
  std::string signal = "population,signal_fraction,signal_v,hold_noise_v\n";
  for (const SignalResult& s : a.signals)
    signal += fmt::format("{},{},{},{}\n", s.population, field(s.rms), field(s.rms * a.full_scale_v),
                          field(a.noise * a.full_scale_v));
  make_folder(folder);
  write_file(folder / "stability.csv", stability);
  write_file(folder / "trajectory.csv", changes);
  write_file(folder / "samples.csv", samples);
  write_file(folder / "gradient.csv", gradient);
  write_file(folder / "signal.csv", signal);
}

int analyze(AnalyzeArguments a) {
  std::string checkpoint;
  if (!a.run.empty()) {
    const RunFolder folder = RunFolder::open(a.run);
    checkpoint = folder.file("checkpoint.h5").string();
    if (a.config.path.empty()) a.config.path = folder.file("config.toml").string();
  }
  if (a.config.path.empty()) throw InputError("CONFIG is required, unless --run names a run folder (settle --help)");
  const Configuration configuration = a.config.read();
  const Dataset data = load_dataset(configuration.data);
  hw::set_time_resolution();
  hw::Chip* analysed = nullptr;
  hw::Chip chip(build_substrate(configuration, data.test.pixels.rows(), data.test.classes), build_host(configuration),
                [&](hw::HostController&) {
                  if (checkpoint.empty()) analysed->substrate.initialise();
                  analysed->substrate.stay();
                });
  analysed = &chip;
  const int epoch = checkpoint.empty() ? 0 : load_checkpoint(checkpoint, chip);
  chip.run();
  const Index count = std::min(a.samples, data.test.size());
  const Findings result = analyse(configuration, chip.substrate, data.test, count, a.steps);
  if (!a.config.out.empty()) write_files(result, a.config.out);
  fmt::print("{}, {} test samples\n{}{}{}{}",
             checkpoint.empty() ? "initial weights" : fmt::format("weights of {} after epoch {}", a.run, epoch), count,
             stability_table(result), trajectory_table(result, configuration), gradient_table(result),
             signal_table(result));
  return 0;
}

}  // namespace

void add_analyze(CLI::App& app, ExitStatus& status) {
  CLI::App* command =
      app.add_subcommand("analyze", "how the network settles, and how close its learning comes to the true gradient");
  auto a = std::make_shared<AnalyzeArguments>();
  add_config_arguments(*command, a->config);
  command->get_option("CONFIG")->required(false);  // a run folder has one
  command->add_option("--run", a->run,
                      "a run folder, whose last checkpoint gives the weights, and its configuration when CONFIG is not "
                      "given; without it, initial weights");
  command->add_option("--samples", a->samples, "how many test samples, the first ones; default 8")
      ->check(CLI::Range(Index(1), Index(1000)));
  command->add_option("--steps", a->steps, "steps of the map; default 200")->check(CLI::Range(Index(4), Index(10000)));
  command->callback([a, &status] { status = analyze(*a); });
}

}  // namespace settle

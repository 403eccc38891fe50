// What a run is made of: every setting a user can change, with its default.
//
// The keys of the TOML file are the member names ("network.beta" is Configuration::network.beta); keys.cpp lists
// each one once with its range and meaning, and parsing, `settle config`, the resolved config.toml and error
// messages all follow from that list. Members carry their unit in the name, as the keys do.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "models/converter/converter_errors.h"
#include "models/converter/difference_amplifier.h"
#include "models/converter/hold_bank.h"
#include "models/cost/chip.h"
#include "models/crossbar/mapping.h"
#include "models/learning/protocol.h"
#include "models/network/graph.h"

namespace settle {

/// Which builder makes the network's graph.
enum class Topology { layered, residual, agt };

/// What feeds back: the transposed read of the same devices, a second array that is programmed with the transpose, or
/// an array of fixed random weights.
enum class Feedback { symmetric, replica, random };

struct Configuration {
  struct Run {
    std::int64_t seed = 1;
    std::int64_t epochs = 3;
    std::int64_t batch = 500;
    std::int64_t block = 0;    // samples that travel in one transaction; 0: a whole batch
    std::int64_t threads = 0;  // 0: one for each core
  } run;

  struct Data {
    std::string name = "fashion-mnist";
    std::string path;              // empty: where the data set usually lies
    std::int64_t train_limit = 0;  // 0: all
    std::int64_t test_limit = 0;   // 0: all
    std::int64_t downsample = 1;   // edge of the blocks of pixels that are averaged into one
  } data;

  struct Network {
    Topology topology = Topology::layered;
    Skips skips = Skips::structured;  // of `residual`
    std::vector<std::int64_t> hidden = {512, 512};
    std::string activation = "tanh";
    Feedback feedback = Feedback::symmetric;
    double alpha = 1.0;
    double beta = 0.01;
    double agt_probability = 0.2;
    ByProjection projection_alpha, projection_beta;  // in place of alpha and beta
    std::string initial = "glorot";
  } network;

  struct Learning {
    Rule rule = Rule::ep;
    double nudge = 0.1;
    NudgeCourse nudge_course = NudgeCourse::constant;
    Nudging nudging = Nudging::one_sided;
    ErrorMode error = ErrorMode::held;
    DifferenceMode difference = DifferenceMode::layer_scaled;
    ContrastTerms contrast = ContrastTerms::post;
    std::string optimizer = "adam";
    double learning_rate = 1e-3;
    ByProjection projection_rate;   // factors on it
    double momentum = 0.9;          // of the optimiser of that name
    double final_rate_share = 1.0;  // of the learning rate at the end of the run
    Update update = Update::host;
    PulseCoding pulse_coding = PulseCoding::stochastic;
    std::int64_t transfer_every = 0;  // samples between two columns' transfers; 0: updates go to the weights' array
    double transfer_rate = 1.0;
  } learning;

  struct Settling {
    Analysis analysis = Analysis::operating_point;
    std::int64_t free_steps = 100;  // of `map`; the most sweeps of `operating-point`
    std::int64_t clamped_steps = 50;
    double tolerance = 1e-3;    // fraction of full scale (free), of the largest difference (clamped)
    double time_step_s = 1e-9;  // of `transient`
  } settling;

  struct Device {
    std::string preset = "ideal";
    std::string table;                      // CSV file of a measured response; empty: the preset's response
    std::map<std::string, double> replace;  // numbers of the preset, by name
    double weight_range = 5.0;              // the weight at the device's upper bound, in Glorot limits
    double conductance_min_siemens = 0.5e-6;
    double conductance_max_siemens = 25e-6;
  } device;

  struct Crossbar {
    Mapping mapping = Mapping::reference_array;
    Reference reference = Reference::zero;
    std::int64_t tile_word_lines = 128;  // 0: as many as there are
    std::int64_t tile_bit_lines = 128;   // 0: as many as there are
    Columns columns = Columns::interleaved;
  } crossbar;

  struct Wire {
    double r_segment_ohm = 0.0;
    double r_source_ohm = 0.0;
    double r_sense_ohm = 0.0;
    std::int64_t refresh_updates = 4;  // updates of the weights between two solutions of the wires
  } wire;

  struct Programming {
    std::int64_t initial_rounds = 5;  // of writing and verifying, at most
    std::int64_t update_rounds = 0;   // of verifying an update; 0: open loop
    double tolerance_steps = 0.5;
  } programming;

  struct Converter {
    std::int64_t dac_bits = 0;  // 0: exact
    std::int64_t adc_bits = 0;  // 0: exact
    Readout readout = Readout::difference;
    double logit_full_scale = 16.0;
    ConverterErrors dac, adc;  // of keys dac_..., adc_...
  } converter;

  AmplifierSpec amplifier;
  HoldSpec hold;

  struct Neuron {
    double tau_s = 10e-9;
    double gain_mismatch = 0.0;                       // standard deviation, relative
    double offset_mismatch = 0.0;                     // standard deviation, fraction of full scale
    double noise = 0.0;                               // rms when sampled and held, fraction of full scale
    double tau_mismatch = 0.0;                        // standard deviation of the logarithm
    double saturation_mismatch = 0.0;                 // likewise, of the largest output
    ThermalNoise thermal_noise = ThermalNoise::none;  // of the membrane
    double slew_v_per_s = 0.0;                        // 0: no limit
    double kappa = 0.7;                               // of activation ota
    std::string table;                                // CSV file of activation table
  } neuron;

  ChipSpec cost;

  struct Trace {
    std::int64_t samples = 3;                  // written by `settle train`; 0: none
    std::vector<std::string> signals = {"*"};  // globs over the names of the signals
    std::int64_t neurons = 3;                  // of each population, the first ones
    double start_s = 0.0;
    double end_s = 0.0;      // 0: to the end
    std::int64_t every = 1;  // steps between two entries
  } trace;
};

}  // namespace settle

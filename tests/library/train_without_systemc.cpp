// Trains networks on a simulated chip with the models alone: plain C++, no SystemC, no files but the images.
//
//   train_without_systemc xor                              learns the exclusive or, and says how often it is right
//   train_without_systemc IMAGES LABELS BATCH EPOCHS OUT   trains a net of 32 and 24 hidden neurons on IDX files, and
//                                                          writes what its arrays' devices have become to OUT
//
// The second does what `settle train` does with the same settings (tests/program/library_test.cpp), to the last bit.
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <iterator>
#include <string>
#include <vector>

#include "settle/models/learning/batches.h"
#include "settle/models/learning/host.h"
#include "settle/models/network/topology.h"

using namespace settle;

namespace {

constexpr std::uint64_t seed = 5;

// A chip like the default one: ECRAM, 8 bits, mismatch and noise.
ChipDesign chip_for(const Samples& data, const std::vector<Index>& hidden) {
  GraphSpec network(data.pixels.rows(), hidden, data.classes);
  network.beta = 0.05;
  ChipDesign design;
  design.graph = build_graph(network);
  design.crossbar.device = device_preset("ecram");
  design.converter.dac_bits = design.converter.adc_bits = 8;
  design.neuron.gain_mismatch = 0.05;
  design.neuron.offset_mismatch = 0.02;
  design.neuron.noise = 5e-4;
  design.learning.nudge = 0.5;
  design.seed = seed;
  return design;
}

// The protocol of equilibrium propagation for every batch of every epoch. Returns the last epoch's score.
Score train(Chip& chip, Host& host, const Samples& data, Index batch, int epochs) {
  chip.pass(chip.initialise());
  host.measure_settling(data);
  chip.meter().enter(Section::training);
  Batches batches(data.size(), batch, seed);
  Score score;
  for (int epoch = 1; epoch <= epochs; ++epoch) {
    score = {};
    for (const std::vector<Index>& samples : batches.for_epoch(epoch)) score.add(host.train(data, samples));
    host.measure_settling(data);
  }
  return score;
}

int learn_xor() {
  Samples data;
  data.classes = 2;
  data.pixels.resize(3, 4);  // two bits, and a line that is always on
  data.pixels << 0, 255, 0, 255, 0, 0, 255, 255, 255, 255, 255, 255;
  data.labels.resize(4);
  data.labels << 0, 1, 1, 0;
  ChipDesign design = chip_for(data, {16});
  Chip chip(design);
  HostSpec protocol;
  protocol.learning = design.learning;
  protocol.learning.learning_rate = 0.01;
  Host host(protocol, chip);
  const Score score = train(chip, host, data, /*batch=*/4, /*epochs=*/300);
  const Ledger& ledger = chip.meter().ledger();
  std::printf("%d of 4 right, %.3g J and %.3g s to learn it\n", int(score.hits),
              ledger.total(Section::training).supplied, ledger.time(Section::training).to_seconds());
  return score.hits == 4 ? EXIT_SUCCESS : EXIT_FAILURE;
}

// The bytes of an IDX file after its header of so many dimensions.
std::vector<std::uint8_t> elements(const char* path, std::size_t dimensions) {
  std::ifstream file(path, std::ios::binary);
  std::vector<std::uint8_t> bytes((std::istreambuf_iterator<char>(file)), {});
  bytes.erase(bytes.begin(), bytes.begin() + std::min<std::ptrdiff_t>(std::ptrdiff_t(4 + 4 * dimensions),
                                                                      std::ptrdiff_t(bytes.size())));
  return bytes;
}

Samples read_images(const char* images, const char* labels) {
  const std::vector<std::uint8_t> pixels = elements(images, 3), classes = elements(labels, 1);
  Samples data;
  data.labels = Eigen::Map<const Vector<std::uint8_t>>(classes.data(), Index(classes.size()));
  const Index count = data.labels.size();
  data.pixels = Eigen::Map<const Matrix<std::uint8_t>>(pixels.data(), Index(pixels.size()) / count, count);
  data.classes = Index(data.labels.maxCoeff()) + 1;
  return data;
}

int learn_images(char** words) {
  const Samples data = read_images(words[1], words[2]);
  const ChipDesign design = chip_for(data, {32, 24});
  Chip chip(design);
  HostSpec protocol;
  protocol.learning = design.learning;
  protocol.seed = seed;
  Host host(protocol, chip);
  const Score score = train(chip, host, data, std::atol(words[3]), std::atoi(words[4]));
  std::ofstream out(words[5], std::ios::binary);
  for (std::size_t k = 0; k < design.graph.projections.size(); ++k) {
    const Matrix<float> states = chip.array(k)->model().devices().state().transpose();  // as HDF5: row by row
    out.write(reinterpret_cast<const char*>(states.data()), std::streamsize(states.size() * Index(sizeof(float))));
  }
  std::printf("training accuracy of the last epoch %.4f\n", double(score.hits) / double(score.samples));
  return out.good() ? EXIT_SUCCESS : EXIT_FAILURE;
}

}  // namespace

int main(int count, char** words) {
  if (count == 2 && std::string(words[1]) == "xor") return learn_xor();
  if (count == 6) return learn_images(words);
  std::fprintf(stderr, "usage: %s xor | IMAGES LABELS BATCH EPOCHS OUT\n", words[0]);
  return 2;
}

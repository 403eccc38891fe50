// How weights lie on arrays: every mapping reads the same weights without wires, and the circuit's weights with them.
#include <cmath>

#include <gtest/gtest.h>

#include "settle/models/crossbar/crossbar.h"

namespace settle::crossbar_mapping_test {
namespace {

constexpr Index targets = 7, sources = 11;
constexpr Mapping mappings[] = {Mapping::reference_array, Mapping::reference_column, Mapping::offset, Mapping::pair,
                                Mapping::proportional};
constexpr Mapping pairs[] = {Mapping::pair, Mapping::proportional};

Matrix<float> uniform(Index rows, Index cols, const char* what) {
  Engine engine(Stream(5, what, Purpose::test));
  Matrix<float> m(rows, cols);
  for (Index i = 0; i < m.size(); ++i) m(i) = float(double(engine()) * 0x1p-31 - 1);
  return m;
}

// Devices without spread, so that weights can be set as wanted.
ArraySpec spec_of(Mapping mapping) {
  ArraySpec spec;
  spec.device = device_preset("rpu-target");
  spec.device.w_max_dtod = spec.device.w_min_dtod = 0;
  spec.mapping = mapping;
  spec.weight_at_bound = 2;
  spec.tiling = {0, 0, Columns::interleaved};
  spec.wire_refresh = 1;
  return spec;
}

ArraySpec wired(Mapping mapping, Columns columns, double ohm) {
  ArraySpec spec = spec_of(mapping);
  spec.wires.word_ohm = ohm;
  spec.wires.bit_ohm = 0.7 * ohm;
  spec.wires.source_ohm = 3 * ohm;
  spec.wires.sense_ohm = 2 * ohm;
  spec.tiling.columns = columns;
  return spec;
}

Matrix<float> read(const Crossbar& c, const Matrix<float>& x) {
  Matrix<float> y(c.targets(), x.cols());
  c.read_forward(columns(x, 0, x.cols()), columns(y, 0, x.cols()));
  return y;
}

Matrix<float> read_back(const Crossbar& c, const Matrix<float>& y) {
  Matrix<float> x(c.sources(), y.cols());
  c.read_transposed(columns(y, 0, y.cols()), columns(x, 0, y.cols()));
  return x;
}

TEST(CrossbarMapping, WithoutWiresEveryMappingReadsTheWeights) {
  const Matrix<float> weights = uniform(targets, sources, "weights"), x = uniform(sources, 5, "x");
  for (const Mapping mapping : mappings) {
    Crossbar c("c", targets, sources, spec_of(mapping), 1);
    c.set_weights(weights);
    EXPECT_LT((c.weights() - weights).cwiseAbs().maxCoeff(), 1e-6) << int(mapping);
    EXPECT_LT((read(c, x) - weights * x).cwiseAbs().maxCoeff(), 1e-5) << int(mapping);
  }
}

TEST(CrossbarMapping, SymmetryPointsAreWhereZeroWeightsLie) {
  ArraySpec spec = spec_of(Mapping::reference_array);
  spec.device = device_preset("reram-sb");
  spec.reference = Reference::symmetry_point;
  Crossbar c("c", targets, sources, spec, 1);
  c.set_weights(Matrix<float>::Zero(targets, sources));
  const auto& cells = c.devices().cells();
  for (Index i = 0; i < targets * sources; ++i) {
    const double w = double(c.devices().state()(i));
    if (w <= double(cells.lower(i)) + 1e-4 || w >= double(cells.upper(i)) - 1e-4) continue;
    const double up = double(cells.up(i)) * (1 - double(cells.slope_up(i)) * w),
                 down = double(cells.down(i)) * (1 - double(cells.slope_down(i)) * w);
    EXPECT_NEAR(up, down, 1e-5 * up) << i;
  }
  EXPECT_LT(c.effective().cwiseAbs().maxCoeff(), 1e-5);
}

// The wires of one array hold devices and what is subtracted side by side: solved whole, in double, by hand here.
TEST(CrossbarMapping, WiresActOnTheColumnsAsTheyLie) {
  const Matrix<float> weights = uniform(targets, sources, "weights");
  for (const Mapping mapping : mappings)
    for (const Columns layout : {Columns::interleaved, Columns::separate}) {
      Crossbar c("c", targets, sources, wired(mapping, layout, 20), 1);
      c.set_weights(weights);
      const Matrix<double> plus =
          c.devices().state().cast<double>().unaryExpr([&](double s) { return c.conductance(s); });
      Matrix<double> minus = Matrix<double>::Constant(targets, sources, c.conductance(0));
      if (has_two_devices(mapping))
        minus = c.subtracted()->state().cast<double>().unaryExpr([&](double s) { return c.conductance(s); });
      Matrix<double> expected;
      const Wires& wires = c.spec().wires;
      const bool two = cells_per_weight(mapping) == 2;
      if (two && layout == Columns::interleaved) {
        Matrix<double> g(sources, 2 * targets);
        for (Index k = 0; k < targets; ++k) {
          g.col(2 * k) = plus.row(k).transpose();
          g.col(2 * k + 1) = minus.row(k).transpose();
        }
        const Matrix<double> e = effective_conductance(g, wires);
        expected.resize(targets, sources);
        for (Index k = 0; k < targets; ++k) expected.row(k) = (e.col(2 * k) - e.col(2 * k + 1)).transpose();
      } else if (two) {
        expected = (effective_conductance<double>(plus.transpose(), wires) -
                    effective_conductance<double>(minus.transpose(), wires))
                       .transpose();
      } else if (mapping == Mapping::reference_column) {
        Matrix<double> g(sources, targets + 1);
        g << plus.transpose(), minus.row(0).transpose();
        const Matrix<double> e = effective_conductance(g, wires);
        expected = (e.leftCols(targets).colwise() - e.col(targets)).transpose();
      } else {
        expected = effective_conductance<double>(plus.transpose(), wires).transpose() - minus;
      }
      const double per_siemens = 2 / (c.spec().conductance_max_siemens - c.spec().conductance_min_siemens);
      const Matrix<float> off = c.effective() - (per_siemens * expected).cast<float>();
      EXPECT_LT(off.cwiseAbs().maxCoeff(), 2e-6) << int(mapping) << int(layout);
      EXPECT_GT((c.effective() - c.programmed()).cwiseAbs().maxCoeff(), 1e-4) << "wires without an effect";
    }
}

TEST(CrossbarMapping, TilesAreArraysOfTheirOwn) {
  const Matrix<float> weights = uniform(targets, sources, "weights");
  for (const Mapping mapping : mappings)
    for (const Columns layout : {Columns::interleaved, Columns::separate}) {
      ArraySpec spec = wired(mapping, layout, 20);
      spec.tiling.word_lines = 4;
      spec.tiling.bit_lines = 6;
      Crossbar whole("c", targets, sources, spec, 1);
      whole.set_weights(weights);
      const Index across = weights_across(mapping, spec.tiling, targets);
      EXPECT_EQ(tiles(mapping, spec.tiling, targets, sources),
                3 * ((targets + across - 1) / across) *
                    (layout == Columns::separate && cells_per_weight(mapping) == 2 ? 2 : 1));
      for (Index s = 0; s < sources; s += 4)
        for (Index t = 0; t < targets; t += across) {
          const Index n = std::min<Index>(4, sources - s), m = std::min(across, targets - t);
          ArraySpec alone = spec;
          alone.tiling = {0, 0, layout};
          Crossbar tile("c", m, n, alone, 1);
          tile.set_weights(weights.block(t, s, m, n));
          const Matrix<float> off = whole.effective().block(t, s, m, n) - tile.effective();
          EXPECT_LT(off.cwiseAbs().maxCoeff(), 1e-6) << int(mapping) << int(layout);
        }
    }
}

TEST(CrossbarMapping, LayoutHoldsEveryWeightOnceAndWhatIsSubtracted) {
  for (const Mapping mapping : mappings)
    for (const Columns layout : {Columns::interleaved, Columns::separate}) {
      const Tiling tiling{4, 6, layout};
      Matrix<int> weights = Matrix<int>::Zero(targets, sources), subtracted = weights;
      for (const ArrayLayout& array : arrays(mapping, tiling, targets, sources)) {
        EXPECT_LE(array.sources, tiling.word_lines);
        EXPECT_LE(Index(array.bit_lines.size()), tiling.bit_lines);
        for (const BitLine& line : array.bit_lines)
          (line.subtracted ? subtracted : weights)
              .block(line.target, array.source, line.targets, array.sources)
              .array() += 1;
      }
      EXPECT_TRUE((weights.array() == 1).all()) << int(mapping) << int(layout);
      EXPECT_TRUE((subtracted.array() == (mapping == Mapping::offset ? 0 : 1)).all()) << int(mapping) << int(layout);
    }
}

TEST(CrossbarMapping, BothDirectionsSeeTheSameWeights) {
  const Matrix<float> x = uniform(sources, 1, "x"), y = uniform(targets, 1, "y");
  for (const Mapping mapping : mappings) {
    Crossbar c("c", targets, sources, wired(mapping, Columns::interleaved, 50), 1);
    c.set_weights(uniform(targets, sources, "weights"));
    EXPECT_NEAR(double(y.col(0).dot(read(c, x).col(0))), double(x.col(0).dot(read_back(c, y).col(0))), 1e-5);
  }
}

// Between two solutions the share that the wires take is kept: figures of docs/wires.md.
TEST(CrossbarMapping, KeptShareOfTheWiresFollowsSmallChanges) {
  constexpr Index lines = 128;
  ArraySpec kept = spec_of(Mapping::reference_array);
  kept.wires.word_ohm = kept.wires.bit_ohm = 1;
  kept.tiling = {lines, lines, Columns::interleaved};
  kept.wire_refresh = 1000;
  ArraySpec fresh = kept;
  fresh.wire_refresh = 1;
  Crossbar a("c", lines, lines, kept, 1), b("c", lines, lines, fresh, 1);
  const Matrix<float> weights = 0.4f * uniform(lines, lines, "weights"),
                      change = 0.02f * uniform(lines, lines, "change");
  for (Crossbar* c : {&a, &b}) {
    c->set_weights(weights);
    c->add(change, 1);
  }
  const float all = b.programmed().norm(), loss = (b.effective() - b.programmed()).norm();
  EXPECT_GT(loss, 0.05f * all);
  const float off = (a.effective() - b.effective()).norm();
  EXPECT_GT(off, 1e-6f * all);
  EXPECT_LT(off, 1e-3f * all);
  a.solve_wires(1);
  EXPECT_EQ(a.effective(), b.effective());
}

TEST(CrossbarMapping, PairsSharePulsesAndStayWhole) {
  ArraySpec spec = spec_of(Mapping::pair);
  spec.device.dtod = spec.device.ctoc = spec.device.bias_dtod = 0;
  Crossbar c("c", 1, 3, spec, 1);
  Matrix<float> counts(1, 3);
  counts << 5, -4, 0;
  const PulseSum sum = c.pulse(counts, 0, 1);
  EXPECT_EQ(sum.pulses, 9);
  const float step = float(spec.device.dw_min);
  EXPECT_NEAR(c.programmed()(0), 5 * step, 1e-6);
  EXPECT_NEAR(c.programmed()(1), -4 * step, 1e-6);
  EXPECT_EQ(c.programmed()(2), 0);
  EXPECT_NEAR(c.devices().state()(0), 3 * step, 1e-6);
  EXPECT_NEAR(c.subtracted()->state()(0), -2 * step, 1e-6);
}

// Single pulses go to the two devices in turn, weight by weight, whatever rounds a weight rests in; so that both bounds
// are reached, which is where the weight is at its own.
TEST(CrossbarMapping, PairsTakeTurnsWithSinglePulses) {
  constexpr Index n = 2000;
  ArraySpec spec = spec_of(Mapping::pair);
  spec.device = device_preset("reram-sb");
  spec.device.w_max_dtod = spec.device.w_min_dtod = spec.device.ctoc = spec.device.write_noise = 0;
  spec.device.dtod = spec.device.bias_dtod = 0;
  spec.device.w_max = 1;
  spec.device.w_min = -1;
  spec.device.dw_min = 0.02;
  Crossbar c("c", 1, n, spec, 1);
  Engine engine(Stream(5, "turns", Purpose::test));
  double plus = 0, minus = 0;
  std::uint64_t round = 0;
  for (int k = 0; k < 100; ++k) {  // about half of the weights in each round, in rounds that are even, mostly
    const Matrix<float> counts =
        Matrix<float>::NullaryExpr(1, n, [&](Index, Index) { return engine() % 2 == 0 ? 1.0f : 0.0f; });
    const Matrix<float> before = c.devices().state(), before_minus = c.subtracted()->state();
    c.pulse(counts, round, 1);
    round += k % 3 == 0 ? 1 : 2;
    plus += double((c.devices().state() - before).sum());
    minus += double((before_minus - c.subtracted()->state()).sum());
    if (k == 20) {
      EXPECT_GT(plus / (plus + minus), 0.45);
      EXPECT_LT(plus / (plus + minus), 0.55);
    }
  }
  for (int k = 0; k < 1500; ++k) c.pulse(Matrix<float>::Constant(1, n, 1), round++, 1);
  EXPECT_GT(c.weights().minCoeff(), 0.99f * float(spec.weight_at_bound));
  for (int k = 0; k < 3000; ++k) c.pulse(Matrix<float>::Constant(1, n, -1), round++, 1);
  EXPECT_LT(c.weights().maxCoeff(), -0.99f * float(spec.weight_at_bound));
}

// 5 % of w_max, of each cell by itself, or of the one on each word line that the weights of an array share.
TEST(CrossbarMapping, FixedCellsHaveAnError) {
  constexpr Index size = 100;
  for (const char* preset : {"reram-om", "reram-hfo2"}) {
    ArraySpec spec = spec_of(Mapping::reference_array);
    spec.device = device_preset(preset);
    const auto errors = [&](const ArraySpec& s) {
      const Crossbar c("c", size, size, s, 1);
      return Matrix<double>((c.devices().state() - c.programmed()).cast<double>());
    };
    const auto off = [&](const Matrix<double>& e, double claimed) {
      const double n = double(e.size());
      const double variance = e.squaredNorm() / n / (claimed * claimed);
      return std::max(std::abs(e.mean()) / claimed * std::sqrt(n), std::abs(variance - 1) * std::sqrt(n / 2));
    };
    EXPECT_LT(off(errors(spec), 0.05), 5) << preset;
    EXPECT_GT(off(errors(spec), 0.05 / 1.1), 5) << "a tenth more would show";
    spec.reference = Reference::symmetry_point;
    Matrix<double> about_symmetry = errors(spec);
    spec.device.reference_error = 0;
    about_symmetry -= errors(spec);
    EXPECT_LT(off(about_symmetry, 0.05), 5) << preset;
    spec.device.reference_error = 0.05;
    spec.reference = Reference::zero;
    spec.mapping = Mapping::reference_column;
    spec.tiling.bit_lines = 41;
    const Matrix<double> shared = errors(spec);
    for (Index i = 0; i < size; ++i)
      EXPECT_LT((shared.row(i) - shared.row(i / 40 * 40)).cwiseAbs().maxCoeff(), 1e-6) << i;
    EXPECT_GT((shared.row(0) - shared.row(40)).cwiseAbs().maxCoeff(), 0.05);
    spec.mapping = Mapping::offset;
    EXPECT_EQ(errors(spec).cwiseAbs().maxCoeff(), 0) << "without cells";
  }
}

// What a symmetry point is set to was read, too.
TEST(CrossbarMapping, SymmetryPointsAreCodes) {
  ArraySpec spec = spec_of(Mapping::reference_array);
  spec.device = device_preset("reram-sb");
  spec.reference = Reference::symmetry_point;
  spec.read_bits = 5;
  const Crossbar c("c", targets, sources, spec, 1);
  const Matrix<float> reference = c.devices().state() - c.hidden();
  const float lsb = 1.25f / 16;
  EXPECT_EQ(c.converter().lsb(), lsb);
  EXPECT_LT((reference / lsb - (reference / lsb).array().round().matrix()).cwiseAbs().maxCoeff(), 1e-4f);
  EXPECT_GT(reference.maxCoeff() - reference.minCoeff(), 0.99f * lsb) << "all the same";
}

// Reads find the noise of writes, weights hang on the hidden states; both survive a checkpoint.
TEST(CrossbarMapping, ReadsFindTheNoiseOfWrites) {
  for (const Mapping mapping : mappings) {
    ArraySpec spec = spec_of(mapping);
    spec.device.write_noise = 60;
    spec.conductance_min_siemens = 10e-6;  // so that noise takes no device to zero
    spec.device.ctoc = 0;
    Crossbar c("c", targets, sources, spec, 1);
    c.pulse(Matrix<float>::Constant(targets, sources, 40), 0, 1);
    const double sigma = 60 * spec.device.dw_min;
    const Matrix<float> noise = c.programmed() - c.hidden();
    EXPECT_GT(noise.norm() / std::sqrt(double(targets * sources)), 0.6 * sigma) << int(mapping);
    EXPECT_LT((c.effective() - c.programmed()).cwiseAbs().maxCoeff(), 1e-5f) << int(mapping);
    EXPECT_EQ(c.found(0), c.effective());
    Matrix<float> few = Matrix<float>::Zero(targets, sources);
    few(2, 3) = 1;
    const Matrix<float> before = c.programmed();
    c.pulse(few, 1, 1);
    Matrix<float> moved = c.programmed() - before;
    EXPECT_NE(moved(2, 3), 0.0f);
    moved(2, 3) = 0;
    EXPECT_EQ(moved.cwiseAbs().maxCoeff(), 0.0f) << "an untouched weight moves";
  }
}

// Where one device of a pair is held by its bound, the other one moves for both.
TEST(CrossbarMapping, ExactChangesOfPairsAreWhole) {
  for (const Mapping mapping : pairs) {
    ArraySpec spec = spec_of(mapping);
    for (const double one_sided : {0.0, 1.0}) {
      spec.device = device_preset(one_sided != 0 ? "pcm-pair" : "rpu-target");
      spec.device.flicker = spec.device.drift_nu_high = 0;
      Crossbar c("c", targets, sources, spec, 1);
      const Matrix<float> weights = 0.2f * uniform(targets, sources, "weights"),
                          change = 0.2f * uniform(targets, sources, "change");
      c.set_weights(weights);
      c.add(change, 1);
      EXPECT_LT((c.weights() - weights - change).cwiseAbs().maxCoeff(), 1e-6) << int(mapping) << one_sided;
    }
  }
}

TEST(CrossbarMapping, OneSidedPairsClimbAndAreReset) {
  for (const Mapping mapping : pairs) {
    ArraySpec spec = spec_of(mapping);
    spec.device = device_preset("pcm-pair");
    spec.device.flicker = spec.device.drift_nu_high = 0;
    Crossbar c("c", 4, 4, spec, 1);
    const Matrix<float> ups = Matrix<float>::Constant(4, 4, 10);
    c.pulse(ups, 0, 1);
    EXPECT_GT(c.programmed().minCoeff(), 0.0f);
    EXPECT_EQ(c.subtracted()->state().cwiseAbs().maxCoeff(), 0.0f);
    const Matrix<float> before = c.devices().state();
    c.pulse(-ups, 1, 1);
    EXPECT_EQ(c.devices().state(), before) << "a pulse down is one up of the other device";
    c.pulse(1000 * ups, 2, 1);
    const double states = double(c.devices().state().sum()) + double(c.subtracted()->state().sum());
    const Matrix<float> resting = c.devices().state();
    Matrix<float> which = Matrix<float>::Ones(4, 4);
    EXPECT_EQ(c.reset_pairs(Matrix<float>::Zero(4, 4), 3, 1).pulses, 0);
    EXPECT_EQ(c.devices().state(), resting);
    const PulseSum sum = c.reset_pairs(which, 3, 1);
    EXPECT_EQ(sum.pulses, 2 * 16);
    const double after = double(c.devices().state().sum()) + double(c.subtracted()->state().sum());
    EXPECT_NEAR(sum.state, (states + after) / 2, 1e-4) << "the mean of before and after";
    EXPECT_LT(c.devices().state().maxCoeff(), 0.1f);
    EXPECT_LT(c.subtracted()->state().maxCoeff(), 0.1f);
  }
}

// What the energy of pulses follows from: the mean state of each pulsed device, before and after.
TEST(CrossbarMapping, PulsesCountTheMeanOfBeforeAndAfter) {
  for (const Mapping mapping : {Mapping::offset, Mapping::reference_array, Mapping::pair})
    for (const bool one_sided : {false, true}) {
      if (one_sided && mapping != Mapping::pair) continue;
      ArraySpec spec = spec_of(mapping);
      spec.device = device_preset(one_sided ? "pcm-pair" : "reram-sb");
      Crossbar c("c", 6, 5, spec, 1);
      const auto states = [&] {  // of all devices, in which those that rest count as well
        double sum = double(c.devices().state().cast<double>().sum());
        if (c.subtracted() != nullptr) sum += double(c.subtracted()->state().cast<double>().sum());
        return sum;
      };
      // two pulses: one for each device of a two-sided pair
      const bool both = mapping == Mapping::pair && !one_sided;
      const Matrix<float> counts = Matrix<float>::Constant(6, 5, both ? 2 : 1);
      double before = states();
      if (one_sided) before -= double(c.subtracted()->state().cast<double>().sum());
      const PulseSum sum = c.pulse(counts, 0, 1);
      double after = states();
      if (one_sided) after -= double(c.subtracted()->state().cast<double>().sum());
      EXPECT_EQ(sum.pulses, double(counts.sum()));
      EXPECT_NEAR(sum.state, (before + after) / 2, 1e-5);
      EXPECT_NE(sum.state, before);
    }
}

TEST(CrossbarMapping, NoiseOfAReadHasTheVarianceOfItsCells) {
  constexpr Index samples = 20000;  // the lines of a reference column share its noise: not here
  for (const Mapping mapping : mappings) {
    if (mapping == Mapping::reference_column) continue;
    ArraySpec spec = spec_of(mapping);
    spec.device.read_noise = 0.02;
    Crossbar c("c", 1, sources, spec, 1);
    const Matrix<float> x = uniform(sources, 1, "x").replicate(1, samples);
    Matrix<float> y = Matrix<float>::Zero(1, samples);
    c.add_read_noise(Stream(1, "noise", Purpose::read_noise), 0, 0, columns(x, 0, samples), columns(y, 0, samples));
    const double cell = double(c.weight_scale()) * 0.02 * 2;  // of the normalised range [-1, 1]
    const double expected = cells_per_weight(mapping) * cell * cell * double(x.col(0).squaredNorm());
    const double measured = double(y.squaredNorm()) / samples;
    EXPECT_NEAR(measured / expected, 1, 5 * std::sqrt(2.0 / samples));
  }
}

// Cell by cell, as the layout says. A reference column is one cell on each word line of an array; the bit line that it
// is belongs to no weight.
TEST(CrossbarMapping, LinesConductWhatLiesOnThem) {
  for (const Mapping mapping : mappings)
    for (const Index bit_lines : {0, 4, 6, 8}) {
      ArraySpec spec = spec_of(mapping);
      spec.tiling = {4, bit_lines, Columns::interleaved};
      Crossbar c("c", targets, sources, spec, 1);
      c.set_weights(uniform(targets, sources, "weights"));
      Vector<double> word = Vector<double>::Zero(sources), bit = Vector<double>::Zero(targets);
      for (const ArrayLayout& array : arrays(mapping, spec.tiling, targets, sources))
        for (const BitLine& line : array.bit_lines)
          for (Index j = array.source; j < array.source + array.sources; ++j) {
            const double cell = line.subtracted ? c.subtracted_siemens(line.target, j) : c.siemens(line.target, j);
            word[j] += cell;
            if (line.targets == 1 && !(line.subtracted && mapping == Mapping::reference_column))
              bit[line.target] += cell;
          }
      if (mapping == Mapping::offset) {  // the adder of the inputs
        word.array() += c.conductance(0);
        bit.array() += c.conductance(0);
      }
      EXPECT_LT((c.word_line_conductance(1) - word).cwiseAbs().maxCoeff(), 1e-6 * word.maxCoeff())
          << int(mapping) << " on " << bit_lines;
      EXPECT_LT((c.bit_line_conductance(1) - bit).cwiseAbs().maxCoeff(), 1e-6 * bit.maxCoeff())
          << int(mapping) << " on " << bit_lines;
    }
}

// The circuit's currents, with wires: of each line where all are driven alike, and of all where they are not.
TEST(CrossbarMapping, LinesDrawWhatWiresLetThrough) {
  const Vector<double> v = uniform(sources, 1, "x").cast<double>();
  for (const Mapping mapping : mappings)
    for (const Columns layout : {Columns::interleaved, Columns::separate}) {
      ArraySpec spec = wired(mapping, layout, 100);
      spec.tiling.word_lines = 4;
      spec.tiling.bit_lines = 6;
      spec.device.drift_nu_high = 0.1;  // as reads find it
      spec.device.drift_nu = 0.05;
      Crossbar c("c", targets, sources, spec, 1);
      c.set_weights(uniform(targets, sources, "weights"));
      c.elapse(1e4, 1);
      c.solve_wires(1);
      const double adder = mapping == Mapping::offset ? c.conductance(0) : 0;
      Vector<double> alike = Vector<double>::Constant(sources, adder);
      double all = adder * v.sum(), bare = 0;
      for (const ArrayLayout& array : arrays(mapping, spec.tiling, targets, sources)) {
        Matrix<double> g(array.sources, Index(array.bit_lines.size()));
        for (Index b = 0; b < g.cols(); ++b) {
          const BitLine& line = array.bit_lines[std::size_t(b)];
          for (Index j = 0; j < g.rows(); ++j)
            g(j, b) = line.subtracted ? c.subtracted_siemens(line.target, array.source + j)
                                      : c.siemens(line.target, array.source + j);
        }
        const WireSolver solver(g, spec.wires);
        alike.segment(array.source, array.sources) += solver.solve(Vector<double>::Ones(array.sources)).source_current;
        all += solver.solve(v.segment(array.source, array.sources)).source_current.sum();
        bare += g.sum();
      }
      const Vector<double> found = c.word_line_conductance(1);
      EXPECT_LT((found - alike).cwiseAbs().maxCoeff(), 1e-5 * alike.maxCoeff()) << int(mapping) << int(layout);
      EXPECT_NEAR(found.dot(v), all, 1e-5 * alike.sum()) << int(mapping) << int(layout);
      const double through = found.sum() - adder * sources;
      EXPECT_LT(through, 0.99 * bare) << "wires without an effect";
      if (mapping == Mapping::reference_column) continue;  // whose own bit line belongs to no weight
      EXPECT_NEAR(c.bit_line_conductance(1).sum() - adder * targets, through, 1e-5 * through) << int(mapping);
    }
}

// Tile by tile, as the layout says.
TEST(CrossbarMapping, SensedLinesHaveTheirCellsOnVirtualGround) {
  for (const Mapping mapping : mappings)
    for (const Columns layout : {Columns::interleaved, Columns::separate})
      for (const Index word_lines : {0, 4}) {
        ArraySpec spec = wired(mapping, layout, 50);
        spec.tiling.word_lines = word_lines;
        spec.tiling.bit_lines = word_lines == 0 ? 0 : 6;
        spec.device.drift_nu_high = 0.1;
        spec.device.drift_nu = 0.05;
        Crossbar c("c", targets, sources, spec, 1);
        c.set_weights(uniform(targets, sources, "weights"));
        c.elapse(1e4, 1);
        const Index across = weights_across(mapping, spec.tiling, targets);
        const Index down = word_lines == 0 ? sources : word_lines;
        Matrix<double> bits = Matrix<double>::Zero(targets, (sources + down - 1) / down),
                       words = Matrix<double>::Zero(sources, (targets + across - 1) / across);
        for (const ArrayLayout& array : arrays(mapping, spec.tiling, targets, sources))
          for (const BitLine& line : array.bit_lines)
            for (Index j = array.source; j < array.source + array.sources; ++j) {
              const double cell = line.subtracted ? c.subtracted_siemens(line.target, j) : c.siemens(line.target, j);
              bits.col(array.source / down).segment(line.target, line.targets).array() += cell;
              words(j, line.target / across) += cell;
            }
        const Matrix<double> on_bits = c.sensed_conductance(Side::word_lines, 2),
                             on_words = c.sensed_conductance(Side::bit_lines, 2);
        ASSERT_EQ(on_bits.cols(), bits.cols());
        ASSERT_EQ(on_words.cols(), words.cols());
        EXPECT_LT((on_bits - bits).cwiseAbs().maxCoeff(), 1e-6 * bits.maxCoeff()) << int(mapping) << int(layout);
        EXPECT_LT((on_words - words).cwiseAbs().maxCoeff(), 1e-6 * words.maxCoeff()) << int(mapping) << int(layout);
      }
}

// Near its bound a device's steps are small, and it takes more of them; a tenth of a step counts as the least.
TEST(CrossbarMapping, PulsesAreCountedInStepsOfWhereADeviceIs) {
  ArraySpec spec = spec_of(Mapping::reference_array);
  spec.device.response = Response::soft_bounds;
  const double step = spec.device.dw_min, way = 10 * step;
  for (const double state : {0.0, 0.5, 0.8, 0.85, 0.97}) {
    for (const double sign : {1.0, -1.0}) {
      Crossbar c("c", 1, 1, spec, 1);
      c.set_states(Matrix<float>::Constant(1, 1, float(sign * state)), {});
      const double here = step * (1 - (state + way / 2) / spec.device.w_max);
      const double from = double(c.programmed()(0));
      const Crossbar::PulseEffect effect = c.effect_towards(0, from + sign * way, from);
      EXPECT_NEAR(effect.step / std::max(here, 0.1 * step), 1, 1e-4) << state;
      EXPECT_NEAR(effect.noise / (spec.device.ctoc * here), 1, 1e-4) << state;
    }
  }
}

// Reference cells are read like devices, and as noisy.
TEST(CrossbarMapping, ReferenceCellsAreAsNoisyAsDevices) {
  for (const Mapping mapping : mappings) {
    ArraySpec spec = spec_of(mapping);
    spec.device.read_noise = 0.02;
    const Crossbar c("c", 1, sources, spec, 1);
    const double range = spec.conductance_max_siemens - spec.conductance_min_siemens;
    const double cells = mapping == Mapping::offset ? 1 : 2;
    EXPECT_NEAR(c.read_noise() / (0.02 * range * std::sqrt(cells) * c.weight_per_siemens()), 1, 1e-6) << int(mapping);
  }
}

// The devices of a pair take turns; what moves the one up moves the other down, and the weight the same way.
TEST(CrossbarMapping, TrainsMoveAPairsWeightOneWay) {
  ArraySpec spec = spec_of(Mapping::pair);
  spec.device.dtod = spec.device.ctoc = spec.device.bias_dtod = 0;
  PulseTrainBlock trains;
  trains.words.setConstant(1, 2, 1);
  trains.words(0, 1) |= PulseTrainBlock::train_sign;
  trains.bits.setConstant(1, 1, 1);
  trains.slots = {1};
  Crossbar c("c", 1, 2, spec, 1);
  for (const int round : {0, 1, 2, 3}) {
    c.pulse(trains, std::uint64_t(round), 1);
    EXPECT_NEAR(c.programmed()(0), (round + 1) * spec.device.dw_min, 1e-6);
    EXPECT_NEAR(c.programmed()(1), -(round + 1) * spec.device.dw_min, 1e-6);
  }
}

}  // namespace
}  // namespace settle::crossbar_mapping_test

#include "settle/models/chip/write_lines.h"

#include <algorithm>
#include <stdexcept>

#include "settle/models/cost/link_cost.h"
#include "settle/models/crossbar/mapping.h"
#include "settle/models/numeric/parallel.h"
#include "settle/models/numeric/sums.h"

namespace settle {
namespace {

constexpr Index columns_of_a_piece = 32;  // of pulses that one thread looks at at a time

// Adds an array's firings: of word lines, of bit lines, and the slots in which any of them fires.
void add(LineFirings& fired, double words, double bits, double slots, double word_lines, double bit_lines) {
  fired.word_lines += words;
  fired.bit_lines += bits;
  fired.word_cells += words * bit_lines;
  fired.bit_cells += bits * word_lines;
  fired.all_lines += slots * (word_lines + bit_lines);
  fired.all_cells += slots * word_lines * bit_lines;
}

}  // namespace

WriteLines::WriteLines(const CrossbarSpec& spec, Index targets, Index sources) {
  for (const ArrayLayout& array : arrays(spec.mapping, spec.tiling, targets, sources)) {
    Index weights = 0;
    for (const BitLine& line : array.bit_lines) weights += line.subtracted ? 0 : 1;
    if (weights == 0) continue;
    const Band band{array.bit_lines.front().target, weights};
    const auto same = [&](const Band& b) { return b.target == band.target; };
    const auto found = std::find_if(bands_.begin(), bands_.end(), same);
    const Index at = found - bands_.begin();
    if (found == bands_.end()) bands_.push_back(band);
    tiles_.push_back({array.source, array.sources, band.target, weights, at, double(array.bit_lines.size())});
  }
}

LineFirings WriteLines::of_counts(const Matrix<float>& counts, int threads) const {
  const auto bands = Index(bands_.size());
  Matrix<double> words(bands, counts.cols()), bits(bands, counts.cols());
  Vector<double> slots(counts.cols());
  for_pieces(counts.cols(), columns_of_a_piece, threads, [&](Index first, Index count) {
    for (Index j = first; j < first + count; ++j) {
      ColumnExtent whole;
      for (Index b = 0; b < bands; ++b) {
        const ColumnExtent line = extent_of(&counts(bands_[std::size_t(b)].target, j), bands_[std::size_t(b)].targets);
        words(b, j) = double(line.most) - double(line.least);
        bits(b, j) = line.magnitudes;
        whole.most = std::max(whole.most, line.most);
        whole.least = std::min(whole.least, line.least);
      }
      slots[j] = double(whole.most) - double(whole.least);
    }
  });
  // whole numbers: in any order the sums are the same
  LineFirings fired;
  fired.slots = slots.sum();
  for (const Tile& t : tiles_) {
    const double selected = words.row(t.band).segment(t.source, t.sources).sum();
    add(fired, selected, bits.row(t.band).segment(t.source, t.sources).sum(), selected, double(t.sources), t.bit_lines);
    fired.selections += selected;
    fired.decoder_load += selected * settle::decoder_load(double(t.sources));
  }
  return fired;
}

double WriteLines::decoder_load() const {
  double load = 0;
  for (const Tile& t : tiles_) load += double(t.sources) * settle::decoder_load(double(t.sources));
  return load;
}

double WriteLines::word_lines() const {
  double lines = 0;
  for (const Tile& t : tiles_) lines += double(t.sources);
  return lines;
}

LineFirings WriteLines::of_trains(const PulseTrainBlock& trains) const {
  constexpr std::uint32_t sign = PulseTrainBlock::train_sign;
  LineFirings fired;
  for (const Tile& t : tiles_) {
    double words = 0, bits = 0, slots = 0;
    for (Index s = 0; s < trains.samples(); ++s) {
      std::uint32_t any = 0;
      for (Index j = t.source; j < t.source + t.sources; ++j) {
        words += __builtin_popcount(trains.words(s, j) & ~sign);
        any |= trains.words(s, j);
      }
      for (Index i = t.target; i < t.target + t.targets; ++i) {
        bits += __builtin_popcount(trains.bits(i, s) & ~sign);
        any |= trains.bits(i, s);
      }
      slots += __builtin_popcount(any & ~sign);
    }
    add(fired, words, bits, slots, double(t.sources), t.bit_lines);
  }
  return fired;
}

Selection select(WriteScheme scheme, const LineFirings& fired, double pulses) {
  Selection s;
  const double lines = fired.word_lines + fired.bit_lines, cells = fired.word_cells + fired.bit_cells;
  switch (scheme) {
    case WriteScheme::transistor:
      s.charged_lines = lines;
      s.charged_cells = cells;
      s.selected_lines = fired.word_lines;
      s.selected_gates = fired.word_cells;
      return s;
    case WriteScheme::half:  // a pulsed cell is on two lines that fire
      s.share = 1.0 / 2;
      s.other_cells = std::max(0.0, cells - 2 * pulses);
      s.charged_lines = lines;
      s.charged_cells = cells / 4;
      return s;
    case WriteScheme::third:  // word lines at V and V/3, bit lines at 0 and 2 V/3
      s.share = 1.0 / 3;
      s.other_cells = std::max(0.0, fired.all_cells - pulses);
      s.charged_lines = fired.all_lines;
      s.charged_cells =
          fired.word_cells + (fired.all_cells - fired.word_cells) / 9 + (fired.all_cells - fired.bit_cells) * 4 / 9;
      return s;
  }
  throw std::logic_error("a scheme without lines");
}

}  // namespace settle

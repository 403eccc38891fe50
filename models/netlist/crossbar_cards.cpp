#include "settle/models/netlist/crossbar_cards.h"

#include <algorithm>
#include <set>

namespace settle::spice {
namespace {

std::vector<ArrayLayout> layout_of(const Crossbar& model) {
  return arrays(model.spec().mapping, model.spec().tiling, model.targets(), model.sources());
}

// The nodes of a line by their place, counted from its terminal. Where there is no resistance in between, they are one.
class LineNodes {
 public:
  LineNodes(std::string terminal, double end_ohm, double segment_ohm)
      : terminal_(std::move(terminal)), end_ohm_(end_ohm), segment_ohm_(segment_ohm) {}

  std::string at(Index place) const {
    if (segment_ohm_ == 0) place = 0;
    return place == 0 && end_ohm_ == 0 ? terminal_ : joined(terminal_, "_", place);
  }
  void write(Cards& cards, Index places) const {
    for (Index k = 0; k < places; ++k) {
      const double ohm = k == 0 ? end_ohm_ : segment_ohm_;
      if (ohm > 0) cards.card({joined("R", terminal_, "_", k), k == 0 ? terminal_ : at(k - 1), at(k), number(ohm)});
    }
  }

 private:
  std::string terminal_;
  double end_ohm_, segment_ohm_;
};

// A device between a word line and a bit line: a resistor, or I = G v0 sinh(v / v0) (device_current.h).
void write_device(Cards& cards, const ArraySpec& spec, const std::string& name, const std::string& word,
                  const std::string& bit, float siemens) {
  if (siemens <= 0) return;
  const std::string g = number(siemens);
  const double v0 = spec.device.iv_v;
  if (v0 == 0)
    cards.card({"R" + name, word, bit, "{1/" + g + "}"});
  else
    cards.card({"B" + name, word, bit, joined("i=", g, "*", v0, "*sinh(v(", word, ",", bit, ")/", v0, ")")});
}

void write_array(Cards& cards, const std::string& name, const Crossbar& model, const ArrayLayout& layout,
                 const Matrix<float>& plus, const Matrix<float>& minus) {
  const ArraySpec& spec = model.spec();
  const Wires& wires = spec.wires;
  const Index bits = Index(layout.bit_lines.size());
  std::vector<LineNodes> word, bit;
  std::vector<std::string> head = {".subckt", name};
  for (Index i = 0; i < layout.sources; ++i) {
    word.emplace_back(joined("w", i), wires.source_ohm + wires.word_ohm, wires.word_ohm);
    head.push_back(joined("w", i));
  }
  for (Index j = 0; j < bits; ++j) {
    bit.emplace_back(joined("b", j), wires.sense_ohm + wires.bit_ohm, wires.bit_ohm);
    head.push_back(joined("b", j));
  }
  cards.card(head);
  for (const LineNodes& line : word) line.write(cards, bits);
  for (const LineNodes& line : bit) line.write(cards, layout.sources);
  for (Index j = 0; j < bits; ++j) {
    const BitLine& line = layout.bit_lines[std::size_t(j)];
    const Matrix<float>& siemens = line.subtracted ? minus : plus;
    for (Index i = 0; i < layout.sources; ++i)
      write_device(cards, spec, joined("g", i, "_", j), word[std::size_t(i)].at(j),
                   bit[std::size_t(j)].at(layout.sources - 1 - i), siemens(line.target, layout.source + i));
  }
  cards.card(".ends");
}

// The target whose bit line's current is subtracted from target i's: the first one which it serves; -1 for none.
Index subtracted_from(const Crossbar& model, Index i) {
  for (const ArrayLayout& array : layout_of(model))
    for (const BitLine& line : array.bit_lines)
      if (line.subtracted && line.target <= i && i < line.target + line.targets) return line.target;
  return model.spec().mapping == Mapping::offset ? 0 : -1;
}

std::string driven_by(const CrossbarRead& read, const BitLine& line) {
  return joined(read.name, !line.subtracted ? "_d" : line.targets == 1 ? "_i" : "_r", line.target);
}

std::string sensed_by(const CrossbarRead& read, const BitLine& line) {
  return joined(read.name, line.subtracted ? "_n" : "_p", line.target);
}

// The bit lines that a transposed read drives with what is subtracted: first target and number of targets of each. One
// line is one, in whatever tile.
std::set<std::pair<Index, Index>> subtracted_lines(const CrossbarRead& read) {
  std::set<std::pair<Index, Index>> lines;
  if (!read.transposed) return lines;
  for (const ArrayLayout& array : layout_of(*read.model))
    for (const BitLine& line : array.bit_lines)
      if (line.subtracted) lines.emplace(line.target, line.targets);
  return lines;
}

}  // namespace

void write_arrays(Cards& cards, const CrossbarRead& read) {
  const Crossbar& model = *read.model;
  const Matrix<float> plus = model.device_siemens(), minus = model.subtracted_siemens();
  const std::vector<ArrayLayout> layout = layout_of(model);
  for (std::size_t k = 0; k < layout.size(); ++k) {
    const ArrayLayout& a = layout[k];
    cards.comment(joined("word lines of sources ", a.source, " to ", a.source + a.sources - 1,
                         "; bit lines of targets ", a.bit_lines.front().target, " to ",
                         a.bit_lines.back().target + a.bit_lines.back().targets - 1, ", with what is subtracted"));
    write_array(cards, joined(read.arrays, k), model, a, plus, minus);
  }
}

std::vector<DrivenLine> driven_lines(const CrossbarRead& read) {
  const Crossbar& model = *read.model;
  std::vector<DrivenLine> lines;
  const Index states = read.transposed ? model.targets() : model.sources();
  const Index cells = read.transposed ? model.sources() : model.targets() * cells_per_weight(model.spec().mapping);
  for (Index i = 0; i < states; ++i) {
    const std::string node = joined(read.name, "_d", i);
    lines.push_back({node, (read.free_only ? "B" : "E") + node, cells});
  }
  for (const auto& [first, count] : subtracted_lines(read)) {
    const std::string node = joined(read.name, count == 1 ? "_i" : "_r", first);
    lines.push_back({node, (count == 1 ? "E" : "B") + node, cells});
  }
  return lines;
}

void write_drivers(Cards& cards, const CrossbarRead& read, const std::string& from, double gain) {
  const Index states = read.transposed ? read.model->targets() : read.model->sources();
  for (Index i = 0; i < states; ++i) {
    const std::string node = joined(read.name, "_d", i);
    if (read.free_only)
      cards.card({"B" + node, node, "0", joined("v=", gain, "*v(", from, i, ")*(1-v(holding))")});
    else
      cards.card({"E" + node, node, "0", joined(from, i), "0", number(gain)});
  }
  for (const auto& [first, count] : subtracted_lines(read)) {
    const std::string node = joined(read.name, count == 1 ? "_i" : "_r", first);
    if (count == 1) {
      cards.card({"E" + node, node, "0", joined(from, first), "0", number(-gain)});
      continue;
    }
    std::vector<std::string> sum = {"B" + node, node, "0", joined("v=", -gain, "*(v(", from, first, ")")};
    for (Index i = first + 1; i < first + count; ++i) sum.push_back(joined("+v(", from, i, ")"));
    sum.back() += ")";
    cards.card(sum);
  }
}

void write_read(Cards& cards, const CrossbarRead& read) {
  const Crossbar& model = *read.model;
  const std::vector<ArrayLayout> layout = layout_of(model);
  std::vector<std::string> grounds;
  const auto sense = [&](const std::string& node) {
    if (std::find(grounds.begin(), grounds.end(), node) == grounds.end()) grounds.push_back(node);
    return node;
  };
  for (std::size_t k = 0; k < layout.size(); ++k) {
    const ArrayLayout& array = layout[k];
    std::vector<std::string> words = {joined("X", read.name, "_", k)};
    for (Index i = array.source; i < array.source + array.sources; ++i)
      words.push_back(read.transposed ? sense(joined(read.name, "_p", i)) : joined(read.name, "_d", i));
    for (const BitLine& line : array.bit_lines)
      words.push_back(read.transposed ? driven_by(read, line) : sense(sensed_by(read, line)));
    words.push_back(joined(read.arrays, k));
    cards.card(words);
  }
  if (model.spec().mapping == Mapping::offset) {
    // an adder of the inputs: no cells of the arrays, and no wires
    const float siemens = model.subtracted_siemens()(0, 0);
    const std::string sum = sense(read.name + "_n0");
    for (Index i = 0; i < (read.transposed ? model.targets() : model.sources()); ++i)
      write_device(cards, model.spec(), joined(read.name, "_add", i), joined(read.name, "_d", i), sum, siemens);
  }
  for (const std::string& node : grounds) cards.card({"V" + node, node, "0", "0"});
}

std::string sensed_current(const CrossbarRead& read, Index i) {
  const Crossbar& model = *read.model;
  std::string current = joined("i(V", read.name, "_p", i, ")");
  const bool offset = model.spec().mapping == Mapping::offset;
  const Index minus = read.transposed ? (offset ? 0 : -1) : subtracted_from(model, i);
  if (minus >= 0) current += joined("-i(V", read.name, "_n", minus, ")");
  return current;
}

}  // namespace settle::spice

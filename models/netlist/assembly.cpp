#include "settle/models/netlist/assembly.h"

#include <algorithm>
#include <cctype>
#include <map>
#include <set>
#include <sstream>

#include "settle/models/error.h"
#include "settle/models/netlist/analysis_cards.h"
#include "settle/models/netlist/neuron_cards.h"

namespace settle::spice {
namespace {

// A part's name begins the names of its cards and nodes, where capitals count for nothing.
void check_names(const Assembly& assembly) {
  std::map<std::string, std::string> seen;
  const auto check = [&](const std::string& name) {
    std::string small = name;
    for (char& c : small) c = char(std::tolower(static_cast<unsigned char>(c)));
    const auto [other, is_new] = seen.emplace(small, name);
    if (!is_new) throw InputError(name + " and " + other->second + " are one name to SPICE: rename one of them");
  };
  for (const SourcePart& source : assembly.sources) check(source.name);
  for (const BankPart& bank : assembly.banks) check(bank.name);
  for (const ReadPart& part : assembly.reads) check(part.read.name);
}

void check_banks(const Assembly& assembly) {
  for (const BankPart& part : assembly.banks)
    if (part.bank->drive_tau_s.size() > 0)
      throw InputError(part.name + ": a deck of parts has no amplifiers that lag: leave drive_tau_s empty");
}

// Driven backwards, a reference column has the inverse of a sum on its line, which is not the sum of bent inverses.
void check_reads(const Assembly& assembly) {
  for (const ReadPart& part : assembly.reads) {
    const ArraySpec& spec = part.read.model->spec();
    if (part.read.transposed && spec.mapping == Mapping::reference_column && spec.device.iv_v > 0)
      throw InputError(part.from +
                       ": drives the bit lines of a reference column whose devices are not linear (device.iv_v), which "
                       "a deck does not have: use another mapping, or iv_v = 0");
  }
}

void write_header(Cards& cards, const Assembly& assembly) {
  cards.card(assembly.title);  // SPICE takes the first line for the title, whatever it says
  cards.comment("");
  cards.comment("Run it by  ngspice -b  and the name of this file: it writes " + assembly.data_file + ".");
  cards.comment("Nodes, of line or neuron I of the part NAME:");
  cards.comment("  NAME_vI  the voltage of a line of a source, or the output of a neuron");
  cards.comment("  NAME_hI  what crossbars' currents add up to: the drive of a neuron; NAME_mI: its membrane");
  cards.comment("ARRAY_dI drives a line of an array, at its read voltage for a state of one; of bit lines, the same");
  cards.comment("devices backwards, ARRAY_back_dI (_iI: inverted, _rI: sum, inverted). Lines that are sensed end in");
  cards.comment("virtual grounds, ARRAY_pI of the weights and ARRAY_nI of what is subtracted.");
  cards.comment(
      "Left out: noise. Devices that are not linear are bent in place here, by what wires leave of a voltage;");
  cards.comment("Settle bends what drives a line.");
  cards.comment("");
  write_parameters(cards, assembly.full_scale_v, assembly.capacitance_f);
  cards.comment("");
}

void write_source(Cards& cards, const SourcePart& source) {
  cards.comment(source.name);
  for (std::size_t i = 0; i < source.volts.size(); ++i) {
    const std::string node = joined(source.name, "_v", i);
    std::vector<std::string> words = {"V" + node, node, "0"};
    std::istringstream volts(source.volts[i]);  // a long list of points
    for (std::string word; volts >> word;) words.push_back(word);
    cards.card(words);
  }
  cards.comment("");
}

void write_reads(Cards& cards, const Assembly& assembly) {
  std::set<std::string> written;
  for (const ReadPart& part : assembly.reads) {
    cards.comment(part.read.name + ": " + part.from + " drives " +
                  (part.read.transposed ? "bit lines, word lines are sensed" : "word lines"));
    if (written.insert(part.read.arrays).second) write_arrays(cards, part.read);
    write_drivers(cards, part.read, part.from + "_v", part.read.model->spec().read_v / assembly.full_scale_v);
    write_read(cards, part.read);
    cards.comment("");
  }
}

std::vector<Summand> summands_of(const Assembly& assembly, const std::string& bank) {
  std::vector<Summand> summands;
  for (const ReadPart& part : assembly.reads)
    for (const ReadPart::Sink& sink : part.sinks) {
      if (sink.bank != bank) continue;
      const Crossbar& model = *part.read.model;
      summands.push_back({&part.read, number(sink.gain * ohm_of(model, assembly.full_scale_v, model.spec().read_v))});
    }
  return summands;
}

void write_bank(Cards& cards, const Assembly& assembly, const BankPart& part) {
  const Bank<float>& bank = *part.bank;
  const std::string neuron = part.name + "_neuron";
  const std::vector<Summand> summands = summands_of(assembly, part.name);
  cards.comment(part.name);
  write_neuron(cards, neuron, bank);
  for (Index i = 0; i < bank.size(); ++i) {
    write_sum(cards, joined(part.name, "_h", i), summands, i, assembly.full_scale_v * double((*part.external)(i, 0)),
              assembly.full_scale_v * double(bank.rail));
    write_instance(cards, neuron, bank, {}, part.name, i, joined(part.name, "_v", i));
    cards.card(joined(".ic v(", part.name, "_m", i, ")=0"));
  }
  cards.comment("");
}

// The longest step of ngspice's: short against the membranes, and no longer than the assembly's own.
double longest_step_s(const Assembly& assembly) {
  double longest = assembly.step_s;
  for (const BankPart& part : assembly.banks)
    longest = std::min(longest, double(part.bank->tau_s.minCoeff()) / steps_per_tau);
  return longest;
}

void write_transient(Cards& cards, const Assembly& assembly) {
  std::vector<std::string> outputs;
  const auto add = [&](const std::string& part, Index lines) {
    for (Index i = 0; i < lines; ++i) outputs.push_back(joined("v(", part, "_v", i, ")"));
  };
  for (const SourcePart& source : assembly.sources) add(source.name, Index(source.volts.size()));
  for (const BankPart& part : assembly.banks) add(part.name, part.bank->size());
  std::vector<std::string> saved = outputs;
  saved.insert(saved.begin(), ".save");
  cards.comment("the transient from a reset of all membranes, then a row for each step");
  cards.card(options);
  cards.card(saved);
  begin_commands(cards);
  cards.card(joined("tran ", assembly.step_s, " ", assembly.end_s, " 0 ", longest_step_s(assembly)));
  cards.card("linearize");
  write_data(cards, assembly.data_file, outputs);
  end_commands(cards);
}

}  // namespace

std::string assembly_deck(const Assembly& assembly) {
  check_names(assembly);
  check_banks(assembly);
  check_reads(assembly);
  Cards cards;
  write_header(cards, assembly);
  for (const SourcePart& source : assembly.sources) write_source(cards, source);
  write_reads(cards, assembly);
  for (const BankPart& part : assembly.banks) write_bank(cards, assembly, part);
  write_transient(cards, assembly);
  return cards.text();
}

}  // namespace settle::spice

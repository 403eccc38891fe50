#include "settle/models/netlist/analysis_cards.h"

namespace settle::spice {

void begin_commands(Cards& cards) {
  for (const char* line : {".control", "set wr_singlescale", "set wr_vecnames", "set numdgt=15"}) cards.card(line);
}

void end_commands(Cards& cards) {
  for (const char* line : {"if $?batchmode", "quit", "end", ".endc", ".end"}) cards.card(line);
}

void write_data(Cards& cards, const std::string& file, const std::vector<std::string>& vectors) {
  std::vector<std::string> words = {"wrdata", file};
  words.insert(words.end(), vectors.begin(), vectors.end());
  cards.card(words);
}

}  // namespace settle::spice

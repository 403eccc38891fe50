#include "src/config/keys.h"

namespace settle {

std::vector<Key> keys(Configuration& c) {
  const std::pair<const char*, Parameters> sections[] = {{"run", parameters(c.run)},
                                                         {"data", parameters(c.data)},
                                                         {"network", parameters(c.network)},
                                                         {"learning", parameters(c.learning)},
                                                         {"settling", parameters(c.settling)},
                                                         {"device", parameters(c.device)},
                                                         {"crossbar", parameters(c.crossbar)},
                                                         {"wire", parameters(c.wire)},
                                                         {"programming", parameters(c.programming)},
                                                         {"converter", parameters(c.converter)},
                                                         {"amplifier", parameters(c.amplifier)},
                                                         {"hold", parameters(c.hold)},
                                                         {"sense", parameters(c.sense)},
                                                         {"noise", parameters(c.noise)},
                                                         {"neuron", parameters(c.neuron)},
                                                         {"chip", parameters(c.chip)},
                                                         {"cost", parameters(c.cost)},
                                                         {"rules", parameters(c.rules)},
                                                         {"trace", parameters(c.trace)}};
  std::vector<Key> list;
  for (const auto& [section, rows] : sections)
    for (const Parameter& row : rows) list.push_back({section + ("." + row.name), row.value, row.meaning});
  return list;
}

std::string section_of(const Key& key) { return key.name.substr(0, key.name.find('.')); }

std::string name_in_section(const Key& key) { return key.name.substr(key.name.find('.') + 1); }

}  // namespace settle

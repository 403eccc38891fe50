// The uncertain figures of a chip, by their keys.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <utility>

#include "settle/models/parameter.h"

namespace settle {

/// An uncertain figure, and where it comes from.
struct Figure {
  Estimate value;
  std::optional<Provenance> provenance;  // nothing where it is not known
};

/// The uncertain figures of a chip, by their keys, "section.key".
class Figures {
 public:
  /// Adds the rows of a section that are estimates.
  void add(const std::string& section, const Parameters& rows) {
    for (const Parameter& row : rows)
      if (const auto* estimate = std::get_if<EstimateValue>(&row.value))
        add(section + "." + row.name, {*estimate->member, estimate->provenance});
  }
  void add(const std::string& key, Figure figure) { figures_[key] = std::move(figure); }
  /// One without a record.
  void add(const std::string& key, const Estimate& value) { add(key, Figure{value, std::nullopt}); }

  const std::map<std::string, Figure>& all() const { return figures_; }

 private:
  std::map<std::string, Figure> figures_;
};

}  // namespace settle

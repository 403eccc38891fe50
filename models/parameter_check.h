// Whether the members of a model's struct have values that its rows allow: one rule for configurations and
// constructors.
#pragma once

#include <string>

#include "settle/models/parameter.h"

namespace settle {

/// Whether a member has a value that its row allows; NaN is none.
bool is_allowed(const Value& value);

/// Throws InputError for the first row whose member has no allowed value: "neuron.tau_s = -1: must be from 1e-12 to 1".
/// Estimates may be zero here: that makes a part ideal.
void check_parameters(const std::string& section, const Parameters& rows);

/// The same for a struct with rows beside it, under the name of its section of a configuration.
template <class Spec>
void check_spec(const std::string& section, const Spec& spec) {
  Spec copy = spec;  // rows point to members that can be set
  check_parameters(section, parameters(copy));
}

}  // namespace settle

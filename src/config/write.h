// A Configuration as TOML.
#pragma once

#include <string>

#include "src/config/configuration.h"
#include "src/config/keys.h"

namespace settle {

/// The defaults, each key with its meaning, unit and allowed values as comments: what `settle config` prints. `wanted`
/// is a section ("neuron") or a key ("neuron.tau_s", or "tau_s"); empty for all of them (InputError for an unknown
/// one).
std::string annotated_defaults(const std::string& wanted = "");

/// A copy of the configuration with absolute paths of files, so that it works from any folder.
Configuration with_absolute_paths(Configuration configuration);

/// Whether what an epoch does depends on how many there are: then a run cannot get more of them later.
bool depends_on_epochs(const Configuration& configuration);

/// Every key that decides about results (changes_no_result), but for where the data are, and for how many epochs there
/// are where no epoch depends on that.
std::string decisive_settings(const Configuration& configuration);

/// The first line of a run's config.toml.
inline const std::string heading_of_runs = "# Every key of this run. `settle train` runs it again as it is.\n";

/// Every key of `configuration`. Reads back to the same configuration, bit by bit.
std::string resolved_configuration(const Configuration& configuration);

}  // namespace settle

// Figures of a sweep's results, as its file names them.
#pragma once

#include <string>

#include "src/config/configuration.h"

namespace settle {

/// The column of the results that a word means: a headline figure or, of a sweep that analyses, one of the loop;
/// test_accuracy is test_accuracy_best. `place` begins the message of InputError, which names the nearest one.
std::string figure_called(const std::string& word, bool analyze, const std::string& place);

/// The key that a run of this configuration would have to set for this figure to have a value; empty: none.
std::string key_for(const std::string& figure, const Configuration& c);

}  // namespace settle

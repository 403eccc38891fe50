// Figures of a sweep's results, as its file names them.
#pragma once

#include <string>

namespace settle {

/// The column of the results that a word means: a headline figure or, of a sweep that analyses, one of the loop;
/// test_accuracy is test_accuracy_best. `place` begins the message of InputError, which names the nearest one.
std::string figure_called(const std::string& word, bool analyze, const std::string& place);

}  // namespace settle

// stop_below and [halving] of a sweep's file.
#pragma once

#include <string>
#include <vector>

#include "src/sweep/axis_reader.h"
#include "src/sweep/early_stopping.h"

namespace settle {

/// { epoch = 1, test_accuracy = 0.3 }, or a list of such bars. InputError, one line, here and below.
std::vector<Bar> read_bars(const AxisReader& reader, const toml::node& node);
Halving read_halving(const AxisReader& reader, const toml::node& node, bool analyze);

/// All that decides who is stopped when, for a fingerprint.
std::string text_of(const EarlyStopping& early);

}  // namespace settle

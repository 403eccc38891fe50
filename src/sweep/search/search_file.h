// [search] of a sweep's file.
#pragma once

#include <string>

#include "src/sweep/axis_reader.h"
#include "src/sweep/search/search_spec.h"

namespace settle {

/// InputError, one line.
SearchSpec read_search(const AxisReader& reader, const toml::node& node, bool analyze);

/// All that decides what a search proposes, for a fingerprint.
std::string text_of(const SearchSpec& search);

}  // namespace settle

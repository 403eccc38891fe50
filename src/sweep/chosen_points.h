// What a sweep would run: all of its points or some, and how far they are. Nothing is run or written here.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "src/sweep/points.h"
#include "src/sweep/sweep_file.h"

namespace settle {

/// The points that --only names: numbers and ranges such as "1-4,7", or a condition over the columns of the results
/// (condition.h), as the database in `folder` has them, or as they are before anything has run. Indices from 0, in
/// order. InputError where it cannot be read or names no point.
std::vector<std::size_t> chosen_points(const std::string& only, const std::filesystem::path& folder,
                                       const SweepFile& sweep, const std::vector<Point>& points);

/// For --list: the axes, a row for each of these points with its state, and how long those that are left will take with
/// `jobs` at a time, from what finished ones took.
std::string list_points(const std::vector<std::size_t>& chosen, const std::filesystem::path& folder,
                        const SweepFile& sweep, const std::vector<Point>& points, int jobs);

}  // namespace settle

// The result of a point as versions of the program without a database kept it: point.json in its run folder.
#pragma once

#include <filesystem>

namespace settle {

struct EarlierResult {
  bool done = false;   // it was trained, and analysed where the sweep asked for it
  double seconds = 0;  // wall clock of its processes
};

/// What is not there or not whole is not done.
EarlierResult read_earlier_result(const std::filesystem::path& run);

}  // namespace settle

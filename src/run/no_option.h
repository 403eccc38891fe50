// Paths that begin with "-", which programs take for options.
#pragma once

#include <filesystem>

namespace settle {

/// A path that is one to every program that gets it: "./-x" for "-x".
inline std::filesystem::path no_option(const std::filesystem::path& path) {
  return path.native().rfind('-', 0) == 0 ? "." / path : path;
}

}  // namespace settle

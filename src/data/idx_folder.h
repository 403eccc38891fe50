// The four files of a data set, under the names that they are published in.
#pragma once

#include <filesystem>
#include <optional>
#include <string>

#include "src/data/idx.h"

namespace settle {

enum class Part { train, test };

/// The file of one part and content in a folder: "train-images-idx3-ubyte", "train-images.idx3-ubyte",
/// "emnist-letters-train-images-idx3-ubyte", "qmnist-test-labels-idx2-int", each plain or .gz, and the like, whatever
/// the case of the letters. Where several fit, the usual name comes first, then the name that begins with `set`, the
/// data set's. Nothing when there is none; InputError when two fit equally well.
std::optional<std::filesystem::path> find_idx(const std::filesystem::path& folder, const std::string& set, Part part,
                                              IdxContent content);

/// The same, with an InputError that says what is looked for, and which file comes near, when there is none.
std::filesystem::path require_idx(const std::filesystem::path& folder, const std::string& set, Part part,
                                  IdxContent content);

}  // namespace settle

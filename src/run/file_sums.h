// Checksums of the files that a run leaves, so that a reader notices when one is not what was written: files.sha256 in
// the run's folder, as `sha256sum` writes it, and `sha256sum -c files.sha256` checks it.
//
// (A checkpoint has its own: checkpoint_file.h.)
#pragma once

#include <filesystem>
#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace settle {

constexpr const char* sums_file = "files.sha256";

/// Writes the sums of these files of `folder`.
void write_file_sums(const std::filesystem::path& folder, const std::vector<std::string>& names);

class FileSums {
 public:
  /// Reads the sums in `folder`: none where there is no such file, as in runs that are not finished. InputError where
  /// it is damaged.
  explicit FileSums(const std::filesystem::path& folder);

  /// Whether `bytes` are those that the run has left as `name`; true where it has left no sum.
  bool fit(const std::string& name, std::string_view bytes) const;
  /// InputError where they are not.
  void expect(const std::string& name, std::string_view bytes) const;

 private:
  std::filesystem::path folder_;
  std::map<std::string, std::string> sums_;
};

/// Whether the settings in a run's config.toml were changed by hand after the run: what to say of it, or nothing.
std::string edited_note(const std::filesystem::path& folder);

}  // namespace settle

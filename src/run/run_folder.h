// The folder that a run writes: where it is, and how files get into it without being left half written.
#pragma once

#include <filesystem>
#include <string>

namespace settle {

class RunFolder {
 public:
  /// Makes the folder. `wanted` empty: runs/NAME-001, or the next free number. A folder that already holds a run, or
  /// that cannot be written, is an InputError, and nothing is written.
  static RunFolder create(const std::string& wanted, const std::string& name);
  /// Opens one that `settle train` has written (InputError when it is not one).
  static RunFolder open(const std::string& path);

  std::filesystem::path file(const std::string& name) const { return path_ / name; }
  const std::filesystem::path& path() const { return path_; }

  /// Writes a whole file under a temporary name and renames it: readers see the old or the new one.
  void write(const std::string& name, const std::string& text) const;

 private:
  explicit RunFolder(std::filesystem::path path) : path_(std::move(path)) {}

  std::filesystem::path path_;
};

/// Makes a folder that can be written to (InputError when that is impossible).
void make_folder(const std::filesystem::path& path);

std::string read_file(const std::filesystem::path& path);

/// Writes text to a file, whole or not at all (RunError).
void write_file(const std::filesystem::path& path, const std::string& text);

/// SHA-256 of a text, in hexadecimal.
std::string sha256(const std::string& text);

}  // namespace settle

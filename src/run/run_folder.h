// The folder that a run writes: where it is, and how files get into it without being left half written.
#pragma once

#include <filesystem>
#include <memory>
#include <string>
#include <string_view>

#include "src/run/folder_claim.h"

namespace settle {

class RunFolder {
 public:
  /// Makes the folder and holds it against other processes as long as this or a copy lives. `wanted` empty:
  /// runs/NAME-001, or the next free number. A folder that already holds a run, in which one is running, or that cannot
  /// be written, is an InputError, and nothing is written.
  static RunFolder create(const std::string& wanted, const std::string& name);
  /// Opens a folder that `settle train` has written (InputError when it is not one).
  static RunFolder open(const std::string& path);
  /// Opens it to go on with its run, and holds it as create() does. Takes away what was being written when a run was
  /// cut off there.
  static RunFolder resume(const std::string& path);

  std::filesystem::path file(const std::string& name) const { return path_ / name; }
  const std::filesystem::path& path() const { return path_; }

  /// Writes a whole file under a temporary name and renames it, so that readers find the old or the new one.
  void write(const std::string& name, const std::string& text) const;

 private:
  static RunFolder create_next(const std::string& name);
  static RunFolder claim(const std::filesystem::path& path);
  explicit RunFolder(std::filesystem::path path) : path_(std::move(path)) {}

  std::filesystem::path path_;
  std::shared_ptr<const FolderClaim> claim_;  // none when it was opened
};

/// What is called after a file: its name without the extension, unless that means a folder (".", "..").
std::string name_after(const std::filesystem::path& file);

/// Makes a folder that can be written to (InputError when that is impossible).
void make_folder(const std::filesystem::path& path);

std::string read_file(const std::filesystem::path& path);

/// Writes text to a file, whole or not at all (RunError), also where others write the same file at that time.
void write_file(const std::filesystem::path& path, const std::string& text);

/// The same, and so that it survives the end of the machine: bytes are on the disk before they take the place of the
/// file that was there. That one is kept as `before`, if a path is given.
void replace_file_durably(const std::filesystem::path& path, const std::string& bytes,
                          const std::filesystem::path& before = {});

/// Refuses to write `what` (InputError) to a folder, into one that is not there, or over a file that does not begin as
/// it does: something else, which would be lost. To be asked before any work is done.
void refuse_to_replace(const std::filesystem::path& path, const std::string& what, std::string_view beginning);

/// SHA-256 of a text, in hexadecimal.
std::string sha256(std::string_view text);

}  // namespace settle

// A folder that one process writes to, and no other at the same time.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "settle/models/error.h"

namespace settle {

/// Another process has the folder.
class FolderTaken : public InputError {
 public:
  using InputError::InputError;
};

class FolderClaim {
 public:
  /// Makes the folder and holds it for `settle COMMAND` as long as this lives; the claim ends with the process, however
  /// that ends. FolderTaken when another `settle COMMAND` holds it, InputError when it cannot be written to. Commands
  /// whose files have names of their own do not exclude each other.
  FolderClaim(const std::filesystem::path& folder, const std::string& command);
  /// Takes folders away again that it has made and nothing was written to.
  ~FolderClaim();
  FolderClaim(const FolderClaim&) = delete;
  FolderClaim& operator=(const FolderClaim&) = delete;

 private:
  bool take();

  std::filesystem::path folder_, file_;
  std::vector<std::filesystem::path> made_;  // the outermost first
  int lock_ = -1;
};

}  // namespace settle

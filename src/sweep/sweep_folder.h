// The folder of a sweep: its database, what is exported from it, and a run folder for each point under points/.
#pragma once

#include <filesystem>
#include <memory>
#include <string>

#include "src/run/folder_claim.h"
#include "src/sweep/points.h"

namespace settle {

class SweepFolder {
 public:
  enum class As { sweep, worker };

  /// Makes the folder, or goes on in one that holds a sweep; with `must_exist` it only goes on. As a sweep it is held
  /// against other sweeps as long as this lives; workers share it with each other and with one sweep. Throws InputError
  /// when it holds something else, or a sweep of a version of the program that kept no database.
  SweepFolder(const std::string& path, As as, bool must_exist);
  /// Whether there is a sweep's folder, of any version of the program.
  static bool is_one(const std::filesystem::path& path);

  const std::filesystem::path& path() const { return path_; }
  std::filesystem::path file(const std::string& name) const { return path_ / name; }
  std::filesystem::path of(const Point& point) const { return path_ / "points" / point.id; }

 private:
  std::filesystem::path path_;
  std::unique_ptr<FolderClaim> claim_;
};

}  // namespace settle

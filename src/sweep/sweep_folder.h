// The folder of a sweep: results.csv, summary.csv, and a run folder for each point under points/.
#pragma once

#include <filesystem>
#include <memory>
#include <string>

#include "src/run/folder_claim.h"
#include "src/sweep/points.h"

namespace settle {

class SweepFolder {
 public:
  /// Makes the folder, or goes on in it when it holds the same sweep (`fingerprint`); with `must_exist` it only goes
  /// on. Holds it against other processes as long as it lives. Throws InputError when it holds something else.
  SweepFolder(const std::string& path, const std::string& fingerprint, bool must_exist);
  /// Whether there is a sweep's folder.
  static bool is_one(const std::filesystem::path& path);

  const std::filesystem::path& path() const { return path_; }
  std::filesystem::path file(const std::string& name) const { return path_ / name; }
  std::filesystem::path of(const Point& point) const { return path_ / "points" / point.id; }

 private:
  std::filesystem::path path_;
  std::unique_ptr<FolderClaim> claim_;
};

}  // namespace settle

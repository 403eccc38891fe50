#include "src/sweep/sweep_folder.h"

#include <set>

#include "src/data/input_file.h"
#include "src/run/run_folder.h"
#include "src/sweep/database/sweep_store.h"

namespace settle {
namespace fs = std::filesystem;
namespace {

bool has_database(const fs::path& path) { return fs::exists(path / SweepStore::file_name); }

// Of earlier versions of the program, which kept each point's result in its folder alone.
bool is_without_database(const fs::path& path) {
  return fs::exists(path / "sweep.sha256") && fs::is_directory(path / "points") && !has_database(path);
}

// A sweep that has just begun there, or died so early, has no more than its first files.
void refuse_other_contents(const fs::path& path) {
  if (!fs::is_directory(path)) refuse(path.string() + ": is a file, not a folder; choose another folder with --out");
  if (is_without_database(path))
    refuse(path.string() +
           ": was written by an earlier version of settle, which kept no results.db; choose another folder "
           "with --out, and take over from this one with --reuse");
  if (has_database(path)) return;
  const std::set<std::string> first = {".sweep.lock", "points"};
  for (const auto& entry : fs::directory_iterator(path))
    if (first.count(entry.path().filename().string()) == 0)
      refuse(path.string() + ": holds something else than a sweep; choose another folder with --out");
}

}  // namespace

SweepFolder::SweepFolder(const std::string& path, As as, bool must_exist) : path_(path) {
  if (fs::exists(path_)) {
    refuse_other_contents(path_);
  } else if (must_exist) {
    refuse(path + ": no such folder, so there is nothing to resume; leave out --resume, or see --out");
  }
  if (as == As::sweep) claim_ = std::make_unique<FolderClaim>(path_, "sweep");
  make_folder(path_ / "points");
}

bool SweepFolder::is_one(const fs::path& path) {
  return (has_database(path) && fs::is_directory(path / "points")) || is_without_database(path);
}

}  // namespace settle

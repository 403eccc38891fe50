#include "src/sweep/sweep_folder.h"

#include <set>

#include "models/error.h"
#include "src/run/run_folder.h"

namespace settle {
namespace fs = std::filesystem;
namespace {

const char* const fingerprint_file = "sweep.sha256";

// A sweep that has just begun there, or died so early, has no more than its first files.
void refuse_other_contents(const fs::path& path) {
  if (!fs::is_directory(path))
    throw InputError(path.string() + ": is a file, not a folder; choose another folder with --out");
  if (SweepFolder::is_one(path)) return;
  const std::set<std::string> first = {".sweep.lock", "points"};
  for (const auto& entry : fs::directory_iterator(path))
    if (first.count(entry.path().filename().string()) == 0)
      throw InputError(path.string() + ": holds something else than a sweep; choose another folder with --out");
}

void refuse_another_sweep(const fs::path& path, const std::string& fingerprint) {
  if (!SweepFolder::is_one(path) || read_file(path / fingerprint_file) == fingerprint + "\n") return;
  throw InputError(path.string() +
                   ": holds another sweep, or the sweep file or its base has changed since; choose another folder "
                   "with --out, and take over from this one with --reuse, or remove this one");
}

}  // namespace

SweepFolder::SweepFolder(const std::string& path, const std::string& fingerprint, bool must_exist) : path_(path) {
  if (fs::exists(path_)) {
    refuse_other_contents(path_);
  } else if (must_exist) {
    throw InputError(path + ": no such folder, so there is nothing to resume; leave out --resume, or see --out");
  }
  claim_ = std::make_unique<FolderClaim>(path_, "sweep");
  refuse_another_sweep(path_, fingerprint);
  make_folder(path_ / "points");
  write_file(file(fingerprint_file), fingerprint + "\n");
}

bool SweepFolder::is_one(const fs::path& path) {
  return fs::exists(path / fingerprint_file) && fs::is_directory(path / "points");
}

}  // namespace settle

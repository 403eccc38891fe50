#include "src/run/folder_claim.h"

#include <cerrno>

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "src/run/run_folder.h"

namespace settle {
namespace fs = std::filesystem;
namespace {

// The folders of a path that are not there yet, the outermost first.
std::vector<fs::path> missing(fs::path folder) {
  std::vector<fs::path> all;
  std::error_code unreadable;
  for (folder = fs::absolute(folder).lexically_normal();
       !fs::exists(folder, unreadable) && folder != folder.root_path(); folder = folder.parent_path())
    if (folder.has_filename()) all.insert(all.begin(), folder);
  return all;
}

bool is_the_file(int descriptor, const fs::path& path) {
  struct stat held = {};
  struct stat there = {};
  return ::fstat(descriptor, &held) == 0 && ::stat(path.c_str(), &there) == 0 && held.st_dev == there.st_dev &&
         held.st_ino == there.st_ino;
}

}  // namespace

FolderClaim::FolderClaim(const fs::path& folder, const std::string& command)
    : folder_(folder), file_(folder / fmt::format(".{}.lock", command)), made_(missing(folder)) {
  if (take()) return;
  throw FolderTaken(
      fmt::format("{}: another `settle {}` is running there; wait for it, or choose another folder with --out",
                  folder.string(), command));
}

// False when another process holds it. One that has just ended took file and folders away with it: once more then.
bool FolderClaim::take() {
  for (int tries = 0; tries < 100; ++tries) {
    make_folder(folder_);
    lock_ = ::open(file_.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0666);
    if (lock_ < 0 && errno == ENOENT) continue;
    if (lock_ < 0) throw InputError(folder_.string() + ": cannot write there; choose another folder with --out");
    const bool held = ::flock(lock_, LOCK_EX | LOCK_NB) != 0 && errno == EWOULDBLOCK;
    if (!held && is_the_file(lock_, file_)) return true;
    ::close(lock_);
    if (held) return false;
  }
  return false;
}

FolderClaim::~FolderClaim() {
  ::unlink(file_.c_str());  // while it is held: who opens it from now on makes another one
  ::close(lock_);
  while (!made_.empty() && ::rmdir(made_.back().c_str()) == 0) made_.pop_back();
}

}  // namespace settle

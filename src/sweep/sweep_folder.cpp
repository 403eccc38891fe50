#include "src/sweep/sweep_folder.h"

#include <cerrno>

#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>

#include "models/error.h"
#include "src/run/run_folder.h"

namespace settle {
namespace fs = std::filesystem;
namespace {

const char* const fingerprint_file = "sweep.sha256";

void refuse_other_contents(const fs::path& path, const std::string& fingerprint) {
  if (!fs::is_directory(path))
    throw InputError(path.string() + ": is a file, not a folder; choose another folder with --out");
  if (SweepFolder::is_one(path)) {
    if (read_file(path / fingerprint_file) == fingerprint + "\n") return;
    throw InputError(path.string() +
                     ": holds another sweep, or the sweep file or its base has changed since; choose another folder "
                     "with --out, and take over from this one with --reuse, or remove this one");
  }
  if (!fs::is_empty(path))
    throw InputError(path.string() + ": holds something else than a sweep; choose another folder with --out");
}

}  // namespace

SweepFolder::SweepFolder(const std::string& path, const std::string& fingerprint, bool must_exist) : path_(path) {
  if (fs::exists(path_)) {
    refuse_other_contents(path_, fingerprint);
  } else if (must_exist) {
    throw InputError(path + ": no such folder, so there is nothing to resume; leave out --resume, or see --out");
  }
  make_folder(path_ / "points");
  lock_ = ::open(file(fingerprint_file).c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0666);
  if (lock_ < 0) throw InputError(path + ": cannot write there; choose another folder with --out");
  if (::flock(lock_, LOCK_EX | LOCK_NB) != 0 && errno == EWOULDBLOCK) {
    ::close(lock_);
    throw InputError(path + ": another `settle sweep` is running there; wait for it, or choose another with --out");
  }
  const std::string line = fingerprint + "\n";
  if (::pwrite(lock_, line.data(), line.size(), 0) != ssize_t(line.size())) {
    ::close(lock_);
    throw RunError(path + ": cannot be written (is the disk full?)");
  }
}

bool SweepFolder::is_one(const fs::path& path) {
  return fs::exists(path / fingerprint_file) && fs::is_directory(path / "points");
}

SweepFolder::~SweepFolder() { ::close(lock_); }

}  // namespace settle

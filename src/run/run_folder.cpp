#include "src/run/run_folder.h"

#include <array>
#include <cerrno>
#include <cstring>
#include <fstream>
#include <sstream>

#include <fcntl.h>
#include <fmt/format.h>
#include <openssl/evp.h>
#include <unistd.h>

#include "settle/models/error.h"
#include "src/config/write.h"
#include "src/run/file_sums.h"
#include "src/run/no_option.h"

namespace settle {
namespace fs = std::filesystem;
namespace {

bool begins_with(const fs::path& file, std::string_view beginning) {
  std::string bytes(beginning.size(), '\0');
  std::ifstream in(file, std::ios::binary);
  in.read(bytes.data(), std::streamsize(bytes.size()));
  return in && bytes == beginning;
}

bool holds_a_run(const fs::path& path) { return fs::exists(path / "config.toml"); }

// A run that ended before its first epoch has nothing to lose.
bool holds_results(const fs::path& path) {
  for (const char* name : {"summary.json", "metrics.csv", "checkpoint.h5", "checkpoint-before.h5"})
    if (fs::exists(path / name)) return true;
  return false;
}

// A configuration that somebody has written, comments and all: that of a run would take its place.
bool holds_a_configuration_of_others(const fs::path& path) {
  const fs::path file = path / "config.toml";
  return fs::is_regular_file(file) && !begins_with(file, heading_of_runs);
}

void refuse_results(const fs::path& path) {
  if (holds_a_configuration_of_others(path))
    throw FolderTaken(path.string() +
                      ": its config.toml is not that of a run, and would be lost; choose another folder with --out");
  if (holds_results(path))
    throw FolderTaken(
        path.string() +
        ": already holds a run, which would be lost; go on with it with --resume, or choose another folder with --out");
}

}  // namespace

RunFolder RunFolder::create(const std::string& wanted, const std::string& name) {
  return wanted.empty() ? create_next(name) : claim(wanted);
}

// runs/NAME-001, or the next one that is not there: of processes that start together, one makes it.
RunFolder RunFolder::create_next(const std::string& name) {
  make_folder("runs");
  for (int n = 1;; ++n) {
    const fs::path path = fs::path("runs") / fmt::format("{}-{:03}", name, n);
    std::error_code failed;
    if (!fs::create_directory(path, failed) && fs::exists(path)) continue;
    try {
      return claim(path);  // says what failed
    } catch (const FolderTaken&) {
      continue;
    }
  }
}

RunFolder RunFolder::claim(const fs::path& path) {
  if (fs::exists(path) && !fs::is_directory(path))
    throw InputError(path.string() + ": is a file, not a folder; choose another folder with --out");
  refuse_results(path);
  RunFolder folder(no_option(path));  // `settle trace` gets it as a word, and so does who copies one out of a message
  folder.claim_ = std::make_shared<FolderClaim>(path, "train");
  refuse_results(path);  // of one that has ended meanwhile
  return folder;
}

RunFolder RunFolder::open(const std::string& path) {
  if (!fs::is_directory(path)) throw InputError(path + ": no such folder; name one that `settle train` has written");
  if (!holds_a_run(path))
    throw InputError(path + ": holds no run (no config.toml in it); name a folder that `settle train` has written");
  return RunFolder(no_option(path));
}

RunFolder RunFolder::resume(const std::string& path) {
  RunFolder folder = open(path);
  if (::access(path.c_str(), W_OK) != 0)
    throw InputError(
        fmt::format("{}: cannot write there ({}); make it writable, or copy it", path, std::strerror(errno)));
  try {
    folder.claim_ = std::make_shared<FolderClaim>(folder.path_, "train");
  } catch (const FolderTaken&) {
    throw FolderTaken(path + ": another `settle train` is running there; wait for it");
  }
  std::vector<fs::path> parts;
  std::error_code ignored;
  for (const auto& entry : fs::directory_iterator(folder.path_, ignored))
    if (entry.is_regular_file(ignored) && entry.path().extension() == ".part") parts.push_back(entry.path());
  for (const fs::path& part : parts) fs::remove(part, ignored);
  return folder;
}

void RunFolder::write(const std::string& name, const std::string& text) const { write_file(file(name), text); }

std::string name_after(const fs::path& file) {
  const std::string stem = file.stem().string();
  return stem.find_first_not_of('.') == stem.npos ? "unnamed" : stem;
}

void make_folder(const fs::path& path) {
  std::error_code failed;
  fs::create_directories(path, failed);
  if (failed || ::access(path.c_str(), W_OK) != 0)
    throw InputError(fmt::format("{}: cannot write there ({}); choose another folder with --out", path.string(),
                                 failed ? failed.message() : std::strerror(errno)));
}

std::string read_file(const fs::path& path) {
  std::ifstream in(path, std::ios::binary);
  std::ostringstream text;
  if (!in || !(text << in.rdbuf()))
    throw InputError(path.string() + ": cannot be read; check that the run is complete");
  return text.str();
}

void write_file(const fs::path& path, const std::string& text) {
  const bool device = fs::exists(path) && !fs::is_regular_file(path);  // such as /dev/stdout
  const fs::path half = device ? path : fs::path(fmt::format("{}.{}.part", path.string(), ::getpid()));
  std::ofstream out(half, std::ios::binary);
  out << text;
  out.close();
  std::error_code failed, ignored;
  if (out && !device) fs::rename(half, path, failed);
  if (out && !failed) return;
  if (!device) fs::remove(half, ignored);
  throw RunError(path.string() + ": cannot be written; check that its folder exists and the disk has room");
}

void refuse_to_replace(const fs::path& path, const std::string& what, std::string_view beginning) {
  const fs::path folder = path.has_parent_path() ? path.parent_path() : fs::path(".");
  if (!fs::is_directory(folder))
    throw InputError(
        fmt::format("{}: there is no folder {}; make it, or choose another name", path.string(), folder.string()));
  if (fs::is_directory(path)) throw InputError(path.string() + ": is a folder; name a file in it");
  if (fs::is_regular_file(path) && fs::file_size(path) > 0 && !begins_with(path, beginning))
    throw InputError(fmt::format("{}: is there already, and is not {}; choose another name", path.string(), what));
}

namespace {

// A file or folder that is open; closed when it goes out of scope.
struct Descriptor {
  int id;
  ~Descriptor() {
    if (id >= 0) ::close(id);
  }
};

bool write_all(int descriptor, const std::string& bytes) {
  for (std::size_t done = 0; done < bytes.size();) {
    const ssize_t n = ::write(descriptor, bytes.data() + done, bytes.size() - done);
    if (n < 0 && errno == EINTR) continue;
    if (n <= 0) return false;
    done += std::size_t(n);
  }
  return true;
}

bool write_to_disk(const fs::path& path, const std::string& bytes) {
  const Descriptor file{::open(path.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0666)};
  return file.id >= 0 && write_all(file.id, bytes) && ::fsync(file.id) == 0;
}

// A second name for the file, so that it is there under the first one at all times; a file system without links gets
// the second name alone.
bool keep_as(const fs::path& path, const fs::path& before) {
  if (before.empty() || !fs::exists(path)) return true;
  const std::string aside = before.string() + ".part";
  ::unlink(aside.c_str());
  if (::link(path.c_str(), aside.c_str()) != 0) return ::rename(path.c_str(), before.c_str()) == 0;
  const bool done = ::rename(aside.c_str(), before.c_str()) == 0;
  ::unlink(aside.c_str());  // which is left where both names were the same file's before
  return done;
}

// What is renamed is on the disk when the folder is. Some file systems cannot do that, and need not.
void sync_folder(const fs::path& folder) {
  const Descriptor open{::open(folder.empty() ? "." : folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC)};
  if (open.id >= 0) ::fsync(open.id);
}

}  // namespace

void replace_file_durably(const fs::path& path, const std::string& bytes, const fs::path& before) {
  const std::string aside = path.string() + ".part";
  const bool done = write_to_disk(aside, bytes) && keep_as(path, before) && ::rename(aside.c_str(), path.c_str()) == 0;
  if (!done) {
    const std::string why = std::strerror(errno);
    ::unlink(aside.c_str());
    throw RunError(path.string() + ": cannot be written (" + why +
                   "); check that its folder exists and the disk has room");
  }
  sync_folder(path.parent_path());
}

std::string sha256(std::string_view text) {
  std::array<unsigned char, 32> digest{};
  std::size_t size = digest.size();
  if (EVP_Q_digest(nullptr, "SHA256", nullptr, text.data(), text.size(), digest.data(), &size) != 1)
    throw RunError("libcrypto has no SHA-256");
  std::string hex;
  for (const unsigned char byte : digest) hex += fmt::format("{:02x}", byte);
  return hex;
}

}  // namespace settle

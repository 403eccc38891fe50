#include "src/run/run_folder.h"

#include <array>
#include <cerrno>
#include <cstring>
#include <fstream>
#include <sstream>

#include <fmt/format.h>
#include <openssl/evp.h>
#include <unistd.h>

#include "models/error.h"

namespace settle {
namespace fs = std::filesystem;
namespace {

bool holds_a_run(const fs::path& path) { return fs::exists(path / "config.toml"); }

// A run that ended before its first epoch has nothing to lose.
bool holds_results(const fs::path& path) {
  return fs::exists(path / "summary.json") || fs::exists(path / "metrics.csv") || fs::exists(path / "checkpoint.h5");
}

void refuse_results(const fs::path& path) {
  if (holds_results(path))
    throw FolderTaken(path.string() + ": already holds a run, which would be lost; choose another folder with --out");
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
  RunFolder folder(path);
  folder.claim_ = std::make_shared<FolderClaim>(path, "train");
  refuse_results(path);  // of one that has ended meanwhile
  return folder;
}

RunFolder RunFolder::open(const std::string& path) {
  if (!fs::is_directory(path)) throw InputError(path + ": no such folder; name one that `settle train` has written");
  if (!holds_a_run(path))
    throw InputError(path + ": holds no run (no config.toml in it); name a folder that `settle train` has written");
  return RunFolder(path);
}

void RunFolder::write(const std::string& name, const std::string& text) const { write_file(file(name), text); }

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

std::string sha256(const std::string& text) {
  std::array<unsigned char, 32> digest{};
  std::size_t size = digest.size();
  if (EVP_Q_digest(nullptr, "SHA256", nullptr, text.data(), text.size(), digest.data(), &size) != 1)
    throw RunError("libcrypto has no SHA-256");
  std::string hex;
  for (const unsigned char byte : digest) hex += fmt::format("{:02x}", byte);
  return hex;
}

}  // namespace settle

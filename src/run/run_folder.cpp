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

fs::path next_free(const std::string& name) {
  for (int n = 1;; ++n) {
    const fs::path path = fs::path("runs") / fmt::format("{}-{:03}", name, n);
    if (!fs::exists(path)) return path;
  }
}

}  // namespace

RunFolder RunFolder::create(const std::string& wanted, const std::string& name) {
  const fs::path path = wanted.empty() ? next_free(name) : fs::path(wanted);
  if (fs::exists(path) && !fs::is_directory(path))
    throw InputError(path.string() + ": is a file, not a folder; choose another folder with --out");
  if (holds_results(path))
    throw InputError(path.string() + ": already holds a run, which would be lost; choose another folder with --out");
  make_folder(path);
  return RunFolder(path);
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
  const fs::path half = path.string() + ".part";
  std::ofstream out(half, std::ios::binary);
  out << text;
  out.close();
  std::error_code failed;
  if (out) fs::rename(half, path, failed);
  if (!out || failed) {
    std::error_code ignored;
    fs::remove(half, ignored);
    throw RunError(path.string() + ": cannot be written (is the disk full?)");
  }
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

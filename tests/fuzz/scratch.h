// What the targets share: a folder for files, and what a refusal has to be.
#pragma once

#include <filesystem>
#include <fstream>
#include <stdexcept>
#include <string>

#include <unistd.h>

#include "settle/models/error.h"

namespace settle {

/// A folder of this process, which is removed when it ends.
class ScratchFolder {
 public:
  ScratchFolder()
      : path_(std::filesystem::temp_directory_path() / ("settle-fuzz-" + std::to_string(::getpid())) /
              std::to_string(next()++)) {
    std::filesystem::create_directories(path_);
  }
  ~ScratchFolder() {
    std::error_code ignored;
    std::filesystem::remove_all(path_, ignored);
    std::filesystem::remove(path_.parent_path(), ignored);  // the last one
  }
  ScratchFolder(const ScratchFolder&) = delete;
  ScratchFolder& operator=(const ScratchFolder&) = delete;

  const std::filesystem::path& path() const { return path_; }
  std::string write(const std::string& name, const std::string& bytes) const {
    const std::string file = (path_ / name).string();
    std::ofstream(file, std::ios::binary) << bytes;
    return file;
  }

 private:
  static int& next() {
    static int number = 0;
    return number;
  }

  std::filesystem::path path_;
};

/// Calls `act`, whose InputError has to be one line that mentions `name`. Whether there was none.
template <class Act>
bool accepts(const std::string& name, const Act& act) {
  try {
    act();
    return true;
  } catch (const InputError& error) {
    const std::string message = error.what();
    for (const char c : message)
      if (static_cast<unsigned char>(c) < 0x20) throw std::logic_error("a refusal of several lines: " + message);
    if (message.find(name) == message.npos) throw std::logic_error("a refusal that does not say where: " + message);
    if (message.size() > 5000) throw std::logic_error("a refusal that nobody reads: " + message);
    return false;
  }
}

/// The text before a line %%, and what follows that.
struct Halves {
  explicit Halves(const std::string& bytes) {
    const std::size_t cut = bytes.find("\n%%\n");
    first = bytes.substr(0, cut == bytes.npos ? bytes.size() : cut + 1);
    if (cut != bytes.npos) second = bytes.substr(cut + 4);
  }
  std::string first, second;
};

}  // namespace settle

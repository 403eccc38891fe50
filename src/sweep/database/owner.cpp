#include "src/sweep/database/owner.h"

#include <array>
#include <cerrno>
#include <csignal>
#include <filesystem>
#include <fstream>
#include <sstream>

#include <fmt/format.h>
#include <unistd.h>

namespace settle {
namespace {

std::string boot_and_container() {
  std::string boot;
  std::ifstream("/proc/sys/kernel/random/boot_id") >> boot;
  std::error_code unknown;
  return boot + " " + std::filesystem::read_symlink("/proc/self/ns/pid", unknown).string();
}

// The 22nd field of /proc/PID/stat; the second one is a name in parentheses, which may hold anything.
std::int64_t start_of(std::int64_t pid) {
  std::ifstream file(fmt::format("/proc/{}/stat", pid));
  std::string line;
  std::getline(file, line);
  const std::size_t name_end = line.rfind(')');
  if (name_end == std::string::npos) return 0;
  std::istringstream rest(line.substr(name_end + 1));
  std::string field;
  for (int i = 3; i < 22; ++i) rest >> field;
  std::int64_t start = 0;
  rest >> start;
  return start;
}

// A process that has ended and that nobody has asked about yet still has its number.
bool is_zombie(std::int64_t pid) {
  std::ifstream file(fmt::format("/proc/{}/stat", pid));
  std::string line;
  std::getline(file, line);
  const std::size_t name_end = line.rfind(')');
  return name_end != std::string::npos && line.compare(name_end + 1, 2, " Z") == 0;
}

}  // namespace

Owner this_process() {
  std::array<char, 256> host{};
  gethostname(host.data(), host.size() - 1);
  return {host.data(), boot_and_container(), getpid(), start_of(getpid())};
}

Life life_of(const Owner& owner, const Owner& observer) {
  if (owner.host != observer.host || owner.machine != observer.machine) return Life::unknown;
  if (::kill(pid_t(owner.pid), 0) != 0 && errno == ESRCH) return Life::ended;
  return start_of(owner.pid) == owner.start && !is_zombie(owner.pid) ? Life::alive : Life::ended;
}

}  // namespace settle

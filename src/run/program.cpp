#include "src/run/program.h"

#include <fstream>
#include <sstream>
#include <systemc>
#include <thread>

#include <Eigen/Core>
#include <fmt/format.h>
#include <gnu/libc-version.h>
#include <hdf5.h>
#include <openssl/crypto.h>
#include <sys/utsname.h>
#include <zlib.h>

#include "settle/models/numeric/arithmetic.h"
#include "settle_build.h"
#include "src/run/process.h"

namespace settle {
namespace {

using Json = nlohmann::ordered_json;

std::string hdf5_version() {
  unsigned major = 0, minor = 0, patch = 0;
  H5get_libversion(&major, &minor, &patch);
  return fmt::format("{}.{}.{}", major, minor, patch);
}

Json libraries() {
  Json all;
  const Arithmetic a = arithmetic();
  for (const VectorLibrary& library : {a.highway, a.onednn, a.openblas}) all[library.name] = library.version;
  all["SystemC"] = fmt::format("{}.{}.{}", SC_VERSION_MAJOR, SC_VERSION_MINOR, SC_VERSION_PATCH);
  all["Eigen"] = fmt::format("{}.{}.{}", EIGEN_WORLD_VERSION, EIGEN_MAJOR_VERSION, EIGEN_MINOR_VERSION);
  all["HDF5"] = hdf5_version();
  all["zlib"] = zlibVersion();
  all["OpenSSL"] = OpenSSL_version(OPENSSL_VERSION_STRING);
  all["glibc"] = gnu_get_libc_version();
  return all;
}

// The words of this process, as a shell takes them.
std::string command_line() {
  std::ifstream file("/proc/self/cmdline", std::ios::binary);
  std::string line, word;
  while (std::getline(file, word, '\0')) line += (line.empty() ? "" : " ") + shell_word(word);
  return line;
}

std::string cpu_model() {
  std::ifstream file("/proc/cpuinfo");
  std::string line;
  while (std::getline(file, line))
    if (line.rfind("model name", 0) == 0 && line.find(": ") != std::string::npos)
      return line.substr(line.find(": ") + 2);
  return "";
}

std::string known(const Json& value) { return value.is_string() ? value.get<std::string>() : "unknown"; }

}  // namespace

Json program_json() {
  const std::string source = build::source;
  return {{"version", SETTLE_VERSION},   {"source", source.empty() ? Json() : Json(source)},
          {"compiler", build::compiler}, {"flags", build::flags},
          {"libraries", libraries()},    {"command", command_line()}};
}

Json machine_json() {
  utsname system{};
  ::uname(&system);
  const std::string cpu = cpu_model();
  Json vectors;
  const Arithmetic a = arithmetic();
  for (const VectorLibrary& library : {a.highway, a.onednn, a.openblas}) vectors[library.name] = library.uses;
  return {{"cpu", cpu.empty() ? Json() : Json(cpu)},
          {"cores", std::thread::hardware_concurrency()},
          {"system", fmt::format("{} {} {}", system.sysname, system.release, system.machine)},
          {"vectors", vectors}};
}

std::string program_text() {
  const Json program = program_json(), machine = machine_json();
  std::string text = fmt::format("settle {}\n", SETTLE_VERSION);
  text += fmt::format("source    {}\n", known(program["source"]));
  text += fmt::format("compiler  {}, {}\n", build::compiler, build::flags);
  const auto list = [&](const char* label, const Json& names) {
    std::string all;
    for (const auto& [name, value] : names.items())
      all += fmt::format("{}{} {}", all.empty() ? "" : ", ", name, value.get<std::string>());
    text += fmt::format("{:10}{}\n", label, all);
  };
  list("libraries", program["libraries"]);
  text += fmt::format("cpu       {}, {} cores\n", known(machine["cpu"]), machine["cores"].get<unsigned>());
  list("vectors", machine["vectors"]);
  text.pop_back();
  return text;
}

}  // namespace settle

// Which program ran, built how, on what, and with which words: what one asks when two machines give other bytes.
// docs/reproducibility.md
#pragma once

#include <string>

#include <nlohmann/json.hpp>

namespace settle {

/// {version, source, compiler, flags, libraries: {name: version}, command}. `source` is what git says of the source at
/// the time of the build, null where there was no repository; `command` is this process's command line.
nlohmann::ordered_json program_json();

/// {cpu, cores, system, vectors: {library: instructions that it uses here}}.
nlohmann::ordered_json machine_json();

/// Both as lines of text, the version first: what `settle --version` prints.
std::string program_text();

}  // namespace settle

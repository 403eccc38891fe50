// Manual pages in roff's man macros, made of what the command line says of itself.
#pragma once

#include <string>

#include <CLI/CLI.hpp>

namespace settle {

/// settle(1), or settle-COMMAND(1) of one of its commands.
std::string man_page(const CLI::App& app, const CLI::App* command = nullptr);

/// settle.toml(5): every key of a configuration.
std::string man_page_of_keys();

}  // namespace settle

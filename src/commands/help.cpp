// `settle help`, and the manual pages that it makes of the same text.
#include <algorithm>
#include <filesystem>

#include <fmt/format.h>

#include "settle/models/error.h"
#include "src/commands/commands.h"
#include "src/commands/man_page.h"
#include "src/config/nearest.h"
#include "src/run/run_folder.h"

namespace settle {
namespace {

std::string help_of(const std::string& word) {
  ExitStatus of_nothing = 0;
  const auto app = command_line(of_nothing);  // a command line that has been read only helps with what was said
  if (word.empty()) return app->help();
  if (const CLI::App* command = command_called(*app, word)) return command->help("settle");
  const std::vector<std::string> names = command_names(*app);
  throw InputError(
      fmt::format("help: there are {}, but no {}{}", fmt::join(names, ", "), word, did_you_mean(word, names)));
}

void write_manual(const CLI::App& app, const std::filesystem::path& folder) {
  std::error_code failed;
  std::filesystem::create_directories(folder, failed);
  if (failed) throw InputError(fmt::format("--man {}: cannot be made: {}", folder.string(), failed.message()));
  write_file(folder / "settle.1", man_page(app));
  for (const std::string& name : command_names(app))
    write_file(folder / ("settle-" + name + ".1"), man_page(app, app.get_subcommand(name)));
  write_file(folder / "settle.toml.5", man_page_of_keys());
}

}  // namespace

void add_help(CLI::App& app, ExitStatus& status) {
  CLI::App* command =
      app.add_subcommand("help", "what a command takes, with examples; without a command, which there are");
  auto word = std::make_shared<std::string>(), manual = std::make_shared<std::string>();
  command->add_option("COMMAND", *word, "a command; default: all of them, in a line each");
  command
      ->add_option("--man", *manual,
                   "folder to write manual pages of all commands and keys to; default: none are written")
      ->type_name("FOLDER");
  add_examples(*command, {{"settle help sweep", "what `settle sweep` takes"},
                          {"settle help --man man && man man/settle-train.1", "the same as manual pages"}});
  command->callback([&app, word, manual, &status] {
    if (!manual->empty() && !word->empty())
      throw InputError("--man writes the pages of all commands; leave out " + *word);
    if (manual->empty())
      fmt::print("{}", help_of(*word));
    else
      write_manual(app, *manual);
    status = 0;
  });
}

}  // namespace settle

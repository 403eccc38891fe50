#include <filesystem>

#include <fmt/format.h>
#include <unistd.h>

#include "settle/models/error.h"
#include "src/commands/commands.h"
#include "src/config/parse.h"
#include "src/run/chip_spec.h"
#include "src/run/device_spec.h"
#include "src/run/neuron_spec.h"
#include "src/run/run_folder.h"
#include "src/run/saved_run.h"
#include "src/text/say.h"

namespace settle {

Configuration ConfigArguments::read() const {
  std::vector<std::string> notes;
  Configuration configuration = read_configuration(path, overrides, &notes);
  print_notes(notes);
  // what is in files, and what does not go with the rest
  build_crossbar(configuration);
  build_neuron(configuration);
  return configuration;
}

void print_notes(const std::vector<std::string>& notes) {
  for (const std::string& note : notes) say("settle: note: {}\n", note);
}

void add_config_arguments(CLI::App& command, ConfigArguments& arguments, const std::string& without_out) {
  command.add_option("CONFIG", arguments.path, "TOML file; states what differs from the defaults (settle config)")
      ->required();
  command.add_option("--set", arguments.overrides, "KEY=VALUE, such as network.beta=0.1; may be repeated")
      ->take_all()
      ->expected(1)
      ->allow_extra_args(false);
  const auto shorthand = [&](const char* option, const char* key, const char* help) {
    command.add_option_function<std::string>(
        option,
        [&arguments, option, assigned = std::string(key) + "="](const std::string& v) {
          for (const std::string& setting : arguments.overrides)
            if (setting.rfind(assigned, 0) == 0)
              throw InputError(
                  fmt::format("{} {}: --set {} says the same key; leave one of them out", option, v, setting));
          arguments.overrides.push_back(assigned + v);
        },
        help);
  };
  shorthand("--seed", "run.seed", "short for --set run.seed=N");
  shorthand("--threads", "run.threads", "short for --set run.threads=N");
  if (!without_out.empty()) command.add_option("--out", arguments.out, "folder to write to; default: " + without_out);
}

void add_run_argument(CLI::App& command, std::string& run) {
  command.get_option("CONFIG")->required(false);  // a run folder has one
  command.add_option("--run", run,
                     "a run folder, whose last checkpoint gives the weights, and its configuration when CONFIG is not "
                     "given; without it, initial weights");
}

std::string checkpoint_of(const std::string& command, const std::string& run, ConfigArguments& arguments) {
  if (run.empty() && arguments.path.empty())
    throw InputError("settle " + command + ": name a configuration, or a run folder with --run (settle " + command +
                     " --help)");
  if (run.empty()) return "";
  const RunFolder folder = RunFolder::open(run);
  if (arguments.path.empty()) arguments.path = folder.file("config.toml").string();
  return folder.file("checkpoint.h5").string();
}

void check_run(const std::string& run, const std::string& path, const Configuration& used, const Dataset& data) {
  if (run.empty()) return;
  const RunFolder folder = RunFolder::open(run);
  if (path == folder.file("config.toml").string()) print_notes(check_saved_run(folder, used, data));
}

void refuse_more_samples(const std::string& option, Index asked, const Dataset& data) {
  if (asked > data.test.size())
    throw InputError(fmt::format("{} {}: there are {} test samples; ask for no more", option, asked, data.test.size()));
}

std::string own_path() { return std::filesystem::read_symlink("/proc/self/exe").string(); }

}  // namespace settle

#include <fmt/format.h>

#include "src/commands/commands.h"
#include "src/config/write.h"
#include "src/data/dataset.h"
#include "src/run/chip_spec.h"
#include "src/run/training.h"

namespace settle {

void add_check(CLI::App& app, ExitStatus& status) {
  CLI::App* command = app.add_subcommand("check", "check a configuration and its data, without running anything");
  auto arguments = std::make_shared<ConfigArguments>();
  add_config_arguments(*command, *arguments);
  command->callback([arguments, &status] {
    const Configuration configuration = arguments->read();
    const Dataset data = load_dataset(configuration.data);
    const Graph graph = build_graph(configuration, data.train.pixels.rows(), data.train.classes);
    fmt::print("{} is sound: {} on {} ({} training, {} test samples in {})\n", arguments->path, describe_network(graph),
               data.name, data.train.size(), data.test.size(), data.where);
    status = 0;
  });
}

void add_config(CLI::App& app, ExitStatus& status) {
  CLI::App* command = app.add_subcommand("config", "print the default configuration, with every key explained");
  command->callback([&status] {
    fmt::print("{}", annotated_defaults());
    status = 0;
  });
}

}  // namespace settle

#include <fmt/format.h>

#include "src/commands/commands.h"
#include "src/config/write.h"
#include "src/data/dataset.h"
#include "src/run/chip_spec.h"
#include "src/run/training.h"
#include "src/trace/tracing.h"

namespace settle {

void add_check(CLI::App& app, ExitStatus& status) {
  CLI::App* command = app.add_subcommand("check", "check a configuration and its data, without running anything");
  auto arguments = std::make_shared<ConfigArguments>();
  add_config_arguments(*command, *arguments, /*without_out=*/"");
  add_examples(*command,
               {{"settle check mine.toml", "before a night of training"},
                {"settle check configs/default.toml --set network.beta=0.1", "whether a change would go through"}});
  command->callback([arguments, &status] {
    const Configuration configuration = arguments->read();
    const Dataset data = load_dataset(configuration.data);
    const Graph graph = build_chip(configuration, data.train.pixels.rows(), data.train.classes).graph;
    const TraceSpec& trace = configuration.trace;
    if (trace.samples > 0 && trace.signals != TraceSpec{}.signals) refuse_unknown_signals(configuration, data);
    fmt::print("{} is sound: {} on {} ({} training, {} test samples in {})\n", arguments->path, describe_network(graph),
               data.name, data.train.size(), data.test.size(), data.where);
    status = 0;
  });
}

void add_config(CLI::App& app, ExitStatus& status) {
  CLI::App* command = app.add_subcommand("config", "print the default configuration, with every key explained");
  auto wanted = std::make_shared<std::string>();
  command->add_option("NAME", *wanted,
                      "a section, such as neuron, or a key, such as neuron.tau_s; default: all of them");
  add_examples(*command, {{"settle config neuron", "what neurons are made of"},
                          {"settle config > mine.toml", "a configuration of one's own: delete what need not differ"}});
  command->callback([wanted, &status] {
    fmt::print("{}", annotated_defaults(*wanted));
    status = 0;
  });
}

}  // namespace settle

#include <algorithm>

#include <fmt/format.h>

#include "settle/models/error.h"
#include "src/commands/commands.h"
#include "src/config/value.h"
#include "src/data/dataset.h"
#include "src/run/outputs.h"
#include "src/run/process.h"
#include "src/text/quantity.h"
#include "src/text/say.h"
#include "src/trace/tracing.h"

namespace settle {
namespace {

constexpr const char* samples_key = "trace.samples=";

struct TraceArguments {
  ConfigArguments config;
  std::string run, format = "vcd", samples;
  std::vector<std::string> signals;
  bool quiet = false;
};

int trace(TraceArguments a) {
  if (!a.samples.empty()) a.config.overrides.push_back(samples_key + a.samples);
  if (!a.signals.empty()) {
    std::string list;
    for (const std::string& glob : a.signals) list += (list.empty() ? "" : ", ") + quoted(glob);
    a.config.overrides.push_back("trace.signals=[" + list + "]");
  }
  TraceRequest request;
  request.checkpoint = checkpoint_of("trace", a.run, a.config);
  const Configuration configuration = a.config.read();
  if (configuration.trace.samples == 0) throw InputError("trace.samples is 0: nothing to trace; give --samples N");
  request.fst = a.format == "fst";
  const Dataset data = load_dataset(configuration.data);
  // a file's number is for any set of samples, and is cut
  const bool stated = std::any_of(a.config.overrides.begin(), a.config.overrides.end(),
                                  [](const std::string& each) { return each.rfind(samples_key, 0) == 0; });
  if (stated)
    refuse_more_samples(a.samples.empty() ? "trace.samples =" : "--samples", configuration.trace.samples, data);
  check_run(a.run, a.config.path, configuration, data);
  request.folder = a.config.out.empty() ? "." : a.config.out;
  const TraceResult result = run_trace(configuration, data, request);
  if (result.unsettled > 0)
    say("settle: {} phases did not settle, {} of them in a cycle of two states: {}\n", result.unsettled, result.cycles,
        remedy_in_time(configuration));
  if (a.quiet) return 0;
  fmt::print("{} signals over {}, {} entries\n", result.signals, engineering(result.end_s - result.first_s, "s"),
             result.entries);
  for (std::size_t i = 0; i < result.free_s.size(); ++i) {
    const bool nudged = i < result.clamped_s.size();
    fmt::print("sample {:<4} settled in {:>8} free{}\n", i, engineering(result.free_s[i], "s"),
               nudged ? fmt::format(", {:>8} clamped", engineering(result.clamped_s[i], "s")) : "");
  }
  fmt::print("open with   gtkwave {}\n", shell_path(result.save_file));
  return 0;
}

}  // namespace

void add_trace(CLI::App& app, ExitStatus& status) {
  CLI::App* command = app.add_subcommand("trace", "write the waveforms of a few samples, for GTKWave");
  auto a = std::make_shared<TraceArguments>();
  add_config_arguments(*command, a->config, "the current one");
  add_run_argument(*command, a->run);
  command->add_option("--samples", a->samples, "how many test samples; default: trace.samples");
  command
      ->add_option("--signals", a->signals,
                   "glob over the names of the signals, such as 'hidden1.*' (docs/waveforms.md); may be repeated")
      ->take_all()
      ->expected(1)
      ->allow_extra_args(false);
  const auto shorthand = [&](const char* option, const char* key, const char* help) {
    command->add_option_function<std::string>(
        option, [a, key](const std::string& v) { a->config.overrides.push_back(std::string(key) + "=" + v); }, help);
  };
  shorthand("--start", "trace.start_s", "short for --set trace.start_s=SECONDS: when the waveform begins");
  shorthand("--end", "trace.end_s", "short for --set trace.end_s=SECONDS: when it ends");
  shorthand("--every", "trace.every", "short for --set trace.every=N: one entry in so many steps of a phase");
  command->add_option("--format", a->format, "vcd, or fst (needs vcd2fst); default vcd")
      ->check(CLI::IsMember({"vcd", "fst"}));
  command->add_flag("--quiet", a->quiet, "print nothing when it went well");
  add_examples(*command, {{"settle trace configs/default.toml --samples 1 --out wave", "the waveform of one sample"},
                          {"settle trace --run runs/default-001 --signals 'hidden1.*' --format fst",
                           "chosen signals of a trained chip"}});
  command->callback([a, &status] { status = trace(*a); });
}

}  // namespace settle

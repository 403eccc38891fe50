#include "src/trace/tracing.h"

#include <algorithm>
#include <filesystem>

#include <fmt/format.h>
#include <fnmatch.h>

#include "hw/chip.h"
#include "hw/probes.h"
#include "models/error.h"
#include "src/run/checkpoint.h"
#include "src/run/chip_spec.h"
#include "src/run/process.h"
#include "src/run/run_folder.h"
#include "src/trace/gtkw.h"

namespace settle {
namespace {

std::vector<hw::Signal> choose(std::vector<hw::Signal> all, const std::vector<std::string>& globs) {
  const auto wanted = [&](const hw::Signal& s) {
    return std::any_of(globs.begin(), globs.end(),
                       [&](const std::string& g) { return ::fnmatch(g.c_str(), s.name.c_str(), 0) == 0; });
  };
  std::string names;
  for (const hw::Signal& s : all) names += (names.empty() ? "" : ", ") + s.name;
  all.erase(std::remove_if(all.begin(), all.end(), [&](const hw::Signal& s) { return !wanted(s); }), all.end());
  if (all.empty())
    throw InputError(
        fmt::format("trace.signals: \"{}\" matches no signal; there are {}", fmt::join(globs, "\", \""), names));
  return all;
}

void convert_to_fst(const std::string& vcd, const std::string& fst) {
  if (!run_program({"vcd2fst", "-f", fst, "-v", vcd}, /*quiet=*/true))
    throw RunError(vcd + ": vcd2fst could not convert it; is it there? apt install gtkwave");
  std::filesystem::remove(vcd);
}

}  // namespace

TraceResult run_trace(const Configuration& configuration, const Dataset& data, const TraceRequest& request) {
  hw::set_time_resolution();
  hw::SubstrateSpec spec = build_substrate(configuration, data.test.pixels.rows(), data.test.classes);
  spec.analysis = Analysis::transient;
  const Index samples = std::min<Index>(configuration.trace.samples, data.test.size());
  TraceResult result;
  hw::Chip* traced = nullptr;
  hw::Chip chip(spec, build_host(configuration), [&](hw::HostController& host) {
    if (request.checkpoint.empty()) traced->substrate.initialise();
    host.measure_settling(data.test);  // the chip's timer
    traced->meter.enter(Section::training);
    for (Index i = 0; i < samples; ++i) {
      host.show(data.test, i);
      result.free_s.push_back(traced->substrate.free_settled_s().front());
      result.clamped_s.push_back(traced->substrate.clamped_settled_s().front());
    }
  });
  traced = &chip;
  if (!request.checkpoint.empty()) load_checkpoint(request.checkpoint, chip);

  std::vector<hw::Signal> signals =
      choose(hw::chip_signals(chip.substrate, chip.meter, configuration.trace.neurons), configuration.trace.signals);
  const std::vector<hw::Signal> shown = signals;
  make_folder(request.folder);
  const std::filesystem::path base = std::filesystem::path(request.folder) / "trace";
  {
    hw::Probes probes("probes", chip.substrate, std::move(signals), base.string());
    result.signals = probes.signals().size();
    chip.run();
    result.simulated_s = sc_core::sc_time_stamp().to_seconds();
    result.waveform = base.string() + (request.fst ? ".fst" : ".vcd");
    result.save_file = base.string() + ".gtkw";
  }
  if (request.fst) convert_to_fst(base.string() + ".vcd", result.waveform);
  write_file(result.save_file,
             gtkw(std::filesystem::path(result.waveform).filename().string(), shown, result.simulated_s * 1e15));
  for (const hw::SettlingCount* count : {&chip.substrate.free_count(), &chip.substrate.clamped_count()}) {
    result.unsettled += count->unsettled;
    result.cycles += count->cycles;
  }
  return result;
}

}  // namespace settle

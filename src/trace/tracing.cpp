#include "src/trace/tracing.h"

#include <algorithm>
#include <filesystem>
#include <fstream>

#include <fmt/format.h>

#include "settle/hw/gtkw.h"
#include "settle/hw/probes.h"
#include "settle/hw/system.h"
#include "settle/models/error.h"
#include "src/run/checkpoint.h"
#include "src/run/chip_spec.h"
#include "src/run/folder_claim.h"
#include "src/run/process.h"
#include "src/run/run_folder.h"
#include "src/trace/choose.h"

namespace settle {
namespace {

void require_converter() {
  if (!run_program({"/bin/sh", "-c", "command -v vcd2fst"}, /*quiet=*/true))
    throw RunError("--format fst needs vcd2fst, which is not there: apt install gtkwave");
}

void convert_to_fst(const std::string& vcd, const std::string& fst) {
  if (!run_program({"vcd2fst", "-f", fst, "-v", vcd}, /*quiet=*/true))
    throw RunError(vcd + ": vcd2fst could not convert it");
  std::filesystem::remove(vcd);
}

// SystemC heads a VCD with the date and the time. Overwritten, as the same seed writes the same bytes.
void remove_date(const std::string& vcd) {
  std::fstream file(vcd, std::ios::in | std::ios::out | std::ios::binary);
  std::string line;
  if (!std::getline(file, line) || line != "$date") return;
  const auto start = file.tellg();
  if (!std::getline(file, line)) return;
  std::string instead = "     not recorded";
  instead.resize(line.size(), ' ');
  file.seekp(start);
  file << instead;
  file.close();
  if (!file) throw RunError(vcd + ": cannot be written (is the disk full?)");
}

}  // namespace

TraceResult run_trace(const Configuration& configuration, const Dataset& data, const TraceRequest& request) {
  if (request.fst) require_converter();
  hw::set_time_resolution();
  ChipDesign design = build_chip(configuration, data.test.pixels.rows(), data.test.classes);
  design.settling.analysis = Analysis::transient;
  const Index samples = std::min<Index>(configuration.trace.samples, data.test.size());
  TraceResult result;
  hw::System* traced = nullptr;
  hw::System system(design, build_host(configuration), [&](Host& host) {
    if (request.checkpoint.empty()) traced->chip.initialise();
    host.measure_settling(data.train);  // the chip's timer
    traced->chip.meter().enter(Section::training);
    traced->chip_module.start_meter();
    for (Index i = 0; i < samples; ++i) {
      host.show(data.test, i);
      result.free_s.push_back(traced->chip.free_settled_s().front());
      const std::vector<double>& clamped = traced->chip.clamped_settled_s();
      if (!clamped.empty()) result.clamped_s.push_back(clamped.front());
    }
    traced->chip.pass(Phase::idle, sc_core::sc_time_stamp().to_seconds() / 20);  // that the last codes are seen too
  });
  traced = &system;
  if (!request.checkpoint.empty()) load_checkpoint(request.checkpoint, system.chip);

  const TraceSpec& wanted = configuration.trace;
  const std::vector<hw::Signal> signals =
      choose_signals(hw::signal_families(system.chip_module), wanted.signals, wanted.neurons);
  const FolderClaim claim(request.folder, "trace");
  const std::filesystem::path base = std::filesystem::path(request.folder) / "trace";
  result.waveform = base.string() + (request.fst ? ".fst" : ".vcd");
  result.save_file = (std::filesystem::path(request.folder) / gtkw_file).string();
  result.signals = signals.size();
  {
    const hw::Probes probes("probes", system.chip_module, signals, base.string(),
                            {wanted.start_s, wanted.end_s, Index(wanted.every)});
    system.run();
    result.simulated_s = sc_core::sc_time_stamp().to_seconds();
    result.entries = probes.entries();
    result.first_s = probes.first_s();
    result.end_s = wanted.end_s > 0 ? std::min(wanted.end_s, result.simulated_s) : result.simulated_s;
  }
  if (result.entries == 0)
    throw InputError(fmt::format(
        "trace.start_s = {}, trace.end_s = {}: no step lies between; the {} samples take {} s, in steps of {} s",
        wanted.start_s, wanted.end_s, samples, result.simulated_s, configuration.settling.time_step_s));
  remove_date(base.string() + ".vcd");
  if (request.fst) convert_to_fst(base.string() + ".vcd", result.waveform);
  write_file(result.save_file, hw::gtkw(gtkw_file, std::filesystem::path(result.waveform).filename().string(), signals,
                                        result.first_s * 1e15, result.end_s * 1e15));
  for (const SettlingCount* count : {&system.chip.free_count(), &system.chip.clamped_count()}) {
    result.unsettled += count->unsettled;
    result.cycles += count->cycles;
  }
  return result;
}

void refuse_unknown_signals(const Configuration& configuration, const Dataset& data) {
  hw::set_time_resolution();
  hw::System system(build_chip(configuration, data.test.pixels.rows(), data.test.classes), build_host(configuration),
                    [](Host&) {});
  choose_signals(hw::signal_families(system.chip_module), configuration.trace.signals, configuration.trace.neurons);
}

}  // namespace settle

#include <algorithm>
#include <cmath>
#include <filesystem>
#include <fstream>
#include <map>
#include <optional>
#include <set>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "settle/models/device/pulse_fit.h"
#include "settle/models/error.h"
#include "src/commands/commands.h"
#include "src/config/nearest.h"
#include "src/data/device_file.h"
#include "src/data/pulse_recording.h"
#include "src/fit/fit_page.h"
#include "src/run/run_folder.h"
#include "src/text/quantity.h"

namespace settle {
namespace {

namespace fs = std::filesystem;

constexpr const char* signature = "Written by `settle fit`";

struct FitArguments {
  std::vector<std::string> files;
  std::string out, response, source, written = "channel";
  std::vector<double> pulse_v, pulse_s, gate_capacitance_f;
  double read_v = 0, endurance = 0, conductance_min = 0, conductance_max = 0;
};

Response response_called(const std::string& wanted) {
  std::vector<std::string> names;
  for (const Response r : fitted_responses()) {
    names.emplace_back(name(r));
    if (hyphened(wanted) == name(r)) return r;
  }
  throw InputError(fmt::format("--response: no response is called {}; there are {}{}", wanted, fmt::join(names, ", "),
                               did_you_mean(wanted, names)));
}

Estimate estimate_of(const std::vector<double>& numbers, const DeviceEstimate& what, const std::string& option) {
  const bool ordered = numbers.size() == 3 && numbers[0] <= numbers[1] && numbers[1] <= numbers[2];
  if ((numbers.size() != 1 && !ordered) || !(numbers.front() >= what.low && numbers.back() <= what.high))
    throw InputError(
        fmt::format("{}: takes one number from {:g} to {:g}, or LOW,NOMINAL,HIGH in ascending order; not {}", option,
                    what.low, what.high, fmt::join(numbers, ",")));
  return numbers.size() == 1 ? exactly(numbers[0]) : Estimate{numbers[0], numbers[1], numbers[2]};
}

// What is said of a pulse, by the names of a device file's keys.
std::map<std::string, Estimate> estimates_of(const FitArguments& a) {
  std::map<std::string, Estimate> estimates;
  for (const DeviceEstimate& what : device_estimates()) {
    std::string option = "--" + what.name;
    std::replace(option.begin(), option.end(), '_', '-');
    const std::vector<double>& numbers = what.name == "pulse_v"   ? a.pulse_v
                                         : what.name == "pulse_s" ? a.pulse_s
                                                                  : a.gate_capacitance_f;
    if (!numbers.empty()) estimates[what.name] = estimate_of(numbers, what, option);
  }
  return estimates;
}

// The numbers of a fit that a device file states, without those that would say nothing.
DeviceFile file_of(const PulseFit& fit, const FitArguments& a, const std::map<std::string, Estimate>& estimates,
                   const fs::path& table) {
  DeviceFile file;
  const DevicePreset& d = fit.device;
  const bool measured = d.response == Response::table;
  file.response = name(d.response);
  if (measured) file.table = table.filename().string();
  file.conductance_min_siemens = fit.range.low;
  file.conductance_max_siemens = fit.range.high;
  file.read_v = a.read_v;
  file.written = a.written;
  file.source = a.source.empty() ? fmt::format("recorded pulses: {}", fmt::join(a.files, ", ")) : a.source;
  const std::set<std::string> of_table = {"dw_min", "ctoc", "bias"};
  const DevicePreset none;
  for (const DeviceParameter& p : device_parameters())
    if (d.*p.member != none.*p.member && !(measured && of_table.count(p.name) > 0))
      file.numbers[p.name] = std::clamp(d.*p.member, p.low, p.high);
  if (a.endurance > 0) file.numbers["endurance"] = a.endurance;
  file.estimates = estimates;
  return file;
}

std::string table_csv(const PulseFit& fit, const StepTable& measured) {
  // Of a response that is a table, the fitted steps; of another, what was measured, to compare.
  StepTable table = measured;
  if (fit.device.response == Response::table) {
    const double per_state = (fit.range.high - fit.range.low) / (fit.device.w_max - fit.device.w_min);
    table = fit.device.table;
    for (MeasuredSteps* steps : {&table.up, &table.down})
      for (std::size_t i = 0; i < steps->state.size(); ++i) {
        steps->state[i] = (steps->state[i] - fit.device.w_min) * per_state + fit.range.low;
        steps->mean[i] *= per_state;
        steps->deviation[i] *= per_state;
      }
  }
  std::string text = "polarity,state_siemens,mean_siemens,deviation_siemens\n";
  for (const MeasuredSteps* steps : {&table.up, &table.down})
    for (std::size_t i = 0; i < steps->state.size(); ++i)
      text += fmt::format("{},{:.6g},{:.6g},{:.6g}\n", steps == &table.up ? "up" : "down", steps->state[i],
                          steps->mean[i], steps->deviation[i]);
  return text;
}

void print(const PulseFit& fit, const std::vector<PulseFit>& fits, const PulseRecords& records) {
  std::set<std::string> devices;
  for (const PulseRecord& r : records) devices.insert(r.device);
  fmt::print("{} readings of {} device{} in {} record{}\n\n", fit.readings + int(records.size()), devices.size(),
             devices.size() == 1 ? "" : "s", records.size(), records.size() == 1 ? "" : "s");
  double best = fits.front().aicc;
  for (const PulseFit& f : fits) best = std::min(best, f.aicc);
  fmt::print("{:<14}{:>12}{:>9}{:>12}{:>11}\n", "response", "AICc", "numbers", "curve, rms", "left over");
  for (const PulseFit& f : fits)
    fmt::print("{:<14}{:>12}{:>9}{:>12}{:>11}{}\n", name(f.device.response), fmt::format("+ {:.1f}", f.aicc - best),
               f.free_numbers, fmt::format("{:.2f} %", 100 * f.curve_rms), fmt::format("{:.3f}", f.innovation_variance),
               f.unusable.empty() ? "" : "  not usable: " + f.unusable);
  fmt::print("\nresponse {}, {} to {}\n", name(fit.device.response), engineering(fit.range.low, "S"),
             engineering(fit.range.high, "S"));
  for (const FittedNumber& n : fit.numbers)
    fmt::print("  {:<12}{:>12}{}\n", n.name, fmt::format("{:.4g}", n.value),
               std::isnan(n.error) ? "   not determined" : fmt::format(" +- {:.2g}", n.error));
}

// Only what this command has written is written over.
void refuse_others(const fs::path& path) {
  std::error_code unreadable;
  if (!fs::exists(path, unreadable)) return;
  std::ifstream file(path, std::ios::binary);
  const std::string text((std::istreambuf_iterator<char>(file)), {});
  if (text.find(signature) == text.npos)
    throw InputError(path.string() + ": is there already, and not by settle fit; choose another name with --out");
}

// The device file's text, as a reader takes it with its table.
std::string device_text(const DeviceFile& file, const FitArguments& a, const fs::path& out, const std::string& table) {
  const std::string comment =
      fmt::format("{} from {}.\nUse it with --set device.file={}, or device.file in a configuration beside it.",
                  signature, fmt::join(a.files, ", "), out.string());
  std::string text = device_file_text(file, comment);
  try {
    device_in(text, table, out.string());
  } catch (const InputError& e) {
    throw InputError(fmt::format("no device can be made of it, as its file would be refused: {}", e.what()));
  }
  return text;
}

int fit(const FitArguments& a) {
  const fs::path out = a.out.empty() ? fs::path(a.files.front()).stem().string() + ".toml" : a.out;
  if (out.extension() != ".toml") throw InputError(fmt::format("--out: must end in .toml, not {}", out.string()));
  if (a.written == "gate" && a.gate_capacitance_f.empty())
    throw InputError("--written gate: a gate needs a capacitance: give --gate-capacitance-f FARADS");
  if (a.written == "channel" && !a.gate_capacitance_f.empty())
    throw InputError("--gate-capacitance-f: has no effect with --written channel: give --written gate");
  const std::map<std::string, Estimate> estimates = estimates_of(a);
  std::optional<Response> wanted;
  if (!a.response.empty()) wanted = response_called(a.response);
  if (a.conductance_min > 0 && a.conductance_max > 0 && a.conductance_min >= a.conductance_max)
    throw InputError("--conductance-min-siemens: must be below --conductance-max-siemens");
  const fs::path table = out.parent_path() / (out.stem().string() + "-steps.csv"),
                 page = out.parent_path() / (out.stem().string() + ".html");
  for (const fs::path& written : {out, table, page})
    for (const std::string& file : a.files) {
      std::error_code missing;
      if (fs::equivalent(written, file, missing))
        throw InputError(fmt::format("{}: is a recording, which would be written over; choose another name with --out",
                                     written.string()));
    }
  refuse_others(out);
  refuse_others(table);
  refuse_others(page);

  const PulseRecords records = read_pulse_recordings(a.files, a.read_v);
  ConductanceRange range{};
  try {
    range = range_of(records);
  } catch (const InputError& e) {
    throw InputError(fmt::format("{}: {}", a.files.front(), e.what()));
  }
  if (a.conductance_min > 0) range.low = a.conductance_min;
  if (a.conductance_max > 0) range.high = a.conductance_max;
  if (range.low >= range.high) throw InputError("--conductance-min-siemens: must be below the highest conductance");

  std::vector<PulseFit> fits;
  try {
    if (wanted)
      fits.push_back(fit_response(records, *wanted, range));
    else
      fits = fit_responses(records, range);
  } catch (const InputError& e) {
    throw InputError(fmt::format("{}: {}", a.files.front(), e.what()));
  }
  const PulseFit& chosen = fits.front();
  print(chosen, fits, records);
  if (!chosen.unusable.empty()) throw InputError(fmt::format("no device can be made of it: {}", chosen.unusable));

  const double read_noise = chosen.device.read_noise * (chosen.range.high - chosen.range.low);
  const StepTable measured = measured_steps(records, read_noise);
  const std::string steps = fmt::format("# {}\n", signature) + table_csv(chosen, measured);
  const bool is_device = !a.pulse_v.empty() && !a.pulse_s.empty();
  // whose text is made before anything is written
  const std::string device = is_device ? device_text(file_of(chosen, a, estimates, table), a, out, steps) : "";
  if (out.has_parent_path()) make_folder(out.parent_path());
  write_file(page, fit_page(fmt::format("{}", fmt::join(a.files, ", ")), records, fits, measured) +
                       fmt::format("<!-- {} -->\n", signature));
  write_file(table, steps);
  fmt::print("\nplot      {}\nsteps     {}\n", page.string(), table.string());
  if (!is_device) {
    fmt::print(
        "device    not written: say what a pulse is, --pulse-v VOLTS --pulse-s SECONDS; write energy follows from "
        "it\n");
    return 0;
  }
  write_file(out, device);
  fmt::print("device    {}\n", out.string());
  return 0;
}

}  // namespace

void add_fit(CLI::App& app, ExitStatus& status) {
  CLI::App* command = app.add_subcommand("fit", "make a device file of recorded pulses, with a plot beside the data");
  auto a = std::make_shared<FitArguments>();
  command->add_option("CSV", a->files, "recordings: conductance after each pulse, up then down (docs/devices.md)")
      ->required();
  command->add_option("--out", a->out, "device file to write, NAME.toml; default: named after the first recording");
  command->add_option("--response", a->response,
                      "constant, linear, soft-bounds, exponential, power or table; default: the lowest AICc");
  command
      ->add_option("--pulse-v", a->pulse_v,
                   "voltage of a write pulse, in volts: one number, or LOW,NOMINAL,HIGH; needed")
      ->delimiter(',')
      ->expected(1, 3);
  command->add_option("--pulse-s", a->pulse_s, "length of a write pulse, in seconds, likewise; needed")
      ->delimiter(',')
      ->expected(1, 3);
  command->add_option("--read-v", a->read_v, "voltage at which it was read, in volts; default: not known")
      ->check(CLI::Range(0.0, 100.0));
  command->add_option("--written", a->written, "channel or gate: what a write pulse's energy goes to; default channel")
      ->check(CLI::IsMember({"channel", "gate"}));
  command
      ->add_option("--gate-capacitance-f", a->gate_capacitance_f,
                   "what a pulse charges of a gate, in farads; needed with --written gate")
      ->delimiter(',')
      ->expected(1, 3);
  command->add_option("--endurance", a->endurance, "pulses after which a device no longer moves; default: no end")
      ->check(CLI::Range(1.0, 1e15));
  command->add_option("--source", a->source, "where the recording comes from; default: its files");
  command
      ->add_option("--conductance-min-siemens", a->conductance_min,
                   "conductance of the normalised state -1; default: the lowest that is reached")
      ->check(CLI::Range(1e-15, 0.1));
  command
      ->add_option("--conductance-max-siemens", a->conductance_max,
                   "conductance of the normalised state 1; default: the highest")
      ->check(CLI::Range(1e-15, 0.1));
  add_examples(*command, {{"settle fit pulses.csv --pulse-v 2 --pulse-s 1e-6",
                           "recorded pulses to pulses.toml, a device of one's own for device.file"}});
  command->callback([a, &status] { status = fit(*a); });
}

}  // namespace settle

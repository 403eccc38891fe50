// Every key changes a result somewhere: for each one, a tiny run with it and one without it. A new key has to be named
// in the table below where the common context and a value next to its default do not show what it does.
#include <algorithm>
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <map>
#include <regex>
#include <set>
#include <sstream>

#include "tests/program/csv_table.h"
#include "tests/program/run_test.h"

namespace settle {
namespace {

using Settings = std::vector<std::string>;

/// A key's value, and the settings beside it that it needs to have an effect; both empty: as the others.
struct Effect {
  const char* key;
  const char* value;
  Settings beside;
};

const Settings common = {"run.epochs=1",         "data.train_limit=40", "data.test_limit=20",
                         "network.hidden=[6,5]", "neuron.noise=5e-4",   "noise.physical=true"};
const Settings in_situ = {"run.batch=1", "learning.update=in-situ"};
const Settings reram = {"device.preset=reram-es"};
const Settings drifting = {"device.drift_nu=0.1", "device.drift_time_s=1e-9", "device.drift_spread=0.02",
                           "device.drift_spread_high=0.1"};
const Settings pcm = {"device.preset=pcm-pair",  "crossbar.mapping=pair",      "run.batch=1",
                      "learning.update=in-situ", "learning.learning_rate=0.1", "programming.refresh_every=2"};

const Effect effects[] = {
    {"data.name", "other", {}},
    {"data.path", "copy", {}},
    {"data.downsample", "2", {}},
    {"network.hidden", "[6]", {}},
    {"network.topology", "residual", {"network.hidden=[6,5,5,5,5]"}},
    {"network.agt_probability",
     "0.9",
     {"network.topology=agt", "network.feedback=random", "network.hidden=[6,5,5,5,5]"}},
    {"network.skips", "random", {"network.topology=residual", "network.hidden=[6,5,5,5,5,5,5]"}},
    {"network.projection_alpha", "{hidden1_hidden2=0.5}", {}},
    {"network.projection_beta", "{hidden1_hidden2=0.5}", {}},
    {"learning.difference_amplitude", "0.01", {"learning.clamped_lines=differences"}},
    {"cost.subtractor_current_a", "[1e-6, 2e-6, 3e-6]", {"learning.clamped_lines=differences"}},
    {"cost.subtractor_area_um2", "[100, 300, 900]", {"learning.clamped_lines=differences"}},
    {"learning.nudge_course", "ramped", {"settling.analysis=map"}},
    {"learning.projection_rate", "{input_hidden1=0.3}", {}},
    {"learning.momentum", "0.3", {"learning.optimizer=momentum", "learning.learning_rate=0.1"}},
    {"learning.pulse_coding", "deterministic", in_situ},
    {"learning.transfer_every", "2", in_situ},
    {"learning.transfer_rate", "9", {"run.batch=1", "learning.update=in-situ", "learning.transfer_every=1"}},
    {"settling.free_steps", "5", {"settling.analysis=map"}},
    {"settling.clamped_steps", "5", {"settling.analysis=map"}},
    {"settling.tolerance", "0.3", {}},
    {"settling.time_step_s", "3e-9", {"settling.analysis=transient"}},
    {"device.file", "own.toml", {"device.preset=ideal"}},
    {"device.table", SETTLE_SOURCE "/docs/my-device.csv", {}},
    {"device.dtod_lognormal", "1", {}},
    {"device.w_max_dtod", "0.3", {}},
    {"device.w_min_dtod", "0.3", {}},
    {"device.a_up", "-2", reram},
    {"device.a_down", "-2", reram},
    {"device.z_slope", "-1", reram},
    {"device.z_offset", "-0.9", reram},
    {"device.one_sided", "1", {"crossbar.mapping=pair"}},
    {"device.flicker", "0.1", {}},
    {"device.flicker_exponent", "1", {"device.flicker=0.1"}},
    {"device.flicker_most", "0.01", {"device.flicker=0.1"}},
    {"device.flicker_time_s", "1e-3", {"device.flicker=0.1"}},
    {"device.levels", "9", {}},
    {"device.drift_nu", "0.1", {"device.drift_time_s=1e-9", "device.drift_slope=-0.01"}},
    {"device.drift_slope", "-0.1", {"device.drift_nu=0.1", "device.drift_time_s=1e-9"}},
    {"device.drift_nu_low", "0.2", {"device.drift_nu=0.1", "device.drift_time_s=1e-9"}},
    {"device.drift_nu_high", "0.05", {"device.drift_nu=0.1", "device.drift_time_s=1e-9"}},
    {"device.drift_dtod", "0.5", {"device.drift_nu=0.1", "device.drift_time_s=1e-9"}},
    {"device.drift_time_s", "1e-9", {"device.drift_nu=0.1"}},
    {"device.drift_spread", "0.05", {"device.drift_nu=0.1", "device.drift_time_s=1e-9"}},
    {"device.drift_spread_slope", "-0.05", drifting},
    {"device.drift_spread_low", "0.05", drifting},
    {"device.drift_spread_high", "0.01", drifting},
    {"device.gamma_dtod", "0.5", {}},
    {"device.ctoc_shrinks", "0", {}},
    {"device.ends_at_nominal", "0", {"device.preset=reram-sb"}},
    {"device.reset", "0.3", pcm},
    {"device.reset_dtod", "0.3", pcm},
    {"programming.initial_rounds", "1", {}},
    {"programming.tolerance_steps", "20", {}},
    {"programming.refresh_every", "1", pcm},
    {"programming.refresh_margin", "0.6", pcm},
    {"device.per_kelvin", "0.005", {"chip.temperature_k=350"}},
    {"wire.resistance_factor", "2", {"wire.r_segment_ohm=50"}},
    {"chip.dram_bytes_per_s", "1e9", {}},
    {"run.accuracy_draws", "2", {}},
    {"wire.per_kelvin", "0.02", {"wire.r_segment_ohm=50", "chip.temperature_k=350"}},
    {"rules.period_taus", "[0.75,1.5,3]", {"crossbar.turns=halves"}},
    {"cost.adc_cycle_hz", "4e9", {"chip.adc_rate_hz=1e9"}},
    {"cost.capacitor_share", "0.75", {"converter.adc_bits=6"}},
    {"cost.hold_current_a", "[1e-6,3e-6,6e-6]", {"amplifier.settle_s=1e-4"}},
    {"device.leak_time_s", "1e-4", {}},
    {"device.endurance", "5", {}},
    {"device.endurance_dtod", "1", {"device.endurance=5"}},
    {"device.written", "channel", {}},
    {"device.pulse_v", "1.5", {}},
    {"device.pulse_s", "1e-7", {}},
    {"device.gate_capacitance_f", "1e-14", {}},
    {"crossbar.reference", "symmetry-point", {}},
    {"crossbar.tile_word_lines", "4", {}},
    {"crossbar.tile_bit_lines", "4", {}},
    {"crossbar.read_period_s", "2e-8", {"crossbar.turns=halves"}},
    {"wire.r_segment_ohm", "50", {}},
    {"wire.r_source_ohm", "500", {}},
    {"wire.r_sense_ohm", "500", {}},
    {"wire.refresh_updates", "1", {"wire.r_segment_ohm=500"}},
    {"programming.update_rounds", "2", {}},
    {"programming.most_pulses", "1", {}},
    {"converter.adc_bits", "5", {}},
    {"amplifier.most_gain", "1", {}},
    {"amplifier.gain_error", "0.3", {"learning.optimizer=sgd", "learning.learning_rate=0.1", "data.train_limit=200"}},
    {"amplifier.auto_zero", "1", {"amplifier.offset=0.01"}},
    {"hold.thermal_noise", "kT/C", {"noise.physical=false"}},
    {"hold.leakage_a", "1e-9", {}},
    {"hold.leakage_mismatch", "0.9", {"hold.leakage_a=1e-9"}},
    {"hold.injection_c", "1e-14", {}},
    {"hold.injection_mismatch", "0.9", {"hold.injection_c=1e-14"}},
    {"neuron.thermal_noise", "kT/C", {"noise.physical=false", "settling.analysis=transient"}},
    {"noise.physical", "false", {}},
    {"neuron.gain_mismatch", "0.5", {}},
    {"neuron.kappa", "0.3", {"network.activation=ota"}},
    {"neuron.table", "curve.csv", {"network.activation=table", "neuron.table=" SETTLE_SOURCE "/docs/my-neuron.csv"}},
    {"neuron.slew_v_per_s", "1e5", {"settling.analysis=transient"}},
    {"sense.gain", "100", {}},
    {"sense.gbw_hz", "1e7", {}},
    {"sense.noise_v_per_rthz", "1e-7", {}},
    {"chip.adc_columns", "1", {}},
    {"chip.host_bank_bytes", "8192", {"network.hidden=[300,300]"}},
    {"cost.leakage_doubling_k", "40", {"chip.temperature_k=350"}},
};

// Results do not depend on these.
const std::set<std::string> of_speed = {"run.block", "run.threads"};

struct ListedKey {
  std::string name, standard, allowed;
};

std::vector<ListedKey> listed_keys(const std::string& config) {
  std::vector<ListedKey> keys;
  std::istringstream lines(config);
  std::string section, allowed;
  for (std::string line; std::getline(lines, line);) {
    const auto equals = line.find(" = ");
    if (line.rfind("# ", 0) == 0) {
      allowed = line.substr(2);
    } else if (line[0] == '[') {
      section = line.substr(1, line.size() - 2);
    } else if (equals != line.npos) {
      keys.push_back({section + "." + line.substr(0, equals), line.substr(equals + 3), allowed});
    }
  }
  return keys;
}

std::string text(double value) {
  char buffer[40];
  std::snprintf(buffer, sizeof buffer, "%.6g", value);
  return buffer;
}

// An allowed value other than the default, half as large again where that is allowed.
std::string another(const ListedKey& key) {
  if (key.standard == "true" || key.standard == "false") return key.standard == "true" ? "false" : "true";
  std::smatch match;
  if (key.allowed.rfind("one of ", 0) == 0) {
    std::istringstream words(std::regex_replace(key.allowed.substr(7), std::regex(","), " "));
    for (std::string word; words >> word;)
      if (key.standard != "\"" + word + "\"") return word;
  }
  static const std::regex range("(a number|an integer) (?:from|above) (\\S+) (?:to|and at most) ([^ ,]+).*");
  if (std::regex_match(key.allowed, match, range)) {
    const bool whole = match[1] == "an integer";
    const double low = std::stod(match[2]), high = std::stod(match[3]), standard = std::atof(key.standard.c_str());
    if (standard == 0) return whole ? text(low + 1) : text(std::max(low, std::min(0.05, high)));
    const double value = 1.5 * standard <= high ? 1.5 * standard : 0.5 * (low + standard);
    return whole ? text(std::floor(value + 0.5) == standard ? standard + 1 : std::floor(value + 0.5)) : text(value);
  }
  double numbers[3];
  if (std::sscanf(key.standard.c_str(), "[%lf, %lf, %lf]", &numbers[0], &numbers[1], &numbers[2]) == 3)
    return "[" + text(1.5 * numbers[0]) + "," + text(1.5 * numbers[1]) + "," + text(1.5 * numbers[2]) + "]";
  return "";
}

constexpr int parts = 8;  // of the walk, which run side by side

class KeyEffect : public RunTest, public testing::WithParamInterface<int> {
 protected:
  // What a run gives, without wall clock, and without the list of figures, which would only repeat a key.
  std::string result(const Settings& settings) {
    Settings all = common;
    all.insert(all.end(), settings.begin(), settings.end());
    std::filesystem::remove_all(path("run"));
    Settings words = {"train", "tiny.toml", "--out", "run"};
    for (const std::string& setting : all) words.insert(words.end(), {"--set", setting});
    const Finished run = settle(words);
    EXPECT_EQ(run.status, 0) << run.err;
    if (run.status != 0) return "";
    nlohmann::json s = summary("run");
    for (const char* key : {"config_sha256", "figures", "seconds_per_epoch", "samples_per_second"}) s.erase(key);
    std::string text = s.dump() + read("run/costs.csv");
    for (CsvRow& row : csv_rows(read("run/metrics.csv"))) {
      row.erase("seconds");
      for (const auto& [column, value] : row) text += column + value;
    }
    return text;
  }
  const std::string& before(const Settings& settings) {
    std::string name;
    for (const std::string& setting : settings) name += setting + " ";
    const auto found = before_.find(name);
    return found != before_.end() ? found->second : before_[name] = result(settings);
  }
  std::map<std::string, std::string> before_;
};

TEST_P(KeyEffect, IsThereForEveryKey) {
  write("own.toml",
        "response = \"linear\"\ndw_min = 0.01\nconductance_min_siemens = 1e-6\nconductance_max_siemens = 2e-5\n"
        "pulse_v = 1.5\npulse_s = 1e-7\n");
  write("curve.csv", "input,output\n-2,-0.7\n0,0\n2,0.9\n");
  std::filesystem::copy(path("data"), path("copy"));
  const TinyHalf other = tiny_half(tiny_train_samples, 9);
  write("copy/train-images-idx3-ubyte", other.images);
  int walked = 0, place = 0;
  for (const ListedKey& key : listed_keys(settle({"config"}).out)) {
    if (place++ % parts != GetParam() || of_speed.count(key.name) > 0 || key.name.rfind("trace.", 0) == 0) continue;
    const auto* special =
        std::find_if(std::begin(effects), std::end(effects), [&](const Effect& e) { return e.key == key.name; });
    const bool is_special = special != std::end(effects);
    const Settings beside = is_special ? special->beside : Settings{};
    const std::string value = is_special ? special->value : another(key);
    ASSERT_NE(value, "") << key.name << " needs a value in the table of this test";
    Settings with = beside;
    with.push_back(key.name + "=" + value);
    EXPECT_TRUE(result(with) != before(beside)) << key.name << "=" << value << " changes nothing";
    ++walked;
  }
  EXPECT_GT(walked, 20);
}
INSTANTIATE_TEST_SUITE_P(Parts, KeyEffect, testing::Range(0, parts));

}  // namespace
}  // namespace settle

// Loops over the table of keys: a new key is tested without a test of its own.
#include "src/config/keys.h"

#include <algorithm>
#include <cmath>
#include <memory>
#include <set>

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <gtest/gtest.h>

#include "settle/models/error.h"
#include "settle/models/learning/optimizer.h"
#include "src/config/assign.h"
#include "src/config/parse.h"
#include "src/config/value.h"
#include "src/config/write.h"
#include "tests/src/temporary_folder.h"

namespace settle::keys_test {
namespace {

Configuration parse(const std::string& text, const std::vector<std::string>& overrides = {}) {
  return parse_configuration(text, "test.toml", overrides);
}

// TOML that each kind of value must refuse: just out of range, of another type, not finite.
std::vector<std::string> refused(const IntegerValue& v) {
  return {std::to_string(v.low - 1), std::to_string(v.high + 1), "1.0", "nan", "\"one\"", "true", "[1]"};
}
std::vector<std::string> refused(const NumberValue& v) {
  const double below = std::nextafter(v.low, -1e300) - (v.low == 0 ? 1e-300 : 0.0);
  const double beyond = std::nextafter(v.high, 2 * v.high);
  return {fmt::format("{}", below), fmt::format("{}", beyond), "nan", "inf", "-inf", "\"one\"", "true", "[1.0]"};
}
std::vector<std::string> refused(const ReplacingValue& v) {
  const double beyond = std::nextafter(v.high, 1e300);
  return {fmt::format("{}", std::nextafter(v.low, -1e300)), fmt::format("{}", beyond), "nan", "inf", "\"one\"", "true"};
}
std::vector<std::string> refused(const DeclaredValue& v) { return refused(NumberValue{nullptr, v.low, v.high}); }
std::vector<std::string> refused(const ByProjectionValue& v) {
  const std::string beyond = fmt::format("{}", std::nextafter(v.high, 2 * v.high));
  return {"1.0",
          "[1.0]",
          "\"a\"",
          "{ \"input_hidden1\" = \"a\" }",
          "{ \"*\" = nan }",
          "{ \"*\" = -1.0 }",
          "{ \"*\" = " + beyond + " }"};
}
std::vector<std::string> refused(const TextValue& v) {
  std::vector<std::string> values = {"1", "true", "[\"a\"]", "2020-01-01"};
  if (!v.choices.empty()) values.insert(values.end(), {"\"no-such-name\"", "\"\""});
  return values;
}
std::vector<std::string> refused(const ChoiceValue&) { return {"\"no-such-name\"", "\"\"", "0", "true"}; }
std::vector<std::string> refused(const WidthsValue& v) {
  return {"[0]", "[8, -1]", fmt::format("[{}]", v.high + 1), "8", "[8.0]", "[8, \"8\"]", "[[8]]"};
}
std::vector<std::string> refused(const FactorsValue& v) {
  return {"1.0",   "[0]",     "[1, 0.0]", fmt::format("[{}]", std::nextafter(v.most, 2 * v.most)),
          "[nan]", "[\"1\"]", "[[1]]"};
}
std::vector<std::string> refused(const FlagValue&) { return {"0", "1", "\"true\"", "[true]"}; }
std::vector<std::string> refused(const TextListValue& v) {
  std::vector<std::string> values = {"[\"\"]", "\"a\"", "[1]", "[\"a\", 1]"};
  if (!v.none) values.emplace_back("[]");
  return values;
}
std::vector<std::string> refused(const EstimateValue&) {
  return {"0",         "-1.0",      "nan",         "inf",         "[1, 2]", "[1, 2, 3, 4]", "[2, 1, 3]",
          "[1, 3, 2]", "[0, 1, 2]", "[1, 2, inf]", "[1, nan, 2]", "\"1\"",  "[1, 2, \"3\"]"};
}
std::vector<std::string> refused(const ReplacingEstimateValue& v) {
  std::vector<std::string> values = refused(EstimateValue{});
  values.push_back(fmt::format("{}", std::nextafter(v.low, 0.0)));
  values.push_back(fmt::format("[{}, {}, {}]", v.low, v.high, std::nextafter(v.high, 1e300)));
  return values;
}

// An allowed value other than the default, as to_toml writes it; the default where there is no other.
std::string another(const IntegerValue& v) { return std::to_string(*v.member == v.high ? v.low : v.high); }
std::string another(const NumberValue& v) {
  return fmt::format("{}",
                     v.low + ((*v.member > v.low ? *v.member : v.high) - v.low) / 3.14159);  // needs all its digits
}
std::string another(const ReplacingValue& v) { return fmt::format("{}", v.low + (v.high - v.low) / 3.14159); }
std::string another(const DeclaredValue& v) {
  return fmt::format("{}", v.low + ((v.standard > v.low ? v.standard : v.high) - v.low) / 3.14159);
}
std::string another(const ByProjectionValue&) { return "{ \"hidden1_hidden2\" = 0.30000000000000004 }"; }
std::string another(const TextValue& v) {
  return quoted(v.choices.empty() ? "a \"quoted\" \\ name\n\tof \u00b5 \x7f lines" : v.choices.back());
}
std::string another(const ChoiceValue& v) { return quoted(v.names.at(v.get() == 0 ? v.names.size() - 1 : 0)); }
std::string another(const FlagValue& v) { return *v.member ? "false" : "true"; }
std::string another(const WidthsValue&) { return "[65536, 1, 3]"; }
std::string another(const FactorsValue&) { return "[1.0, -0.30000000000000004]"; }
std::string another(const TextListValue& v) {
  if (v.none) return "[\"input -> hidden1\", \"hidden1 -> hidden2\", \"hidden2 <-> readout\"]";
  return "[\"bank*\", \"x\\\\y\"]";
}
std::string another(const ReplacingEstimateValue& v) {
  return fmt::format("[{}, {}, {}]", v.low + (v.high - v.low) / 3.14159, v.low + (v.high - v.low) / 2.7,
                     v.low + (v.high - v.low) / 1.1);
}
std::string another(const EstimateValue& v) {
  return fmt::format("[1.1e-30, 0.30000000000000004, {}]", to_toml(NumberValue{const_cast<double*>(&v.most), 0, 0}));
}

std::vector<std::string> refused_by(const Value& value) {
  return std::visit([](const auto& v) { return refused(v); }, value);
}
std::string another_of(const Value& value) {
  return std::visit([](const auto& v) { return another(v); }, value);
}

// "section.key = value" of every key.
std::vector<std::string> settings_of(Configuration c) {
  std::vector<std::string> lines;
  for (const Key& key : keys(c)) lines.push_back(key.name + " = " + to_toml(key.value));
  return lines;
}

std::string lines(const std::vector<std::string>& settings) { return fmt::format("{}", fmt::join(settings, "\n")); }

TEST(Keys, AreUniqueDocumentedAndGroupedBySection) {
  Configuration c;
  std::set<std::string> names, sections;
  std::string section;
  for (const Key& key : keys(c)) {
    EXPECT_TRUE(names.insert(key.name).second) << key.name << " is listed twice";
    EXPECT_EQ(std::count(key.name.begin(), key.name.end(), '.'), 1) << key.name;
    EXPECT_GE(key.meaning.size(), 15u) << key.name << " is not explained";
    EXPECT_EQ(key.meaning.back(), '.') << key.name;
    EXPECT_EQ(key.meaning.find('\n'), std::string::npos) << key.name;
    if (section_of(key) == section) continue;
    section = section_of(key);
    EXPECT_TRUE(sections.insert(section).second) << section << " is in two places";
  }
}

TEST(Keys, UnitsInNamesAreExplained) {
  const std::vector<std::pair<std::string, std::string>> units = {
      {"tau_s", "seconds"},
      {"time_s", "seconds"},
      {"_ohm", "ohms"},
      {"step_s", "seconds"},
      {"conductance_min_siemens", "siemens"},
      {"_f", "farads"},
      {"_um2", "square micrometres"},
      {"_f2", "squares of the node"},
      {"_v", "volts"},
      {"_a", "amperes"},
      {"_j", "joules"},
      {"_c", "coulombs"},
      {"_lsb", "LSB"},
  };
  Configuration c;
  for (const auto& [suffix, word] : units) {
    int found = 0;
    for (const Key& key : keys(c)) {
      if (key.name.size() < suffix.size() || key.name.substr(key.name.size() - suffix.size()) != suffix) continue;
      ++found;
      EXPECT_NE(key.meaning.find(word), std::string::npos) << key.name << ": " << key.meaning;
    }
    EXPECT_GT(found, 0) << suffix;
  }
}

TEST(Keys, DefaultsAreAllowed) {
  Configuration c;
  for (const Key& key : keys(c)) EXPECT_EQ(problem(key.value), std::nullopt) << key.name;
}

TEST(Keys, TakeTheEndsOfTheirRanges) {
  Configuration c;
  for (const Key& key : keys(c)) {
    if (const auto* v = std::get_if<IntegerValue>(&key.value)) {
      for (const auto end : {v->low, v->high}) {
        *v->member = end;
        EXPECT_EQ(problem(key.value), std::nullopt) << key.name;
      }
    }
    if (const auto* v = std::get_if<NumberValue>(&key.value)) {
      for (const double end : {v->low, v->high}) {
        *v->member = end;
        EXPECT_EQ(problem(key.value), std::nullopt) << key.name;
      }
    }
  }
}

TEST(Keys, RefuseWhatIsOutOfRangeOrOfAnotherType) {
  Configuration c;
  for (const Key& key : keys(c)) {
    for (const std::string& value : refused_by(key.value)) {
      const std::string setting = key.name + " = " + value;
      const std::string expected = fmt::format("test.toml:1: {}: must be {}, ", key.name, allowed(key.value));
      const std::string message = message_of<InputError>([&] { parse(setting); });
      EXPECT_EQ(message.substr(0, expected.size()), expected) << setting;
      EXPECT_EQ(message.find('\n'), std::string::npos) << message;
    }
  }
}

constexpr const char* one_sided = "device.preset = \"ecram\"\ndevice.one_sided = 1\ncrossbar.mapping = \"pair\"";

// The device on which a number of it has an effect.
std::string needed_by_number(const std::string& name) {
  if (name == "dtod_lognormal") return "device.preset = \"ecram\"\ndevice.dtod = 0.2";
  if (name == "endurance_dtod") return "device.preset = \"ecram\"\ndevice.endurance = 1e3";
  if (name.rfind("flicker_", 0) == 0) return "device.preset = \"ecram\"\ndevice.flicker = 0.01";
  if (name.rfind("drift_", 0) == 0 && name != "drift_nu") return "device.preset = \"ecram\"\ndevice.drift_nu = 0.05";
  if (name == "a_up" || name == "a_down" || name == "z_slope" || name == "z_offset")
    return "device.preset = \"reram-es\"";
  if (name == "ends_at_nominal") return "device.preset = \"reram-sb\"";
  if (name.rfind("reset", 0) == 0) return one_sided;
  if (name == "per_kelvin") return "device.preset = \"ecram\"\nchip.temperature_k = 350.0";
  return "device.preset = \"ecram\"";
}

// The settings without which a key is refused: a converter's errors are in units of its LSB, some choices need others.
std::string needed_by(const Key& key) {
  if (key.name == "network.topology" || key.name == "learning.rule") return "network.feedback = \"random\"";
  for (const OptimizerFamily& family : optimizers())
    for (const OptimizerNumber& number : family.numbers)
      if (key.name == "learning." + number.name) return "learning.optimizer = " + quoted(family.name);
  const std::pair<const char*, const char*> needs[] = {
      {"sense.noise_v_per_rthz", "noise.physical = true"},
      {"sense.noise_factor", "noise.physical = true"},
      {"crossbar.read_period_s", "crossbar.turns = \"halves\""},
      {"network.agt_probability", "network.topology = \"agt\"\nnetwork.feedback = \"random\""},
      {"network.skips", "network.topology = \"residual\""},
      {"neuron.kappa", "network.activation = \"ota\""},
      {"neuron.table", "network.activation = \"table\""},
      {"learning.pulse_coding", "learning.update = \"in-situ\"\nrun.batch = 1"},
      {"learning.transfer_rate", "learning.update = \"in-situ\"\nrun.batch = 1\nlearning.transfer_every = 1"},
      {"wire.refresh_updates", "wire.r_segment_ohm = 1.0"},
      {"settling.start", "converter.adc_bits = 8"},
      {"settling.forward_accuracy", "settling.start = 'forward'"},
      {"wire.resistance_factor", "wire.r_segment_ohm = 1.0"},
      {"learning.difference_amplitude", "learning.clamped_lines = 'differences'"},
      {"learning.lock_in_periods", "learning.nudging = 'lock-in'"},
      {"cost.lock_in_area_um2", "learning.nudging = 'lock-in'"},
      {"cost.subtractor_current_a", "learning.clamped_lines = 'differences'"},
      {"cost.subtractor_area_um2", "learning.clamped_lines = 'differences'"},
      {"wire.per_kelvin", "wire.r_segment_ohm = 1.0\nchip.temperature_k = 350.0"},
      {"rules.period_taus", "crossbar.turns = \"halves\""},
      {"run.rest_s", "device.preset = \"ecram\"\ndevice.leak_time_s = 10.0"},
      {"rules.worn_out", "device.preset = \"ecram\"\ndevice.endurance = 1e3"},
      {"rules.cut_pulses", "device.preset = \"ecram\""},
      {"rules.at_bounds", "device.preset = \"ecram\""},
      {"programming.refresh_every", one_sided},
      {"programming.refresh_margin", one_sided},
      {"hold.leakage_mismatch", "hold.leakage_a = 1e-12"},
      {"hold.injection_mismatch", "hold.injection_c = 1e-16"}};
  for (const auto& [name, needed] : needs)
    if (key.name == name) return needed;
  if (section_of(key) == "programming") return "device.preset = \"ecram\"";
  if (section_of(key) == "device" &&
      (std::holds_alternative<ReplacingValue>(key.value) || std::holds_alternative<ReplacingEstimateValue>(key.value) ||
       key.name == "device.written"))
    return needed_by_number(name_in_section(key));
  if (key.name == "learning.nudge_course") return "settling.analysis = \"map\"";
  for (const std::string name : {"adc", "dac"})
    for (const std::string error : {"_offset_lsb", "_gain_error", "_inl_lsb", "_dnl_lsb"})
      if (key.name == "converter." + name + error) return "converter." + name + "_bits = 8";
  return "";
}

// Sets each key alone and expects that one to change, no other, and the result to survive writing and reading.
TEST(Keys, SetTheirOwnMemberAndRoundTrip) {
  Configuration defaults;
  const std::vector<Key> list = keys(defaults);
  for (std::size_t i = 0; i < list.size(); ++i) {
    const std::string needed = needed_by(list[i]);
    std::vector<std::string> expected = settings_of(parse(needed));
    expected[i] = list[i].name + " = " + another_of(list[i].value);
    EXPECT_NE(settings_of(Configuration{})[i], expected[i]);

    const Configuration changed = parse(expected[i] + "\n" + needed);
    EXPECT_EQ(lines(settings_of(changed)), lines(expected));
    EXPECT_EQ(lines(settings_of(parse(resolved_configuration(changed)))), lines(expected));
    const Configuration by_set = parse(needed, {list[i].name + "=" + another_of(list[i].value)});
    EXPECT_EQ(lines(settings_of(by_set)), lines(expected));
  }
}

// Marks the bytes of a Configuration that a key's value lies in.
class Footprint {
 public:
  explicit Footprint(const Configuration& c) : start_(reinterpret_cast<const unsigned char*>(&c)) {}

  template <class V>
  void mark(const V& v) {
    const auto* first = reinterpret_cast<const unsigned char*>(v.member);
    std::fill_n(marked_.begin() + (first - start_), sizeof(*v.member), true);
  }
  void mark(const ReplacingValue& v) { mark_map(v.members); }
  void mark(const ReplacingEstimateValue& v) { mark_map(v.members); }
  void mark(const DeclaredValue& v) { mark_map(v.members); }
  void mark(const ChoiceValue& v) {  // hides its member: see which bytes change
    const std::vector<unsigned char> before(start_, start_ + sizeof(Configuration));
    const std::size_t original = v.get();
    for (std::size_t i = 0; i < v.names.size(); ++i) {
      v.set(i);
      for (std::size_t byte = 0; byte < before.size(); ++byte) {
        if (start_[byte] != before[byte]) marked_[byte] = true;
      }
    }
    v.set(original);
  }
  bool any(std::size_t first, std::size_t count) const {
    const auto begin = marked_.begin() + static_cast<std::ptrdiff_t>(first);
    return std::find(begin, begin + static_cast<std::ptrdiff_t>(count), true) !=
           begin + static_cast<std::ptrdiff_t>(count);
  }

 private:
  template <class Map>
  void mark_map(const Map* map) {
    const auto* first = reinterpret_cast<const unsigned char*>(map);
    std::fill_n(marked_.begin() + (first - start_), sizeof(*map), true);
  }

  const unsigned char* start_;
  std::vector<bool> marked_ = std::vector<bool>(sizeof(Configuration), false);
};

// A member without a key would be a word that no key touches. Blind to an enumeration that shares its word with
// another.
TEST(Keys, CoverEveryMember) {
  auto c = std::make_unique<Configuration>();
  Footprint footprint(*c);
  for (const Key& key : keys(*c)) std::visit([&](const auto& v) { footprint.mark(v); }, key.value);
  for (std::size_t word = 0; word < sizeof(Configuration); word += sizeof(double))
    EXPECT_TRUE(footprint.any(word, sizeof(double))) << "the member at byte " << word << " has no key";
}

}  // namespace
}  // namespace settle::keys_test

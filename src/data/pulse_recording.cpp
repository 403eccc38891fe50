#include "src/data/pulse_recording.h"

#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <filesystem>
#include <map>
#include <optional>
#include <regex>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "src/data/csv.h"
#include "src/data/heading.h"
#include "src/data/input_file.h"

namespace settle {
namespace {

constexpr const char* expected_recording = "device,cycle,pulse,polarity,conductance_us";
using Names = std::vector<std::string>;

const Names device_names = {"device", "device id", "dev", "cell", "sample", "id", "device number"};
const Names cycle_names = {"cycle", "cycle number", "loop", "sweep", "repeat", "run", "iteration"};
const Names voltage_names = {"pulse voltage", "voltage",       "amplitude", "pulse amplitude",
                             "vpulse",        "write voltage", "vg",        "v"};
const Names resistance_names = {"resistance", "r", "res"};
const Names current_names = {"current", "read current", "i", "id", "ids", "iread"};

// A column of readings: its number in the file, and how to turn them into siemens.
struct ReadingColumn {
  std::size_t column;
  enum { siemens, resistance, current } kind;
  double unit;

  double of(double value, double read_v) const {
    if (kind == siemens) return value * unit;
    return kind == resistance ? 1 / (value * unit) : value * unit / read_v;
  }
};

class RecordingReader {
 public:
  /// `prefix` names the file's devices among those of others.
  RecordingReader(const std::string& path, double read_v, const std::string& prefix)
      : path_(path), prefix_(prefix), table_(read_csv(path, "settle fit", expected_recording)), read_v_(read_v) {}

  PulseRecords read() {
    if (const auto column = reading_column()) {
      read_rows(*column);
    } else if (!read_halves() && !read_columns()) {
      table_.fail_without("conductance_siemens");
    }
    if (records_.empty()) refuse(path_ + ": holds no readings");
    return records_;
  }

 private:
  std::string unit_of(std::size_t column) const { return heading(table_.columns()[column]).unit; }

  std::optional<ReadingColumn> reading_column() const {
    if (const auto g = find_column(table_, conductance_names()))
      return ReadingColumn{*g, ReadingColumn::siemens, siemens_in(unit_of(*g)).value_or(1)};
    if (const auto r = find_column(table_, resistance_names))
      return ReadingColumn{*r, ReadingColumn::resistance, ohms_in(unit_of(*r)).value_or(1)};
    const auto i = find_column(table_, current_names);
    if (!i) return std::nullopt;
    if (read_v_ == 0)
      refuse(fmt::format("{}: column {} is a current: say at which voltage it was read, --read-v VOLTS", path_,
                         table_.columns()[*i]));
    return ReadingColumn{*i, ReadingColumn::current, amperes_in(unit_of(*i)).value_or(1)};
  }

  double reading(std::size_t row, const ReadingColumn& c) const {
    const double g = c.of(table_.number(row, c.column), read_v_);
    if (std::isnan(g)) return g;
    if (!std::isfinite(g)) table_.fail_at(row, fmt::format("{:g} siemens is no conductance", g));
    if (g < 0)
      table_.fail_at(row, fmt::format("{:g} siemens is no conductance: none is below 0; mend the reading, or leave its "
                                      "field empty",
                                      g));
    if (g > most_siemens)
      table_.fail_at(row, fmt::format("no device conducts {:g} siemens; are these microsiemens? Then call the column "
                                      "conductance_us",
                                      g));
    return g;
  }

  // The direction of each row's pulse: in words, or as the sign of a voltage that has both; nothing for neither.
  std::optional<std::vector<int>> stated_directions() const {
    std::vector<int> directions;
    if (const auto column = find_column(table_, direction_names())) {
      for (std::size_t row = 0; row < table_.rows(); ++row) {
        directions.push_back(direction_of(table_.text(row, *column)));
        if (directions.back() == 0)
          table_.fail_at(row, fmt::format("{} must be up or down, not `{}`", table_.columns()[*column],
                                          table_.text(row, *column)));
      }
      return directions;
    }
    const auto voltage = find_column(table_, voltage_names);
    if (!voltage) return std::nullopt;
    for (std::size_t row = 0; row < table_.rows(); ++row) {
      const double v = table_.number(row, *voltage);
      directions.push_back(v > 0 ? 1 : v < 0 ? -1 : directions.empty() ? 1 : directions.back());
    }
    const bool both = std::count(directions.begin(), directions.end(), -1) > 0 &&
                      std::count(directions.begin(), directions.end(), 1) > 0;
    return both ? std::optional(directions) : std::nullopt;
  }

  std::string name_of(const std::string& device) const {
    if (device.empty()) return prefix_.empty() ? "1" : prefix_;
    return prefix_.empty() ? device : prefix_ + ":" + device;
  }

  void add(PulseRecord record, bool stated) {
    if (record.siemens.size() < 2) return;
    if (!stated) record.direction = directions_of(record.siemens);
    records_.push_back(std::move(record));
  }

  void read_rows(const ReadingColumn& column) {
    const auto other = [&](const std::optional<std::size_t>& found) {  // "Id" is a drain current
      return found && *found == column.column ? std::optional<std::size_t>() : found;
    };
    const std::optional<std::size_t> device = other(find_column(table_, device_names)),
                                     cycle = other(find_column(table_, cycle_names));
    const auto directions = stated_directions();
    // in the order in which they appear
    std::map<std::pair<std::string, std::string>, std::size_t> place;
    PulseRecords records;
    for (std::size_t row = 0; row < table_.rows(); ++row) {
      const double g = reading(row, column);
      if (std::isnan(g)) continue;  // a reading that was not taken
      const std::string d = device.has_value() ? table_.text(row, device.value()) : "",
                        c = cycle.has_value() ? table_.text(row, cycle.value()) : "";
      const auto [found, is_new] = place.insert({{d, c}, records.size()});
      if (is_new) records.push_back({name_of(d), {}, {}});
      records[found->second].siemens.push_back(g);
      if (directions) records[found->second].direction.push_back((*directions)[row]);
    }
    for (PulseRecord& r : records) add(std::move(r), directions.has_value());
  }

  std::vector<double> column(std::size_t which) const {
    const ReadingColumn c{which, ReadingColumn::siemens, siemens_in(unit_of(which)).value_or(1)};
    std::vector<double> values;
    for (std::size_t row = 0; row < table_.rows(); ++row)
      if (const double g = reading(row, c); !std::isnan(g)) values.push_back(g);
    return values;
  }

  // Columns of pulses up and of pulses down, in turn.
  bool read_halves() {
    PulseRecord record{name_of(""), {}, {}};
    bool up = false, down = false;
    for (std::size_t i = 0; i < table_.columns().size(); ++i) {
      static const std::regex number("\\s*[0-9]+$");
      const int direction = direction_of(std::regex_replace(heading(table_.columns()[i]).name, number, ""));
      if (direction == 0 || table_.columns()[i].find_first_of("0123456789") == 0) continue;
      (direction > 0 ? up : down) = true;
      for (const double g : column(i)) {
        record.siemens.push_back(g);
        record.direction.push_back(direction);
      }
    }
    if (up && down) add(std::move(record), true);
    return up && down;
  }

  // One column a device, or a cycle of one device.
  bool read_columns() {
    static const std::regex pattern("(g|conductance|cond|device|dev|d|cell|sample|cycle|run|sweep)\\s*([0-9]+).*");
    for (std::size_t i = 0; i < table_.columns().size(); ++i) {
      std::smatch match;
      const std::string name = heading(table_.columns()[i]).name;
      if (!std::regex_match(name, match, pattern)) continue;
      const std::string kind = match[1];
      const bool cycle = kind == "cycle" || kind == "run" || kind == "sweep";
      add({name_of(cycle ? "" : match[2].str()), column(i), {}}, false);
    }
    return !records_.empty();
  }

  std::string path_, prefix_;
  CsvTable table_;
  double read_v_;
  PulseRecords records_;
};

// The readings at which the conductance turns, each by half of the whole range, and the direction at first.
struct TurningPoints {
  int first;
  std::vector<std::size_t> at;
};

TurningPoints turns_of(const std::vector<double>& g) {
  const double half = 0.5 * (*std::max_element(g.begin(), g.end()) - *std::min_element(g.begin(), g.end()));
  TurningPoints turns{1, {}};  // where nothing moves: pulses up that are too weak
  int direction = 0;
  std::size_t low = 0, high = 0;
  for (std::size_t k = 1; k < g.size(); ++k) {
    if (g[k] > g[high]) high = k;
    if (g[k] < g[low]) low = k;
    const bool falls = direction >= 0 && g[k] < g[high] - half;
    const bool rises = direction <= 0 && g[k] > g[low] + half;
    if (!falls && !rises) continue;
    const std::size_t turn = falls ? high : low;
    if (direction == 0) {
      turns.first = falls ? -1 : 1;
      // a start that is no end of the range yet, or noise about one
      if (turn > g.size() / 20) {
        turns.first = -turns.first;
        turns.at.push_back(turn);
      }
    } else {
      turns.at.push_back(turn);
    }
    direction = falls ? -1 : 1;
    low = high = k;
  }
  return turns;
}

// What names each file's devices: nothing for a single file, its name where that is its own, or else its path.
Names prefixes_of(const Names& paths) {
  const auto stem = [](const std::string& path) { return std::filesystem::path(path).stem().string(); };
  std::map<std::string, int> files;
  for (const std::string& path : paths) ++files[stem(path)];
  Names prefixes;
  for (const std::string& path : paths)
    prefixes.push_back(paths.size() == 1 ? "" : files.at(stem(path)) == 1 ? stem(path) : path);
  return prefixes;
}

// A recording that counts twice makes its device's numbers look surer than they are.
void refuse_the_same_file_twice(const Names& paths) {
  for (std::size_t i = 0; i < paths.size(); ++i)
    for (std::size_t j = 0; j < i; ++j) {
      std::error_code missing;
      if (std::filesystem::equivalent(paths[j], paths[i], missing))
        refuse(fmt::format("{}: is the same file as {}, and would count twice; name each recording once", paths[i],
                           paths[j]));
    }
}

}  // namespace

std::vector<int> directions_of(const std::vector<double>& siemens) {
  const TurningPoints turns = turns_of(siemens);
  const std::size_t n = siemens.size(), parts = turns.at.size() + 1;
  // readings in each part, after perhaps one before any pulse
  const std::size_t before = n % parts == 0 ? 0 : 1, each = (n - before) / parts;
  bool even = (n - before) % parts == 0;
  for (std::size_t i = 0; i < turns.at.size(); ++i)
    even = even && std::abs(double(turns.at[i]) + 1 - double(before + (i + 1) * each)) < 0.4 * double(each);
  std::vector<int> directions;
  std::size_t turned = 0;  // turning points before reading k
  for (std::size_t k = 0; k < n; ++k) {
    while (turned < turns.at.size() && turns.at[turned] < k) ++turned;
    const std::size_t passed = even ? std::min((k < before ? 0 : k - before) / each, parts - 1) : turned;
    directions.push_back(passed % 2 == 0 ? turns.first : -turns.first);
  }
  return directions;
}

PulseRecords read_pulse_recordings(const std::vector<std::string>& paths, double read_v) {
  refuse_the_same_file_twice(paths);
  PulseRecords all;
  const Names prefixes = prefixes_of(paths);
  for (std::size_t i = 0; i < paths.size(); ++i) {
    const PulseRecords records = RecordingReader(paths[i], read_v, prefixes[i]).read();
    all.insert(all.end(), records.begin(), records.end());
  }
  return all;
}

}  // namespace settle

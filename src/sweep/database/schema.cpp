#include "src/sweep/database/schema.h"

#include <algorithm>
#include <map>
#include <set>

#include <fmt/format.h>
#include <sqlite3.h>
#include <toml++/toml.h>

#include "src/config/keys.h"
#include "src/config/value.h"
#include "src/sweep/database/columns.h"
#include "src/sweep/database/connection.h"
#include "src/sweep/database/results_table.h"

namespace settle {
namespace {

struct TableText {
  const char *table, *column, *unit, *meaning;
};

const TableText fixed_columns[] = {
    {"points", "point", "", "number of the point, from 1, in the order of the sweep"},
    {"points", "folder", "", "its run folder, from the sweep's"},
    {"points", "case", "", "name of its [[case]]; empty without cases"},
    {"points", "title", "", "what sets it apart, for people"},
    {"points", "seed", "", "run.seed"},
    {"points", "state", "",
     "waiting, running, done, failed, stopped (ended early, as asked), cut off (goes on), or paused "
     "(waits to be compared with the others)"},
    {"points", "message", "", "why it has failed, was stopped or was cut off"},
    {"points", "attempt", "", "how often it was begun"},
    {"points", "trained", "", "1: its training has ended well, whatever came after"},
    {"points", "rung", "", "of a sweep with [halving]: how many comparisons it has come through"},
    {"points", "owner_host", "", "of a running point: the machine"},
    {"points", "owner_machine", "", "of a running point: the boot and the container that its process is of"},
    {"points", "owner_pid", "", "of a running point: the process that has claimed it"},
    {"points", "owner_start", "", "of a running point: when that process began, in ticks since the boot"},
    {"points", "heartbeat", "s", "of a running point: when its owner was last heard of, since 1970"},
    {"points", "training_wall_second", "s", "wall clock of the training"},
    {"points", "wall_second", "s", "wall clock of the point's processes"},
    {"points", "version", "", "of the program that ran it"},
    {"points", "config_sha256", "", "of its config.toml"},
    {"points", "changed", "", "rises with every change of the point's state (see `revision` in the table sweep)"},
    {"settings", "point", "", "number of the point"},
    {"settings", "key", "", "of the configuration"},
    {"settings", "value", "", "a number or a text; lists and tables as TOML"},
    {"sweep", "name", "", "fingerprint, revision, rung (comparisons that are over), source, base and the base's text"},
    {"sweep", "value", "", "of it"},
    {"proposals", "combination", "", "of a sweep with [search]: its number, from 1; each has a point for every seed"},
    {"proposals", "round", "", "in which it was proposed, from 1"},
    {"proposals", "key", "", "that is searched over"},
    {"proposals", "value", "", "its value, as TOML"},
    {"versions", "what", "", "settle, schema or sqlite"},
    {"versions", "version", "", "with which the database was made"},
    {"columns", "in_table", "", "a table or view"},
    {"columns", "position", "", "of the column in it"},
    {"columns", "name", "", "of the column"},
    {"columns", "unit", "", "empty: a count, a fraction or a text"},
    {"columns", "meaning", "", "in words"},
    {"columns", "role", "", "in the view results: label, axis, varied by cases, figure, wall clock or note"},
};

const char* const fixed_tables = R"(
CREATE TABLE sweep (name TEXT PRIMARY KEY, value) WITHOUT ROWID;
CREATE TABLE versions (what TEXT PRIMARY KEY, version TEXT) WITHOUT ROWID;
CREATE TABLE columns (in_table TEXT, position INTEGER, name TEXT, unit TEXT, meaning TEXT, role TEXT,
                      PRIMARY KEY (in_table, name)) WITHOUT ROWID;
CREATE TABLE points (
  point INTEGER PRIMARY KEY, folder TEXT NOT NULL, "case" TEXT NOT NULL, title TEXT NOT NULL, seed INTEGER NOT NULL,
  state TEXT NOT NULL CHECK (state IN ('waiting', 'running', 'done', 'failed', 'stopped', 'cut off',
                                              'paused')), message TEXT,
  attempt INTEGER NOT NULL DEFAULT 0, trained INTEGER NOT NULL DEFAULT 0, rung INTEGER NOT NULL DEFAULT 0,
  owner_host TEXT, owner_machine TEXT, owner_pid INTEGER, owner_start INTEGER, heartbeat REAL,
  training_wall_second REAL, wall_second REAL, version TEXT, config_sha256 TEXT, changed INTEGER NOT NULL DEFAULT 0,
  CHECK ((state = 'running') = (owner_pid IS NOT NULL)));
CREATE INDEX points_by_state ON points (state, point);
CREATE INDEX points_by_change ON points (changed);
CREATE TABLE common_settings (key TEXT PRIMARY KEY, value) WITHOUT ROWID;
CREATE TABLE varied_settings (point INTEGER, key TEXT, value, PRIMARY KEY (point, key)) WITHOUT ROWID;
CREATE VIEW settings AS
  SELECT point, key, value FROM points, common_settings UNION ALL SELECT point, key, value FROM varied_settings;
CREATE TABLE proposals (combination INTEGER, round INTEGER NOT NULL, key TEXT, value TEXT NOT NULL,
                        PRIMARY KEY (combination, key)) WITHOUT ROWID;
CREATE TABLE actions (action_id INTEGER PRIMARY KEY, action TEXT, unit TEXT, rail TEXT, source TEXT,
                      UNIQUE (action, unit, rail, source));
)";

const char* declared(ColumnKind kind) {
  switch (kind) {
    case ColumnKind::real:
      return "REAL";
    case ColumnKind::integer:
      return "INTEGER";
    case ColumnKind::text:
      return "TEXT";
  }
  return "";
}

// The costs' texts that repeat from point to point are kept once.
bool is_of_the_action(const std::string& column) {
  return column == "action" || column == "unit" || column == "rail" || column == "source";
}

void create_rows_table(SQLite::Database& database, const RowsTable& table) {
  const bool costs = table.name == "costs";
  std::string columns, shown;
  for (const TableColumn& column : table.columns) {
    shown += ", " + sql_name(column.name);
    if (!costs || !is_of_the_action(column.name))
      columns += fmt::format(", {} {}", sql_name(column.name), declared(column.kind));
  }
  database.exec(fmt::format("CREATE TABLE {} (point INTEGER, row INTEGER{}{}, PRIMARY KEY (point, row)) WITHOUT ROWID",
                            costs ? "cost_rows" : table.name, columns, costs ? ", action_id INTEGER" : ""));
  if (costs)
    database.exec(
        fmt::format("CREATE VIEW costs AS SELECT point, row{} FROM cost_rows JOIN actions USING (action_id)", shown));
}

// The configuration's value of a key. Flags are the texts that TOML has for them.
Cell setting_cell(const Value& value) {
  if (const auto* integer = std::get_if<IntegerValue>(&value)) return *integer->member;
  if (const auto* text = std::get_if<TextValue>(&value)) return *text->member;
  if (const auto* choice = std::get_if<ChoiceValue>(&value)) return choice->names.at(choice->get());
  const std::string toml = to_toml(value);
  if (toml == "\"preset\"") return std::string("preset");
  return cell_of_text(toml);
}

// A value as the sweep file states it: 1 stays an integer where the key is a number, and a path is as it was written.
Cell stated_cell(const std::string& toml_value) {
  const toml::table table = toml::parse("value = " + toml_value);
  const toml::node& node = *table.get("value");
  if (const auto integer = node.value_exact<std::int64_t>()) return *integer;
  if (const auto number = node.value_exact<double>()) return *number;
  if (const auto text = node.value_exact<std::string>()) return *text;
  return toml_value;
}

using Settings = std::map<std::string, Cell>;

Settings settings_of(const Configuration& configuration) {
  Configuration copy = configuration;
  Settings all;
  for (const Key& key : keys(copy)) all.emplace(key.name, setting_cell(key.value));
  return all;
}

// Settings of all points: what is the same everywhere, and by point what is not. Keys of the grid always vary.
class PointSettings {
 public:
  PointSettings(const SweepFile& sweep, const std::vector<Point>& points) {
    for (const Axis& axis : sweep.grid) varied_.insert(axis.key);
    const Settings first = settings_of(points.front().configuration);
    for (const Point& point : points)
      for (const auto& [key, value] : settings_of(point.configuration))
        if (first.at(key) != value) varied_.insert(key);
    for (const auto& [key, value] : first)
      if (varied_.count(key) == 0) common_.emplace(key, value);
  }

  const Settings& common() const { return common_; }

  Settings varied(const SweepFile& sweep, const Point& point) const {
    Settings all = settings_of(point.configuration);
    for (auto each = all.begin(); each != all.end();) each = varied_.count(each->first) > 0 ? ++each : all.erase(each);
    for (std::size_t axis = 0; axis < sweep.grid.size(); ++axis)
      all[sweep.grid[axis].key] = stated_cell(point.stated.at(axis));
    return all;
  }

  /// Keys that vary though they are no axis, seeds aside: what cases set.
  std::vector<std::string> by_cases(const SweepFile& sweep) const {
    std::vector<std::string> keys;
    for (const std::string& key : varied_)
      if (key != "run.seed" &&
          std::none_of(sweep.grid.begin(), sweep.grid.end(), [&](const Axis& axis) { return axis.key == key; }))
        keys.push_back(key);
    return keys;
  }

 private:
  std::set<std::string> varied_;
  Settings common_;
};

std::map<std::string, std::string> meanings_of_keys() {
  Configuration defaults;
  std::map<std::string, std::string> all;
  for (const Key& key : keys(defaults)) all.emplace(key.name, key.meaning);
  return all;
}

struct Shown {
  ViewColumn column;
  std::string sql;
};

// The columns of the view `results`, each with what it selects from points p and metrics m.
std::vector<Shown> results_view(const SweepFile& sweep, const PointSettings& settings) {
  std::vector<Shown> all;
  const auto of_point = [&](const char* name, ColumnRole role) {
    for (const TableText& text : fixed_columns)
      if (text.table == std::string("points") && text.column == std::string(name))
        all.push_back({{name, text.unit, text.meaning, role}, "p." + sql_name(name)});
  };
  const auto of_metrics = [&](const std::vector<TableColumn>& columns) {
    for (const TableColumn& column : columns)
      all.push_back({{column.name, column.unit, column.meaning,
                      column.kind == ColumnKind::text ? ColumnRole::note : ColumnRole::figure},
                     "m." + sql_name(column.name)});
  };
  const auto meanings = meanings_of_keys();
  const auto key_column = [&](const std::string& key, ColumnRole role) {
    std::string quoted;
    for (const char c : key) quoted += c == '\'' ? std::string("''") : std::string(1, c);
    all.push_back(
        {{key, "", meanings.at(key), role},
         fmt::format("(SELECT value FROM varied_settings v WHERE v.point = p.point AND v.key = '{}')", quoted)});
  };
  for (const char* name : {"point", "folder", "case"}) of_point(name, ColumnRole::label);
  for (const Axis& axis : sweep.grid) key_column(axis.key, ColumnRole::axis);
  for (const std::string& key : settings.by_cases(sweep)) key_column(key, ColumnRole::varied);
  for (const char* name : {"seed", "state"}) of_point(name, ColumnRole::label);
  of_metrics(headline_columns());
  if (sweep.analyze) of_metrics(loop_columns());
  for (const char* name : {"version", "config_sha256", "message"}) of_point(name, ColumnRole::note);
  for (const char* name : {"training_wall_second", "wall_second"}) of_point(name, ColumnRole::wall_clock);
  return all;
}

void create_results(SQLite::Database& database, const std::vector<Shown>& shown) {
  std::string columns, view;
  for (const auto* list : {&headline_columns(), &loop_columns()})
    for (const TableColumn& column : *list)
      columns += fmt::format(", {} {}", sql_name(column.name), declared(column.kind));
  database.exec("CREATE TABLE metrics (point INTEGER PRIMARY KEY" + columns + ")");
  for (const Shown& each : shown)
    view += fmt::format("{}{} AS {}", view.empty() ? "" : ", ", each.sql, sql_name(each.column.name));
  database.exec("CREATE VIEW results AS SELECT " + view + " FROM points p LEFT JOIN metrics m USING (point)");
}

void describe_columns(SQLite::Database& database, const std::vector<Shown>& shown) {
  SQLite::Statement insert(database, "INSERT INTO columns VALUES (?, ?, ?, ?, ?, ?)");
  std::map<std::string, int> position;
  const auto add = [&](const std::string& table, const std::string& column, const std::string& unit,
                       const std::string& meaning, const std::string& role) {
    const CellRow cells = {table, std::int64_t(++position[table]), column, unit, meaning, role};
    for (std::size_t i = 0; i < cells.size(); ++i) bind(insert, int(i) + 1, cells[i]);
    insert.exec();
    insert.reset();
  };
  for (const TableText& text : fixed_columns) add(text.table, text.column, text.unit, text.meaning, "");
  for (const Shown& each : shown)
    add("results", each.column.name, each.column.unit, each.column.meaning, name(each.column.role));
  for (const RowsTable& table : rows_tables()) {
    add(table.name, "point", "", "number of the point", "");
    add(table.name, "row", "", "counted from 1 in each point", "");
    for (const TableColumn& column : table.columns) add(table.name, column.name, column.unit, column.meaning, "");
  }
}

void insert_pairs(SQLite::Database& database, const std::string& table, const Settings& pairs) {
  SQLite::Statement insert(database, "INSERT INTO " + table + " VALUES (?, ?)");
  for (const auto& [name, value] : pairs) {
    insert.bind(1, name);
    bind(insert, 2, value);
    insert.exec();
    insert.reset();
  }
}

// The points from `first` on.
void insert_points(SQLite::Database& database, const SweepFile& sweep, const std::vector<Point>& points,
                   std::size_t first, const PointSettings& settings) {
  SQLite::Statement point_row(database,
                              "INSERT INTO points (point, folder, \"case\", title, seed, state) VALUES (?, ?, ?, ?, ?, "
                              "'waiting')");
  SQLite::Statement setting_row(database, "INSERT INTO varied_settings VALUES (?, ?, ?)");
  for (std::size_t i = first; i < points.size(); ++i) {
    const std::int64_t number = std::int64_t(i) + 1;
    const CellRow cells = {number, "points/" + points[i].id, points[i].case_name, points[i].title, points[i].seed};
    for (std::size_t c = 0; c < cells.size(); ++c) bind(point_row, int(c) + 1, cells[c]);
    point_row.exec();
    point_row.reset();
    for (const auto& [key, value] : settings.varied(sweep, points[i])) {
      setting_row.bind(1, number);
      setting_row.bind(2, key);
      bind(setting_row, 3, value);
      setting_row.exec();
      setting_row.reset();
    }
  }
}

// The combinations from `first` on, whose points are of this round.
void insert_proposals(SQLite::Database& database, const SweepFile& sweep, std::int64_t round, std::size_t first) {
  SQLite::Statement insert(database, "INSERT INTO proposals VALUES (?, ?, ?, ?)");
  for (const Axis& axis : sweep.grid)
    for (std::size_t i = first; i < axis.values.size(); ++i) {
      const CellRow cells = {std::int64_t(i) + 1, round, axis.key, axis.values[i].value};
      for (std::size_t c = 0; c < cells.size(); ++c) bind(insert, int(c) + 1, cells[c]);
      insert.exec();
      insert.reset();
    }
}

}  // namespace

void create_schema(SQLite::Database& database, const SweepFile& sweep, const std::vector<Point>& points) {
  const PointSettings settings(sweep, points);
  const std::vector<Shown> shown = results_view(sweep, settings);
  database.exec(fmt::format("PRAGMA application_id = {}; PRAGMA user_version = {};", application_id, schema_version));
  database.exec(fixed_tables);
  for (const RowsTable& table : rows_tables()) create_rows_table(database, table);
  create_results(database, shown);
  describe_columns(database, shown);
  insert_pairs(database, "sweep",
               {{"fingerprint", fingerprint(sweep)},
                {"revision", std::int64_t(0)},
                {"rung", std::int64_t(0)},
                {"source", sweep.source},
                {"base", sweep.base_source},
                {"base_text", sweep.base_text}});
  insert_pairs(database, "versions",
               {{"settle", std::string(SETTLE_VERSION)},
                {"schema", std::string(std::to_string(schema_version))},
                {"sqlite", std::string(sqlite3_libversion())}});
  insert_pairs(database, "common_settings", settings.common());
  insert_points(database, sweep, points, 0, settings);
  if (sweep.search) insert_proposals(database, sweep, 1, 0);
}

void add_round(SQLite::Database& database, const SweepFile& sweep, const std::vector<Point>& points,
               std::int64_t round) {
  const std::size_t before = std::size_t(database.execAndGet("SELECT count(*) FROM points").getInt64()),
                    seeds = std::max<std::size_t>(1, sweep.seeds.size());
  const PointSettings settings(sweep, points);
  // a key that was the same in all points before, and is another now
  for (const auto& [key, value] : settings.varied(sweep, points.front())) {
    SQLite::Statement move(database,
                           "INSERT OR IGNORE INTO varied_settings SELECT point, key, value FROM points, "
                           "common_settings WHERE key = ?");
    move.bind(1, key);
    move.exec();
    SQLite::Statement remove(database, "DELETE FROM common_settings WHERE key = ?");
    remove.bind(1, key);
    remove.exec();
  }
  insert_points(database, sweep, points, before, settings);
  insert_proposals(database, sweep, round, before / seeds);
}

}  // namespace settle

#include "src/sweep/database/store_results.h"

#include <algorithm>
#include <map>
#include <string>

#include <fmt/format.h>

#include "src/sweep/database/connection.h"

namespace settle {
namespace {

std::string marks(std::size_t count) {
  std::string text;
  for (std::size_t i = 0; i < count; ++i) text += i == 0 ? "?" : ", ?";
  return text;
}

void insert_costs(SQLite::Database& database, const Cell& point, const RowsTable& table,
                  const std::vector<CellRow>& rows) {
  SQLite::Statement known(database,
                          "SELECT action_id FROM actions WHERE action = ? AND unit = ? AND rail = ? AND source = ?");
  SQLite::Statement add(database, "INSERT INTO actions (action, unit, rail, source) VALUES (?, ?, ?, ?)");
  const auto place = [&](const std::string& column) {
    return std::size_t(std::find_if(table.columns.begin(), table.columns.end(),
                                    [&](const TableColumn& c) { return c.name == column; }) -
                       table.columns.begin());
  };
  const std::size_t texts[] = {place("action"), place("unit"), place("rail"), place("source")};
  std::map<std::vector<std::string>, std::int64_t> ids;
  const auto id_of = [&](const CellRow& row) {
    std::vector<std::string> key;
    for (const std::size_t text : texts) key.push_back(text_of(row[text]));
    const auto [found, is_new] = ids.emplace(key, 0);
    if (!is_new) return found->second;
    for (auto* statement : {&known, &add})
      for (std::size_t i = 0; i < key.size(); ++i) statement->bind(int(i) + 1, key[i]);
    if (known.executeStep()) {
      found->second = known.getColumn(0).getInt64();
    } else {
      add.exec();
      add.reset();
      found->second = database.getLastInsertRowid();
    }
    known.reset();
    return found->second;
  };
  SQLite::Statement insert(database,
                           "INSERT INTO cost_rows VALUES (" + marks(table.columns.size() + 3 - std::size(texts)) + ")");
  for (std::size_t i = 0; i < rows.size(); ++i) {
    int index = 0;
    bind(insert, ++index, point);
    bind(insert, ++index, std::int64_t(i) + 1);
    for (std::size_t column = 0; column < rows[i].size(); ++column)
      if (std::find(std::begin(texts), std::end(texts), column) == std::end(texts))
        bind(insert, ++index, rows[i][column]);
    bind(insert, ++index, id_of(rows[i]));
    insert.exec();
    insert.reset();
  }
}

void insert_rows(SQLite::Database& database, const Cell& point, const RowsTable& table,
                 const std::vector<CellRow>& rows) {
  SQLite::Statement insert(database, "INSERT INTO " + table.name + " VALUES (" + marks(table.columns.size() + 2) + ")");
  for (std::size_t i = 0; i < rows.size(); ++i) {
    bind(insert, 1, point);
    bind(insert, 2, std::int64_t(i) + 1);
    for (std::size_t column = 0; column < rows[i].size(); ++column) bind(insert, int(column) + 3, rows[i][column]);
    insert.exec();
    insert.reset();
  }
}

}  // namespace

void replace_results(SQLite::Database& database, const Cell& point, const RunRecord& record) {
  CellRow metrics = {point};
  metrics.insert(metrics.end(), record.headline.begin(), record.headline.end());
  metrics.insert(metrics.end(), record.loop.begin(), record.loop.end());
  run(database, "INSERT OR REPLACE INTO metrics VALUES (" + marks(metrics.size()) + ")", metrics);
  for (std::size_t i = 0; i < rows_tables().size(); ++i) {
    const RowsTable& table = rows_tables()[i];
    const bool costs = table.name == "costs";
    run(database, fmt::format("DELETE FROM {} WHERE point = ?", costs ? "cost_rows" : table.name), {point});
    (costs ? insert_costs : insert_rows)(database, point, table, record.rows.at(i));
  }
}

}  // namespace settle

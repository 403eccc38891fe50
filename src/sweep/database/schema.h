// The tables and views of a sweep's database. docs/sweeps.md describes them for people who read it.
#pragma once

#include <string>
#include <vector>

#include <SQLiteCpp/SQLiteCpp.h>

#include "src/sweep/points.h"
#include "src/sweep/sweep_file.h"

namespace settle {

/// Rises when a program that knows only the tables before would misread them.
constexpr int schema_version = 2;
/// "Setl": by which SQLite's header tells whose database a file is.
constexpr int application_id = 0x5365746c;

/// Makes all tables and views in an empty database, with the points, all waiting, their settings, and what the columns
/// mean. To be called within a transaction.
void create_schema(SQLite::Database& database, const SweepFile& sweep, const std::vector<Point>& points);

/// Adds the points that a search's next round has given `sweep` and `points`, which have all those before too. To be
/// called within a transaction.
void add_round(SQLite::Database& database, const SweepFile& sweep, const std::vector<Point>& points,
               std::int64_t round);

}  // namespace settle

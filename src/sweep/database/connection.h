// A connection to a database of SQLite, and its errors in words.
#pragma once

#include <filesystem>
#include <memory>
#include <string>

#include <SQLiteCpp/SQLiteCpp.h>

#include "src/sweep/database/cell.h"

namespace settle {

/// A connection that writes, made to be shared by processes, perhaps of several hosts. The journal is a rollback
/// journal: a write-ahead log wants memory that all processes share, which network file systems have not. It is emptied
/// rather than removed after each commit, which takes a third of the time. Every commit is on the disk before it counts
/// (synchronous = FULL): points take seconds at least, and a commit milliseconds. A lock that another process holds is
/// waited for.
std::unique_ptr<SQLite::Database> open_for_writing(const std::filesystem::path& path);
/// A connection that can do nothing but read.
std::unique_ptr<SQLite::Database> open_for_reading(const std::filesystem::path& path);

/// Throws RunError for an error of SQLite's, one line that says what to do.
[[noreturn]] void fail(const std::filesystem::path& path, const SQLite::Exception& error);

/// Calls `act`; SQLite's errors become RunError.
template <class Act>
auto guarded(const std::filesystem::path& path, const Act& act) {
  try {
    return act();
  } catch (const SQLite::Exception& error) {
    fail(path, error);
  }
}

/// Binds a value to parameter `index`, from 1.
void bind(SQLite::Statement& statement, int index, const Cell& cell);
Cell cell_at(const SQLite::Statement& statement, int column);

/// Runs a statement with these parameters; the number of rows that it changed.
int run(SQLite::Database& database, const std::string& sql, const CellRow& parameters);

/// A name in quotes, so that it may hold anything.
std::string sql_name(const std::string& name);

}  // namespace settle

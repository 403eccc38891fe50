#include "src/sweep/database/connection.h"

#include <fmt/format.h>
#include <sqlite3.h>

#include "settle/models/error.h"

namespace settle {
namespace {

constexpr int patience_ms = 120000;  // a reader that someone has left open costs no run

// A process that was killed while it wrote leaves a journal, by which the next one that may write undoes what was not
// finished; one that only reads is refused until then.
void undo_what_was_cut_off(const std::filesystem::path& path) {
  const char* const read_something = "SELECT count(*) FROM sqlite_master";
  try {
    SQLite::Database reading(path.string(), SQLite::OPEN_READONLY, patience_ms);
    reading.execAndGet(read_something);
  } catch (const SQLite::Exception& error) {
    if ((error.getErrorCode() & 0xff) != SQLITE_READONLY) throw;
    SQLite::Database writing(path.string(), SQLite::OPEN_READWRITE, patience_ms);
    writing.execAndGet(read_something);
  }
}

}  // namespace

std::unique_ptr<SQLite::Database> open_for_writing(const std::filesystem::path& path) {
  return guarded(path, [&] {
    auto database = std::make_unique<SQLite::Database>(path.string(), SQLite::OPEN_READWRITE | SQLite::OPEN_CREATE);
    database->setBusyTimeout(patience_ms);
    database->exec("PRAGMA journal_mode = TRUNCATE; PRAGMA synchronous = FULL; PRAGMA foreign_keys = OFF");
    return database;
  });
}

std::unique_ptr<SQLite::Database> open_for_reading(const std::filesystem::path& path) {
  return guarded(path, [&] {
    undo_what_was_cut_off(path);
    auto database = std::make_unique<SQLite::Database>(path.string(), SQLite::OPEN_READONLY);
    database->setBusyTimeout(patience_ms);
    database->exec("PRAGMA query_only = ON");
    return database;
  });
}

void fail(const std::filesystem::path& path, const SQLite::Exception& error) {
  const auto says = [&](const char* what) { throw RunError(fmt::format("{}: {}", path.string(), what)); };
  switch (error.getErrorCode() & 0xff) {
    case SQLITE_BUSY:
    case SQLITE_LOCKED:
      says("another program has held it locked for two minutes; close what reads it, then give the same command again");
      break;
    case SQLITE_FULL:
      says("the disk is full; make room, then give the same command again");
      break;
    case SQLITE_CORRUPT:
    case SQLITE_NOTADB:
      says(
          "is damaged, or no database; move it away and take the finished points over into another folder with "
          "--reuse");
      break;
    case SQLITE_READONLY:
    case SQLITE_CANTOPEN:
    case SQLITE_PERM:
      says("cannot be opened for writing; check the rights of the file and its folder");
      break;
    default:
      throw RunError(
          fmt::format("{}: {}; check its file system, then give the same command again", path.string(), error.what()));
  }
  throw RunError(path.string());
}

void bind(SQLite::Statement& statement, int index, const Cell& cell) {
  if (const auto* integer = std::get_if<std::int64_t>(&cell)) return statement.bind(index, *integer);
  if (const auto* number = std::get_if<double>(&cell)) return statement.bind(index, *number);
  if (const auto* text = std::get_if<std::string>(&cell)) return statement.bind(index, *text);
  statement.bind(index);
}

Cell cell_at(const SQLite::Statement& statement, int column) {
  const SQLite::Column value = statement.getColumn(column);
  if (value.isInteger()) return std::int64_t(value.getInt64());
  if (value.isFloat()) return value.getDouble();
  if (value.isText()) return value.getString();
  return {};
}

int run(SQLite::Database& database, const std::string& sql, const CellRow& parameters) {
  SQLite::Statement statement(database, sql);
  for (std::size_t i = 0; i < parameters.size(); ++i) bind(statement, int(i) + 1, parameters[i]);
  return statement.exec();
}

std::string sql_name(const std::string& name) {
  std::string quoted = "\"";
  for (const char c : name) quoted += c == '"' ? std::string("\"\"") : std::string(1, c);
  return quoted + '"';
}

}  // namespace settle

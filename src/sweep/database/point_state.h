// How far a point of a sweep is.
#pragma once

#include <cstdint>
#include <string>

#include <SQLiteCpp/SQLiteCpp.h>

namespace settle {

/// stopped: ended before its time, as was asked for. cut_off: was begun, and goes on from its checkpoint. paused: waits
/// until all others have come as far, and is then compared with them (early_stopping.h).
enum class PointState { waiting, running, done, failed, stopped, cut_off, paused };
const char* name(PointState state);
/// The state of that name.
PointState state_called(const std::string& text);

/// Counts up with every change of a point's state, and returns the count. To be called within a transaction.
std::int64_t next_revision(SQLite::Database& database);

}  // namespace settle

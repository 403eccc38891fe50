#include "src/sweep/database/point_state.h"

#include <algorithm>

namespace settle {
namespace {

constexpr PointState all_states[] = {PointState::waiting, PointState::running, PointState::done,  PointState::failed,
                                     PointState::stopped, PointState::cut_off, PointState::paused};

}  // namespace

const char* name(PointState state) {
  switch (state) {
    case PointState::waiting:
      return "waiting";
    case PointState::running:
      return "running";
    case PointState::done:
      return "done";
    case PointState::failed:
      return "failed";
    case PointState::stopped:
      return "stopped";
    case PointState::cut_off:
      return "cut off";
    case PointState::paused:
      return "paused";
  }
  return "";
}

PointState state_called(const std::string& text) {
  return *std::find_if(std::begin(all_states), std::end(all_states) - 1,
                       [&](PointState state) { return text == name(state); });
}

std::int64_t next_revision(SQLite::Database& database) {
  database.exec("UPDATE sweep SET value = value + 1 WHERE name = 'revision'");
  return database.execAndGet("SELECT value FROM sweep WHERE name = 'revision'").getInt64();
}

}  // namespace settle

// Successive halving of a sweep: who goes on, decided in its database.
#pragma once

#include <cstddef>

#include <SQLiteCpp/SQLiteCpp.h>

#include "src/sweep/early_stopping.h"

namespace settle {

/// Where all points that are left are paused: lets the best go on, and stops the others. False, and nothing is changed,
/// where they are not. `seeds`: the points of a combination, which follow each other. To be called within a
/// transaction.
bool compare(SQLite::Database& database, const Halving& halving, std::size_t seeds);

}  // namespace settle

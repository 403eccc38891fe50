// What a point has given, put into the tables of a sweep's database.
#pragma once

#include <SQLiteCpp/SQLiteCpp.h>

#include "src/sweep/database/cell.h"
#include "src/sweep/database/run_record.h"

namespace settle {

/// Puts a point's record in the place of what there was of it. To be called within a transaction.
void replace_results(SQLite::Database& database, const Cell& point, const RunRecord& record);

}  // namespace settle

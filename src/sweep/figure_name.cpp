#include "src/sweep/figure_name.h"

#include "src/sweep/condition.h"
#include "src/sweep/database/columns.h"

namespace settle {

std::string figure_called(const std::string& word, bool analyze, const std::string& place) {
  ViewColumns figures;
  const auto add = [&](const std::vector<TableColumn>& columns) {
    for (const TableColumn& column : columns)
      if (column.kind != ColumnKind::text)
        figures.push_back({column.name, column.unit, column.meaning, ColumnRole::figure});
  };
  add(headline_columns());
  if (analyze) add(loop_columns());
  return find_column(word, figures, place).name;
}

}  // namespace settle

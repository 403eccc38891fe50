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

std::string key_for(const std::string& figure, const Configuration& c) {
  const auto begins = [&](const char* text) { return figure.rfind(text, 0) == 0; };
  if (begins("to_target_") || figure == "target_accuracy")
    return c.run.target_accuracy > 0 ? "" : "run.target_accuracy";
  if (begins("drawn_accuracy") || figure == "accuracy_draws")
    return c.run.accuracy_draws > 0 ? "" : "run.accuracy_draws";
  if (figure == "test_accuracy_rested") return c.run.rest_s > 0 ? "" : "run.rest_s";
  return "";
}

}  // namespace settle

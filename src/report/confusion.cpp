// The confusion matrix: which classes are taken for which.
#include <algorithm>
#include <cmath>
#include <optional>

#include <fmt/format.h>

#include "src/report/html.h"
#include "src/report/sections.h"

namespace settle {
namespace {

/// Counts of test samples: a row for each true class, a column for each predicted one.
struct Confusion {
  std::vector<std::vector<double>> counts;
  std::vector<std::string> classes;

  double row_sum(std::size_t row) const {
    double sum = 0;
    for (const double n : counts[row]) sum += n;
    return sum;
  }
  double recall(std::size_t row) const { return row_sum(row) > 0 ? counts[row][row] / row_sum(row) : std::nan(""); }
};

std::string class_name(const nlohmann::json& names, std::size_t index) {
  const bool named = names.is_array() && index < names.size() && names[index].is_string();
  return named ? names[index].get<std::string>() : fmt::format("{}", index);
}

/// The confusion of a run; nothing where summary.json has no square matrix of numbers.
std::optional<Confusion> confusion_of(const ReportedRun& run) {
  const nlohmann::json& matrix = member(run.summary, "confusion");
  if (!matrix.is_array() || matrix.empty()) return std::nullopt;
  Confusion confusion;
  for (const auto& row : matrix) {
    if (!row.is_array() || row.size() != matrix.size()) return std::nullopt;
    std::vector<double> counts;
    for (const auto& n : row) {
      if (!n.is_number()) return std::nullopt;
      counts.push_back(n.get<double>());
    }
    confusion.classes.push_back(class_name(member(run.summary, "class_names"), confusion.counts.size()));
    confusion.counts.push_back(counts);
  }
  return confusion;
}

/// Blue for right, orange for wrong; the deeper, the larger the share of its row.
std::string shaded(double n, double share, bool right) {
  if (n == 0) return "<td class=\"n zero\">0</td>";
  const double depth = right ? 0.55 * share : std::min(1.0, 0.06 + 2 * share);
  return fmt::format("<td class=\"n\" style=\"background:rgba({},{:.3f})\">{:.0f}</td>",
                     right ? "31,95,168" : "224,122,60", depth, n);
}

std::string matrix_table(const Confusion& confusion) {
  std::string html = "<div class=\"scroll\"><table class=\"confusion\"><thead><tr><th>true class</th>";
  for (const std::string& name : confusion.classes)
    html += fmt::format("<th class=\"up\"><span>{}</span></th>", escape(name));
  html += "<th class=\"n\">recall</th></tr></thead><tbody>\n";
  for (std::size_t i = 0; i < confusion.counts.size(); ++i) {
    html += fmt::format("<tr><th scope=\"row\">{}</th>", escape(confusion.classes[i]));
    for (std::size_t j = 0; j < confusion.counts[i].size(); ++j) {
      const double n = confusion.counts[i][j];
      html += shaded(n, n / std::max(confusion.row_sum(i), 1.0), i == j);
    }
    html += fmt::format("<td class=\"n\">{}</td></tr>\n", percent(confusion.recall(i), 1));
  }
  return html + "</tbody></table></div>\n";
}

/// Recall by class, run beside run; only where all have the same classes.
std::string compare_recall(const Runs& runs) {
  std::vector<Confusion> all;
  for (const ReportedRun& run : runs) {
    const auto confusion = confusion_of(run);
    if (!confusion || (!all.empty() && confusion->classes != all[0].classes)) return "";
    all.push_back(*confusion);
  }
  std::vector<ComparedRow> rows;
  for (std::size_t i = 0; i < all[0].classes.size(); ++i) {
    ComparedRow row{escape(all[0].classes[i]), {}};
    for (const Confusion& confusion : all) row.cells.push_back(percent(confusion.recall(i), 1));
    rows.push_back(row);
  }
  return "<h3>Recall by class</h3>\n" + comparison_table(runs, rows);
}

}  // namespace

std::string confusion_section(const Runs& runs) {
  std::string html =
      "<p class=\"note\">Test samples after the last epoch: a row for each true class, a column for each predicted "
      "one. Recall is the share of a class that was recognised.</p>\n";
  if (runs.size() > 1) html += compare_recall(runs);
  for (const ReportedRun& run : runs) {
    const auto confusion = confusion_of(run);
    const std::string table = confusion ? matrix_table(*confusion) : "<p>Not recorded.</p>\n";
    html += runs.size() > 1 ? details(run.name + ": confusion matrix", table) : table;
  }
  return section("Confusion matrix", html);
}

}  // namespace settle

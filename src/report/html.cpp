#include "src/report/html.h"

#include <cmath>

#include <fmt/format.h>

#include "src/report/palette.h"

namespace settle {
std::string escape(const std::string& text) {
  std::string safe;
  for (const char c : text) {
    switch (c) {
      case '&':
        safe += "&amp;";
        break;
      case '<':
        safe += "&lt;";
        break;
      case '>':
        safe += "&gt;";
        break;
      case '"':
        safe += "&quot;";
        break;
      case '\'':
        safe += "&#39;";
        break;
      default:
        safe += c;
    }
  }
  return safe;
}

std::string json_in_script(const nlohmann::json& value) {
  // A folder's name need not be UTF-8.
  const std::string text = value.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
  std::string safe;
  for (const char c : text) {
    switch (c) {
      case '<':
        safe += "\\u003c";
        break;
      case '>':
        safe += "\\u003e";
        break;
      case '&':
        safe += "\\u0026";
        break;
      default:
        safe += c;
    }
  }
  return safe;
}

std::string run_label(const Runs& runs, std::size_t index) {
  return fmt::format("<i class=\"patch\" style=\"background:{}\"></i>{}", palette_colour(index),
                     escape(runs[index].name));
}

std::string figure(const Estimate& estimate, std::string (*write)(double)) {
  const bool uncertain = std::isfinite(estimate[0]) && std::isfinite(estimate[2]) && estimate[0] < estimate[2];
  return figure(write(estimate[1]), uncertain ? range(estimate, write) : "");
}

std::string figure(const std::string& value, const std::string& remark) {
  const std::string below = remark.empty() ? "" : fmt::format("<small>{}</small>", escape(remark));
  return fmt::format("<span class=\"figure\">{}{}</span>", escape(value), below);
}

std::string share_bar(double share) {
  if (!std::isfinite(share)) return dash;
  return fmt::format("<span class=\"bar\"><i style=\"width:{:.2f}%\"></i></span><span class=\"share\">{}</span>",
                     100 * share, escape(share_percent(share)));
}

std::string table(const char* kind, const std::vector<Column>& columns,
                  const std::vector<std::vector<std::string>>& rows) {
  const auto align = [](const Column& column) { return column.figures ? " class=\"n\"" : ""; };
  std::string html = fmt::format("<div class=\"scroll\"><table class=\"{}\"><thead><tr>", kind);
  for (const Column& column : columns) html += fmt::format("<th{}>{}</th>", align(column), column.title);
  html += "</tr></thead><tbody>\n";
  for (const std::vector<std::string>& row : rows) {
    html += fmt::format("<tr><th scope=\"row\">{}</th>", row.at(0));
    for (std::size_t i = 1; i < columns.size(); ++i) {
      html += fmt::format("<td{}>{}</td>", align(columns[i]), row.at(i));
    }
    html += "</tr>\n";
  }
  return html + "</tbody></table></div>\n";
}

std::string comparison_table(const Runs& runs, const std::vector<ComparedRow>& comparisons) {
  std::vector<Column> columns = {{"", false}};
  for (std::size_t i = 0; i < runs.size(); ++i) columns.push_back({runs.size() > 1 ? run_label(runs, i) : "", true});
  std::vector<std::vector<std::string>> rows;
  for (const ComparedRow& comparison : comparisons) {
    rows.push_back({comparison.label});
    rows.back().insert(rows.back().end(), comparison.cells.begin(), comparison.cells.end());
  }
  return table(runs.size() > 1 ? "comparison" : "comparison single", columns, rows);
}

std::string section(const std::string& title, const std::string& body) {
  return fmt::format("<section>\n<h2>{}</h2>\n{}</section>\n", escape(title), body);
}

std::string details(const std::string& summary, const std::string& body, bool open) {
  return fmt::format("<details{}><summary>{}</summary>\n{}</details>\n", open ? " open" : "", escape(summary), body);
}

}  // namespace settle

#include "src/sweep_report/page.h"

#include <fmt/format.h>

#include "src/report/document.h"
#include "src/report/html.h"

namespace settle {
namespace {

constexpr const char* table_of_points = R"html(
<p><label>Keep points where <input id="condition" placeholder="test_accuracy &gt;= 0.84 and beta in (0.1, 0.2)"
spellcheck="false" autocomplete="off"></label> <b id="kept"></b><span id="wrong" role="alert"></span></p>
<p class="note">All figures show what is kept. Boxes over columns take <code>&gt; 0.8</code>, <code>1 .. 2</code> or a part
of a text. A number opens the page of its point; a row lights up in the figures, and stays so after a click.</p>
<details><summary>Columns</summary><div id="columns"></div></details>
<div id="points"><table><thead></thead><tbody></tbody></table></div>
)html";

std::string front_section() {
  return section("What it costs", "<div class=\"wide\">" +
                                      figure_place("front",
                                                   "One metric against another. Ringed: the Pareto front, of what "
                                                   "no other beats in both") +
                                      "</div>\n");
}

std::string slices_section() {
  return section("Along the axes",
                 "<div class=\"pair\">" +
                     figure_place("slices",
                                  "Means; bands are one standard deviation either way, over seeds and over the "
                                  "axes that are pooled") +
                     figure_place("map", "A mean over two axes") + "</div>\n");
}

std::string sensitivity_section() {
  return section(
      "What each axis changes",
      "<p class=\"controls\" id=\"around\"><label>around <select><option value=\"best\">the best point</option>"
      "<option value=\"cheap\">the cheapest within 1 % of the best</option>"
      "<option value=\"first\">the first point</option></select></label></p><p class=\"note\" id=\"reference\"></p>\n"
      "<div class=\"three\">" +
          figure_place("swing-accuracy", "Accuracy") + figure_place("swing-energy", "Energy") +
          figure_place("swing-latency", "Latency") +
          "</div>\n<p class=\"note\">From the lowest to the highest mean over the values of one axis, with all others "
          "as "
          "in that point. * Too few points differ in this axis alone: means of quarters of the points are compared, "
          "whatever "
          "their other axes are.</p>\n");
}

}  // namespace

std::string sweep_page(const ReportedSweep& sweep) {
  const std::string header = fmt::format(
      "<header>\n<p class=\"program\">Settle: analog hardware that learns</p>\n<h1>Sweep {}</h1>\n<p "
      "class=\"run\">{}</p>\n"
      "</header>\n",
      escape(sweep.name), escape(summary_of(sweep)));
  const std::string body =
      header + section("Points", table_of_points) + front_section() + slices_section() + sensitivity_section() +
      section("Every point across all axes",
              figure_place("parallel",
                           "A line for each point. Drag along an axis to keep what passes there, click to "
                           "let go")) +
      section("Learning curves",
              "<div class=\"wide\">" +
                  figure_place("learning", sweep.curves.thinned ? "Every point in the table; of many epochs, some"
                                                                : "Every point in the table") +
                  "</div>\n");
  return document({"sweep " + sweep.name,
                   body,
                   page_data(sweep),
                   {points_script, filter_script, table_script, front_script, slices_script, sensitivity_script,
                    parallel_script, learning_script},
                   sweep_style});
}

}  // namespace settle

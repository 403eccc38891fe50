// A page that opens offline: one HTML file with its style, its data, ECharts and the scripts that draw.
#pragma once

#include <string>
#include <vector>

#include <nlohmann/json.hpp>

namespace settle {

struct Document {
  std::string title;    // as text
  std::string body;     // as HTML; <figure>s as of figure()
  nlohmann::json data;  // what the scripts find in `data`
  /// The page's own scripts. One of them declares draw_page(), which is called when the library is ready.
  std::vector<const char*> scripts;
  std::string style = {};  // besides page_style
};

/// The page, with the library in it (echarts.h).
std::string document(const Document& document);

/// The place of a figure that a script fills. `caption` is HTML.
std::string figure_place(const std::string& id, const std::string& caption);

// The scripts that all pages share.
extern const char* const page_style;       // page_style.cpp
extern const char* const quantity_script;  // quantity_script.cpp: figures with units
extern const char* const figure_script;    // figure_script.cpp: add_figure(), colours, axes, files for papers
extern const char* const curve_script;     // curve_script.cpp: draw(), of curves, points and bars
extern const char* const library_script;   // library_script.cpp: unpacks ECharts, then draws

}  // namespace settle

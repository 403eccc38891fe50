// A page that opens offline: one HTML file with its style, its data, Chart.js and the scripts that draw.
#pragma once

#include <filesystem>
#include <string>

#include <nlohmann/json.hpp>

namespace settle {

struct Document {
  std::string title;    // as text
  std::string body;     // as HTML
  nlohmann::json data;  // what the script finds in `data`
  const char* script;   // draws the charts, with what chart_script offers
};

/// Throws RunError when Chart.js cannot be read from `chart_js`.
std::string document(const Document& document, const std::filesystem::path& chart_js);

extern const char* const page_style;    // page_style.cpp
extern const char* const chart_script;  // chart_script.cpp: figures with units, and draw()

}  // namespace settle

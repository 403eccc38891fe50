#include "src/report/document.h"

#include <fstream>
#include <iterator>

#include <fmt/format.h>

#include "models/error.h"
#include "src/report/html.h"

namespace settle {
namespace {

// The browser itself then refuses to load anything.
constexpr const char* policy = "default-src 'none'; script-src 'unsafe-inline'; style-src 'unsafe-inline'";

std::string read_chart_js(const std::filesystem::path& path) {
  std::ifstream file(path, std::ios::binary);
  std::string text((std::istreambuf_iterator<char>(file)), {});
  if (!file || text.empty()) {
    throw RunError(path.string() + ": cannot be read; the report needs it: `apt install libjs-chart.js`");
  }
  return text;
}

/// A script's text may not hold what ends or comments out its element. In JavaScript strings "<\/" is "</".
std::string script_safe(std::string text) {
  for (const std::string danger : {"</script", "<!--"}) {
    for (std::size_t at = text.find(danger); at != text.npos; at = text.find(danger, at + 2)) text.insert(at + 1, "\\");
  }
  return text;
}

}  // namespace

std::string document(const Document& d, const std::filesystem::path& chart_js) {
  std::string html = "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n";
  html += fmt::format("<meta http-equiv=\"Content-Security-Policy\" content=\"{}\">\n", policy);
  html += "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n";
  html += fmt::format("<title>Settle: {}</title>\n<style>{}</style>\n</head>\n<body>\n<main>\n", escape(d.title),
                      page_style);
  html += d.body;
  html += "</main>\n<script type=\"application/json\" id=\"data\">" + json_in_script(d.data) + "</script>\n";
  html += "<script id=\"chart-js\">" + script_safe(read_chart_js(chart_js)) + "</script>\n";
  html += std::string("<script>") + chart_script + d.script + "</script>\n</body>\n</html>\n";
  return html;
}

}  // namespace settle

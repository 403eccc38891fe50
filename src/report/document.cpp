#include "src/report/document.h"

#include <string_view>

#include <fmt/format.h>
#include <openssl/evp.h>

#include "src/report/echarts.h"
#include "src/report/html.h"
#include "src/report/palette.h"

namespace settle {
namespace {

// The browser itself then refuses to load anything.
constexpr const char* policy = "default-src 'none'; script-src 'unsafe-inline'; style-src 'unsafe-inline'";

std::string base64(std::string_view bytes) {
  std::string text(4 * ((bytes.size() + 2) / 3) + 1, '\0');  // and the zero that OpenSSL puts after it
  const int length = EVP_EncodeBlock(reinterpret_cast<unsigned char*>(text.data()),
                                     reinterpret_cast<const unsigned char*>(bytes.data()), int(bytes.size()));
  text.resize(std::size_t(length));
  return text;
}

}  // namespace

std::string document(const Document& d) {
  std::string html = "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n";
  html += fmt::format("<meta http-equiv=\"Content-Security-Policy\" content=\"{}\">\n", policy);
  html += "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n";
  html += fmt::format("<title>Settle: {}</title>\n<style>{}{}{}</style>\n</head>\n<body>\n<main>\n", escape(d.title),
                      palette_style(), page_style, d.style);
  html += d.body;
  html += "</main>\n<script type=\"application/json\" id=\"data\">" + json_in_script(d.data) + "</script>\n";
  html += "<script type=\"application/gzip\" id=\"echarts\">" + base64(echarts()) + "</script>\n<script>\n";
  html += "'use strict';\nconst data = JSON.parse(document.getElementById('data').textContent);\n";
  html += "const palettes = " + palette_object() + ";\n";
  html += std::string(quantity_script) + figure_script + curve_script;
  for (const char* script : d.scripts) html += script;
  return html + library_script + "</script>\n</body>\n</html>\n";
}

std::string figure_place(const std::string& id, const std::string& caption) {
  return fmt::format("<figure id=\"{}\"><figcaption><span>{}</span></figcaption><div class=\"plot\"></div></figure>\n",
                     id, caption);
}

}  // namespace settle

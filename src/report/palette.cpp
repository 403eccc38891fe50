#include "src/report/palette.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

namespace settle {
namespace {

// After Okabe and Ito, "Color universal design" (2008); lighter on dark pages, with orange and blue far apart.
constexpr const char* on_white[] = {"#0072b2", "#d55e00", "#009e73", "#b2588d",
                                    "#a87c14", "#3a9bd4", "#4a4f57", "#7d4fc0"};
constexpr const char* on_dark[] = {"#4da3dc", "#ff8a3d", "#2cc295", "#e08fc0",
                                   "#e6b93d", "#9fd4f5", "#c4cad3", "#b794ff"};
constexpr std::size_t colours = 8;

std::string variables(const char* const (&palette)[colours]) {
  std::string css;
  for (std::size_t i = 0; i < colours; ++i) css += fmt::format("--c{}: {}; ", i, palette[i]);
  return css;
}

std::string list(const char* const (&palette)[colours]) { return fmt::format("['{}']", fmt::join(palette, "', '")); }

}  // namespace

std::string palette_colour(std::size_t index) { return fmt::format("var(--c{})", index % colours); }

std::string palette_style() {
  return fmt::format(":root {{ {}}}\n@media screen and (prefers-color-scheme: dark) {{ :root {{ {}}} }}\n",
                     variables(on_white), variables(on_dark));
}

std::string palette_object() { return fmt::format("{{ light: {}, dark: {} }}", list(on_white), list(on_dark)); }

}  // namespace settle

// The colours of curves, points and patches, on white and on dark pages.
#pragma once

#include <cstddef>
#include <string>

namespace settle {

/// Colour `index` of the palette as CSS, whichever page it is on. There are eight, told apart by colour-blind people
/// too; further ones repeat.
std::string palette_colour(std::size_t index);

/// CSS that defines them, and the same lists as a JavaScript object {light: [...], dark: [...]}.
std::string palette_style();
std::string palette_object();

}  // namespace settle
